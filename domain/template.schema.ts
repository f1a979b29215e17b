// The template of a Deployment: which Flink job to run and how (`vvp-fields.tsv`: Artifact, DeploymentTemplate, KubernetesOptions, Logging).
import * as z from 'zod';
import { anyObject, cpu, memory, positiveInt, text, textMap } from './scalar.schema.ts';

const imageFields = {
  flinkVersion: text.optional(),
  flinkImageRegistry: text.optional(),
  flinkImageRepository: text.optional(),
  flinkImageTag: text.optional(),
};
const dependencies = { additionalDependencies: z.array(z.string()).optional() };

const jarArtifact = z.strictObject({
  kind: z.literal('JAR'),
  jarUri: z.string({ error: 'jarUri must not be null: give the address of the job jar, for example "https://host/job.jar"' }).min(1),
  entryClass: z.string().optional(),
  mainArgs: text.optional(),
  ...dependencies,
  ...imageFields,
}).meta({ id: 'JarArtifact' });

const sqlArtifact = z.strictObject({
  kind: z.literal('SQLSCRIPT'), sqlScript: z.string().min(1), ...dependencies, ...imageFields,
}).meta({ id: 'SqlScriptArtifact' });

const pythonArtifact = z.strictObject({
  kind: z.literal('PYTHON'),
  pythonArtifactUri: z.string().min(1),
  entryModule: z.string().optional(),
  mainArgs: text.optional(),
  additionalPythonLibraries: z.array(z.string()).optional(),
  additionalPythonArchives: z.array(z.string()).optional(),
  ...dependencies,
  ...imageFields,
}).meta({ id: 'PythonArtifact' });

function upperKind(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('kind' in value) || typeof value.kind !== 'string') return value;
  return { ...value, kind: value.kind.toUpperCase() };
}

export const artifactSchema = z.preprocess(upperKind, z.discriminatedUnion('kind', [jarArtifact, sqlArtifact, pythonArtifact]));

export const resourceSpecSchema = z.strictObject({ cpu: cpu.optional(), memory: memory.optional() }).meta({ id: 'ResourceSpec' });
export const resourcesSchema = z.strictObject({
  jobmanager: resourceSpecSchema.optional(),
  taskmanager: resourceSpecSchema.optional(),
});

export const loggingSchema = z.strictObject({
  loggingProfile: z.string().optional(),
  log4jLoggers: textMap.optional(),
  log4j2ConfigurationTemplate: z.string().nullable().optional(),
}).meta({ id: 'Logging' });

const podsSchema = z.strictObject({
  annotations: textMap.optional(),
  labels: textMap.optional(),
  nodeSelector: textMap.optional(),
  affinity: anyObject.optional(),
  tolerations: z.array(anyObject).optional(),
  imagePullSecrets: z.array(z.strictObject({ name: z.string() })).optional(),
  volumeMounts: z.array(z.strictObject({ name: z.string(), volume: anyObject, volumeMount: anyObject })).optional(),
  envVars: z.array(z.strictObject({ name: z.string(), value: text.optional(), valueFrom: anyObject.optional() })).optional(),
  securityContext: anyObject.optional(),
}).meta({ id: 'Pods' });

export const kubernetesOptionsSchema = z.strictObject({
  pods: podsSchema.optional(),
  jobManagerPodTemplate: anyObject.optional(),
  taskManagerPodTemplate: anyObject.optional(),
  labels: textMap.optional(),
}).refine((k) => !(k.pods && (k.jobManagerPodTemplate || k.taskManagerPodTemplate)), {
  error: 'give either pods or the two pod templates, not both', path: ['pods'],
}).meta({ id: 'KubernetesOptions' });

export const templateSpecSchema = z.strictObject({
  artifact: artifactSchema,
  parallelism: positiveInt.optional(),
  numberOfTaskManagers: positiveInt.optional(),
  resources: resourcesSchema.optional(),
  flinkConfiguration: textMap.optional(),
  logging: loggingSchema.optional(),
  kubernetes: kubernetesOptionsSchema.optional(),
  disasterCheckpointsDelay: z.number().int().min(0).optional(),
  latestCheckpointFetchInterval: positiveInt.optional(),
}).meta({ id: 'DeploymentTemplateSpec' });

export const templateSchema = z.strictObject({
  metadata: z.strictObject({ annotations: textMap.optional() }).optional(),
  spec: templateSpecSchema,
}).meta({ id: 'DeploymentTemplate' });

export type Artifact = z.output<typeof artifactSchema>;
export type JarArtifact = z.output<typeof jarArtifact>;
export type Resources = z.output<typeof resourcesSchema>;
export type Logging = z.output<typeof loggingSchema>;
export type KubernetesOptions = z.output<typeof kubernetesOptionsSchema>;
export type TemplateSpec = z.output<typeof templateSpecSchema>;
export type Template = z.output<typeof templateSchema>;
