// Answers of the platform about itself, and the body of every error (D16).
import * as z from 'zod';

export const errorSchema = z
  .object({
    /** Milliseconds since 1970. */
    timestamp: z.number().int(),
    status: z.number().int(),
    error: z.string(),
    message: z.string(),
    path: z.string(),
  })
  .meta({ id: 'Error' });

export const statusSchema = z.object({ status: z.literal('UP'), version: z.string() }).meta({ id: 'Status' });

export const readinessSchema = z.object({ ready: z.boolean(), reasons: z.array(z.string()) }).meta({ id: 'Readiness' });

export const reconcileSchema = z.object({ message: z.string() }).meta({ id: 'Reconcile' });

export type ErrorBody = z.output<typeof errorSchema>;
