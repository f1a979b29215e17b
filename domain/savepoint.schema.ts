// Savepoint as a user asks for one and as it is answered (vvp.md §1.4, §3.3).
import * as z from 'zod';
import { withoutServerOwned } from './document.ts';
import { document, failureSchema, identity, inputDocument, listOf } from './envelope.schema.ts';
import { isSnapshotLocation } from './location.ts';
import { fields, textMap, uuid, word } from './scalar.schema.ts';
import type { Exact } from './scalar.schema.ts';

const BOTH = 'is missing; give both savepointLocation and flinkSavepointId to register a Savepoint that exists, or neither to take a new one';

const location = z.string().max(4096).refine(isSnapshotLocation, {
  error: 'must be a URI such as "s3://bucket/savepoint-1" or an absolute path, without blanks at its ends and without ".."',
});

const savepointSpecSchema = fields({ savepointLocation: location.optional(), flinkSavepointId: uuid.optional() })
  .refine((spec) => spec.savepointLocation === undefined || spec.flinkSavepointId !== undefined, { path: ['flinkSavepointId'], error: BOTH })
  .refine((spec) => spec.flinkSavepointId === undefined || spec.savepointLocation !== undefined, { path: ['savepointLocation'], error: BOTH })
  .meta({ id: 'SavepointSpecInput' });

export const savepointInputSchema = inputDocument({
  kind: 'Savepoint',
  metadata: fields({
    deploymentId: z.string({ error: 'must be the id of a Deployment' }).min(1, { error: 'must be the id of a Deployment' }),
    namespace: z.string().optional(),
    annotations: textMap.optional(),
    type: word.optional(),
  }),
  spec: savepointSpecSchema.optional(),
  clean: (value) => withoutServerOwned(value, ['jobId', 'origin', 'resourceVersion']),
});

export const savepointSchema = document('Savepoint', {
  metadata: z
    .object({
      ...identity,
      deploymentId: z.guid(),
      jobId: z.guid().optional(),
      origin: z.enum(['USER_REQUEST', 'SUSPEND_AND_UPGRADE', 'SUSPEND', 'COPIED', 'RETAINED_CHECKPOINT']),
      type: z.enum(['UNKNOWN', 'FULL', 'INCREMENTAL']),
      annotations: z.record(z.string(), z.string()),
    })
    .meta({ id: 'SavepointMetadata' }),
  spec: z.object({ savepointLocation: z.string().optional(), flinkSavepointId: z.guid() }).meta({ id: 'SavepointSpec' }),
  status: z
    .object({
      state: z.enum(['STARTED', 'COMPLETED', 'FAILED', 'PENDING_DELETION', 'DELETING', 'FAILED_DELETION']),
      failure: failureSchema.optional(),
    })
    .meta({ id: 'SavepointStatus' }),
});

export const savepointListSchema = listOf('Savepoint', savepointSchema);

export type SavepointInput = Exact<z.output<typeof savepointInputSchema>>;
export type SavepointDocument = z.output<typeof savepointSchema>;
