// Event as it is answered (vvp.md §5). Nobody sends one.
import * as z from 'zod';
import { document, listOf, timestamp } from './envelope.schema.ts';
import { EVENT_NAMES } from './event.ts';

export const eventSchema = document('Event', {
  metadata: z
    .object({
      id: z.guid(),
      name: z.enum(EVENT_NAMES),
      namespace: z.string(),
      createdAt: timestamp,
      deploymentId: z.guid().optional(),
      jobId: z.guid().optional(),
      savepointId: z.guid().optional(),
      sessionClusterId: z.guid().optional(),
      resourceName: z.string().optional(),
      /** The run in Temporal that wrote it. */
      workflowRunId: z.string().optional(),
      resourceVersion: z.number().int(),
    })
    .meta({ id: 'EventMetadata' }),
  spec: z.object({ message: z.string() }).meta({ id: 'EventSpec' }),
});

export const eventListSchema = listOf('Event', eventSchema);

export type EventDocument = z.output<typeof eventSchema>;
