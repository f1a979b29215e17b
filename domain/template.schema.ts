// The template of a Deployment: which Flink job to run and how (`vvp-fields.tsv`: Artifact, DeploymentTemplate, KubernetesOptions, Logging).
import * as z from 'zod';
import { LOG_LEVELS, LOGGER_NAME, templateFault } from './logging.ts';
import {
  address,
  filledAddress,
  anyObject,
  cpu,
  fields,
  int32,
  memory,
  parallelism,
  positiveInt,
  shortText,
  shortTextMap,
  spelledWord,
  text,
  textMap,
  upper,
  word,
} from './scalar.schema.ts';
import type { Exact } from './scalar.schema.ts';

/** Limits that are told at once rather than by a process that does not start (scenario G10). */
const MAX_ARGUMENTS = 500_000;
export const flinkConfiguration = shortTextMap(5000);

const imageFields = {
  flinkVersion: spelledWord.optional(),
  flinkImageRegistry: spelledWord.optional(),
  flinkImageRepository: spelledWord.optional(),
  flinkImageTag: spelledWord.optional(),
};
const dependencies = { additionalDependencies: z.array(address).optional() };

const JAR_URI = 'jarUri must not be null: give the address of the job jar, for example "https://host/job.jar"';

const jarArtifact = fields({
  kind: z.literal('JAR'),
  jarUri: filledAddress(JAR_URI),
  entryClass: word.optional(),
  mainArgs: shortText(MAX_ARGUMENTS).optional(),
  ...dependencies,
  ...imageFields,
}).meta({ id: 'JarArtifact' });

const sqlArtifact = fields({
  kind: z.literal('SQLSCRIPT'),
  sqlScript: z.string().min(1),
  ...dependencies,
  ...imageFields,
}).meta({ id: 'SqlScriptArtifact' });

const pythonArtifact = fields({
  kind: z.literal('PYTHON'),
  pythonArtifactUri: filledAddress(),
  entryModule: word.optional(),
  mainArgs: shortText(MAX_ARGUMENTS).optional(),
  additionalPythonLibraries: z.array(address).optional(),
  additionalPythonArchives: z.array(address).optional(),
  ...dependencies,
  ...imageFields,
}).meta({ id: 'PythonArtifact' });

function upperKind(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('kind' in value) || typeof value.kind !== 'string') return value;
  return { ...value, kind: value.kind.toUpperCase() };
}

/** Spoken where the artifact has no kind, or one that nobody knows. */
function noSuchArtifact(issue: { readonly code?: string; readonly input?: unknown }): string | undefined {
  if (issue.code !== 'invalid_union') return undefined;
  const given = typeof issue.input === 'object' && issue.input !== null && 'kind' in issue.input;
  return `${given ? '' : "missing type id property 'kind'; it "}must be one of JAR, SQLSCRIPT, PYTHON`;
}

export const artifactSchema = z.preprocess(upperKind, z.discriminatedUnion('kind', [jarArtifact, sqlArtifact, pythonArtifact], { error: noSuchArtifact }));

const ARTIFACT_FIELDS = {
  JAR: ['jarUri', 'entryClass', 'mainArgs'],
  SQLSCRIPT: ['sqlScript'],
  PYTHON: ['pythonArtifactUri', 'entryModule', 'mainArgs', 'additionalPythonLibraries', 'additionalPythonArchives'],
} as const;

const anyArtifact = { ...jarArtifact.shape, ...sqlArtifact.shape, ...pythonArtifact.shape };

/** Any part of an artifact, for defaults. What belongs to one kind needs that kind beside it. */
export const artifactDefaultsSchema = z.preprocess(
  upperKind,
  fields({ ...anyArtifact, kind: z.enum(['JAR', 'SQLSCRIPT', 'PYTHON']) })
    .partial()
    .superRefine((artifact, context) => {
      const own: readonly string[] = artifact.kind === undefined ? [] : ARTIFACT_FIELDS[artifact.kind];
      const ofKinds: readonly string[] = Object.values(ARTIFACT_FIELDS).flat();
      for (const field of Object.keys(artifact).filter((each) => ofKinds.includes(each) && !own.includes(each))) {
        context.addIssue({ code: 'custom', path: [field], message: 'needs the kind of artifact that has it beside it' });
      }
    })
    .meta({ id: 'ArtifactDefaults' }),
);

export const resourceSpecSchema = fields({ cpu: cpu.optional(), memory: memory.optional() }).meta({ id: 'ResourceSpec' });
export const resourcesSchema = fields({
  jobmanager: resourceSpecSchema.optional(),
  taskmanager: resourceSpecSchema.optional(),
});

/** Levels by logger; "" is the root logger. */
const loggers = z.record(z.string(), upper(LOG_LEVELS)).superRefine((levels, context) => {
  const wrong = Object.keys(levels).find((name) => !LOGGER_NAME.test(name));
  if (wrong !== undefined) context.addIssue({ code: 'custom', path: [wrong], message: 'is no name of a logger, such as org.example.MyJob' });
});

/** Twig-like, put in the place of a profile. */
const logTemplate = z
  .string()
  .max(65_536, { abort: true })
  .superRefine((template, context) => {
    const fault = templateFault(template);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  });

export const loggingSchema = fields({
  loggingProfile: word.optional(),
  log4jLoggers: loggers.optional(),
  log4j2ConfigurationTemplate: logTemplate.nullable().optional(),
}).meta({ id: 'Logging' });

const podsSchema = fields({
  annotations: textMap.optional(),
  labels: textMap.optional(),
  nodeSelector: textMap.optional(),
  affinity: anyObject.optional(),
  tolerations: z.array(anyObject).optional(),
  imagePullSecrets: z.array(fields({ name: word.min(1) })).optional(),
  volumeMounts: z.array(fields({ name: word.min(1), volume: anyObject, volumeMount: anyObject })).optional(),
  envVars: z.array(fields({ name: word.min(1), value: text.optional(), valueFrom: anyObject.optional() })).optional(),
  securityContext: anyObject.optional(),
}).meta({ id: 'Pods' });

export const kubernetesOptionsSchema = fields({
  pods: podsSchema.optional(),
  jobManagerPodTemplate: anyObject.optional(),
  taskManagerPodTemplate: anyObject.optional(),
  labels: textMap.optional(),
})
  .refine((k) => !(k.pods && (k.jobManagerPodTemplate || k.taskManagerPodTemplate)), {
    error: 'give either pods or the two pod templates, not both',
    path: ['pods'],
  })
  .meta({ id: 'KubernetesOptions' });

export const templateSpecSchema = fields({
  artifact: artifactSchema,
  parallelism: parallelism.optional(),
  numberOfTaskManagers: parallelism.optional(),
  resources: resourcesSchema.optional(),
  flinkConfiguration: flinkConfiguration.optional(),
  logging: loggingSchema.optional(),
  kubernetes: kubernetesOptionsSchema.optional(),
  disasterCheckpointsDelay: int32(0).optional(),
  latestCheckpointFetchInterval: positiveInt.optional(),
}).meta({ id: 'DeploymentTemplateSpec' });

export const templateMetadataSchema = fields({ annotations: textMap.optional() });

export const templateSchema = fields({
  metadata: templateMetadataSchema.optional(),
  spec: templateSpecSchema,
}).meta({ id: 'DeploymentTemplate' });

export type Artifact = TemplateSpec['artifact'];
export type Resources = Exact<z.output<typeof resourcesSchema>>;
export type Logging = Exact<z.output<typeof loggingSchema>>;
export type KubernetesOptions = Exact<z.output<typeof kubernetesOptionsSchema>>;
export type TemplateSpec = Exact<z.output<typeof templateSpecSchema>>;
export type Template = Exact<z.output<typeof templateSchema>>;
