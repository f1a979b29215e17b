// DeploymentDefaults as users and operators write them and as they are answered (vvp.md §1.9): any part of a Deployment's spec.
import * as z from 'zod';
import { deploymentSpecFields, namesOnePlace, ONE_PLACE, restoreStrategySchema } from './deployment.schema.ts';
import { document, identity, inputDocument, namedMetadata } from './envelope.schema.ts';
import { REQUIRE_STATE } from './instructions.ts';
import { fields, text, textMap } from './scalar.schema.ts';
import type { Exact } from './scalar.schema.ts';
import { artifactDefaultsSchema, templateMetadataSchema, templateSpecSchema } from './template.schema.ts';

export const deploymentDefaultsSpecSchema = fields({
  ...deploymentSpecFields,
  restoreStrategy: restoreStrategySchema.partial().optional(),
  template: fields({
    metadata: templateMetadataSchema.optional(),
    spec: fields({ ...templateSpecSchema.partial().shape, artifact: artifactDefaultsSchema.optional() }).optional(),
  }).optional(),
})
  .refine(namesOnePlace, ONE_PLACE)
  .meta({ id: 'DeploymentDefaultsSpec' });

/** It guards state, so a word that is neither is a mistake to be told of. */
const annotationsSchema = textMap.superRefine((annotations, context) => {
  const word = annotations[REQUIRE_STATE];
  if (word === undefined || /^(true|false)$/i.test(word)) return;
  context.addIssue({ code: 'custom', path: [REQUIRE_STATE], message: 'must be "true" or "false"' });
});

/** `name` is accepted and ignored: the defaults of a namespace have none. */
export const deploymentDefaultsInputSchema = inputDocument({
  kind: 'DeploymentDefaults',
  metadata: fields({ ...namedMetadata(z.string()), annotations: annotationsSchema.optional() }).optional(),
  spec: deploymentDefaultsSpecSchema.optional(),
});

/** Global defaults have no metadata of their own; those of a namespace no id until somebody writes them. */
export const deploymentDefaultsSchema = document('DeploymentDefaults', {
  metadata: z
    .object({ ...identity, labels: z.record(z.string(), z.string()), annotations: z.record(z.string(), z.string()) })
    .partial()
    .meta({ id: 'DeploymentDefaultsMetadata' }),
  spec: deploymentDefaultsSpecSchema,
});

const flinkVersionMetadata = z.array(fields({ flinkVersion: text, imageTag: text, useForSqlDeployments: z.boolean().optional() }));

/** `{"1.20": "1.20.1-java17"}` says the same as a list. */
function asList(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.entries(value).map(([flinkVersion, imageTag]) => ({ flinkVersion, imageTag }));
}

/** The operator's file: DeploymentDefaults, and which images run which Flink version. */
export const globalDefaultsFileSchema = fields({
  kind: z.literal('DeploymentDefaults', { error: 'must be DeploymentDefaults' }).optional(),
  apiVersion: z.literal('v1', { error: 'must be v1' }).optional(),
  metadata: z.object({}).optional(),
  spec: deploymentDefaultsSpecSchema.optional(),
  flinkVersionMetadata: z.preprocess(asList, flinkVersionMetadata).optional(),
  flinkDeploymentDefaults: fields({ registry: z.string().optional(), repository: z.string().optional() }).optional(),
});

export type DeploymentDefaultsSpec = Exact<z.output<typeof deploymentDefaultsSpecSchema>>;
export type DeploymentDefaultsInput = Exact<z.output<typeof deploymentDefaultsInputSchema>>;
export type DeploymentDefaultsDocument = z.output<typeof deploymentDefaultsSchema>;
export type GlobalDefaultsFile = Exact<z.output<typeof globalDefaultsFileSchema>>;
