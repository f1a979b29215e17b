// SessionCluster as users write it and as it is answered (vvp.md §1.7, D4).
import * as z from 'zod';
import { document, failureSchema, inputDocument, listOf, namedIdentity, namedMetadata, timestamp } from './envelope.schema.ts';
import { clusterUrlFault } from './cluster-url.ts';
import { fields, parallelism, slugName, spelledWord, upper, wideName } from './scalar.schema.ts';
import type { Exact } from './scalar.schema.ts';
import { flinkConfiguration, kubernetesOptionsSchema, loggingSchema, resourcesSchema } from './template.schema.ts';

const externalSchema = fields({
  url: z.string().superRefine((url, context) => {
    const fault = clusterUrlFault(url);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  }),
});

/** What makes no sense for a cluster that somebody else runs (D4). */
const NOT_EXTERNAL = [
  'deploymentTargetName',
  'numberOfTaskManagers',
  'resources',
  'kubernetes',
  'flinkImageRegistry',
  'flinkImageRepository',
  'flinkImageTag',
] as const;

const shape = {
  state: upper(['RUNNING', 'STOPPED']).optional(),
  deploymentTargetName: wideName.optional(),
  external: externalSchema.optional(),
  flinkVersion: spelledWord.optional(),
  flinkImageRegistry: spelledWord.optional(),
  flinkImageRepository: spelledWord.optional(),
  flinkImageTag: spelledWord.optional(),
  numberOfTaskManagers: parallelism.optional(),
  resources: resourcesSchema.optional(),
  flinkConfiguration: flinkConfiguration.optional(),
  logging: loggingSchema.optional(),
  kubernetes: kubernetesOptionsSchema.optional(),
};

export const sessionClusterSpecSchema = fields(shape)
  .superRefine((spec, context) => {
    if (spec.external === undefined && spec.deploymentTargetName === undefined) {
      context.addIssue({ code: 'custom', message: 'must have deploymentTargetName, or external: {url} for a Flink cluster that somebody else runs' });
    }
    for (const field of NOT_EXTERNAL) {
      if (spec.external !== undefined && spec[field] !== undefined) {
        context.addIssue({ code: 'custom', path: [field], message: 'must be absent where external is given: that cluster is run by somebody else' });
      }
    }
  })
  .meta({ id: 'SessionClusterSpec' });

/** Any part of a spec: what a client may propose for a new session cluster (vvp.md §1.7). */
export const sessionClusterDefaultsSpecSchema = fields(shape).meta({ id: 'SessionClusterDefaultsSpec' });

export const sessionClusterDefaultsSchema = document('SessionClusterDefaults', {
  metadata: z.object({}),
  spec: sessionClusterDefaultsSpecSchema,
});

/** The operator's file. */
export const sessionClusterDefaultsFileSchema = fields({
  kind: z.literal('SessionClusterDefaults', { error: 'must be SessionClusterDefaults' }).optional(),
  apiVersion: z.literal('v1', { error: 'must be v1' }).optional(),
  metadata: z.object({}).optional(),
  spec: sessionClusterDefaultsSpecSchema.optional(),
});

export const sessionClusterInputSchema = inputDocument({
  kind: 'SessionCluster',
  metadata: fields(namedMetadata(slugName)).optional(),
  spec: sessionClusterSpecSchema,
});

export const sessionClusterSchema = document('SessionCluster', {
  metadata: z.object(namedIdentity).meta({ id: 'SessionClusterMetadata' }),
  spec: sessionClusterSpecSchema,
  status: z
    .object({
      state: z.enum(['STOPPED', 'STARTING', 'RUNNING', 'UPDATING', 'STOPPING', 'FAILED']),
      failure: failureSchema.optional(),
      running: z.object({ startedAt: timestamp, lastUpdateTime: timestamp }).optional(),
    })
    .meta({ id: 'SessionClusterStatus' }),
});

export const sessionClusterListSchema = listOf('SessionCluster', sessionClusterSchema);

export type SessionClusterSpecInput = Exact<z.output<typeof sessionClusterSpecSchema>>;
export type SessionClusterDefaultsSpec = Exact<z.output<typeof sessionClusterDefaultsSpecSchema>>;
export type SessionClusterInput = Exact<z.output<typeof sessionClusterInputSchema>>;
export type SessionClusterDocument = z.output<typeof sessionClusterSchema>;
