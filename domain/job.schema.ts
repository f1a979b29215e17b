// Job as it is answered (vvp.md §1.3). Nobody sends one.
import * as z from 'zod';
import { document, failureSchema, identity, listOf, timestamp } from './envelope.schema.ts';
import { int32 } from './scalar.schema.ts';
import { artifactSchema, kubernetesOptionsSchema, loggingSchema, resourcesSchema } from './template.schema.ts';

const strings = z.record(z.string(), z.string());

const jobSpecSchema = z
  .object({
    artifact: artifactSchema,
    parallelism: z.number().int(),
    numberOfTaskManagers: z.number().int().optional(),
    resources: resourcesSchema,
    /** The whole effective configuration. */
    flinkConfiguration: strings,
    /** What the user wrote. */
    userFlinkConfiguration: strings,
    logging: loggingSchema,
    kubernetes: kubernetesOptionsSchema.optional(),
    /** A copy, not a reference; absent in session mode (D3). */
    deploymentTarget: z.object({ kubernetes: z.object({ namespace: z.string() }).optional(), local: z.object({}).optional() }).optional(),
    /** The restore point; absent = empty state. */
    savepointLocation: z.string().optional(),
    allowNonRestoredState: z.boolean(),
  })
  .meta({ id: 'JobSpec' });

const startedSchema = z
  .object({
    startedAt: timestamp,
    flinkJobId: z.string(),
    lastUpdateTime: timestamp.optional(),
    observedFlinkJobStatus: z.string().optional(),
    observedFlinkJobRestarts: z.number().int().optional(),
  })
  .meta({ id: 'JobStatusStarted' });

export const jobSchema = document('Job', {
  metadata: z
    .object({
      ...identity,
      terminatedAt: timestamp.optional(),
      deploymentId: z.guid(),
      deploymentName: z.string(),
      sessionClusterName: z.string().optional(),
      annotations: strings,
    })
    .meta({ id: 'JobMetadata' }),
  spec: jobSpecSchema,
  status: z
    .object({
      state: z.enum(['STARTING', 'STANDBY', 'STARTED', 'TERMINATING', 'FAILED', 'TERMINATED', 'FINISHED']),
      failure: failureSchema.optional(),
      started: startedSchema.optional(),
    })
    .meta({ id: 'JobStatus' }),
});

/** drey's own: what Flink's exception history said of this Job, newest first, at most ten. */
export const jobExceptionsSchema = z
  .object({
    kind: z.literal('JobExceptionList'),
    apiVersion: z.literal('v1'),
    metadata: z.object({}),
    items: z.array(z.object({ name: z.string(), reason: z.string(), stacktrace: z.string(), at: timestamp }).meta({ id: 'JobException' })),
  })
  .meta({ id: 'JobExceptionList' });

/** drey's own: the log files of the processes that ran a Job. */
export const jobLogsSchema = z
  .object({
    kind: z.literal('JobLogList'),
    apiVersion: z.literal('v1'),
    metadata: z.object({}),
    items: z.array(
      z
        .object({ process: z.string(), name: z.string(), kind: z.enum(['log', 'stdout']), size: z.number().int(), modifiedAt: timestamp.optional() })
        .meta({ id: 'JobLog' }),
    ),
  })
  .meta({ id: 'JobLogList' });

const MOST_LOG_BYTES = 1024 * 1024;

/** A part of a log: the last bytes, or those from `offset` on. */
export const logQuery = z.object({
  tail: int32(1, MOST_LOG_BYTES)
    .default(64 * 1024)
    .meta({ type: 'integer', minimum: 1, maximum: MOST_LOG_BYTES, default: 64 * 1024 }),
  offset: z
    .preprocess((value) => (typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value), z.number().int().min(0))
    .optional()
    .meta({ type: 'integer', minimum: 0 }),
});

export const jobListSchema = listOf('Job', jobSchema);

export type JobDocument = z.output<typeof jobSchema>;
