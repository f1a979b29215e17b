// The audit log: who asked for which change through the API, and what came of it. Never what was in the request.
import * as z from 'zod';

export const auditEntrySchema = z
  .object({
    id: z.guid(),
    timestamp: z.iso.datetime(),
    /** `user:<id>`, the name of an API token, or `anonymous`. */
    actor: z.string(),
    method: z.string(),
    path: z.string(),
    operation: z.string(),
    namespace: z.string().optional(),
    /** HTTP status of the answer. */
    status: z.number().int(),
  })
  .meta({ id: 'AuditEntry' });

const page = { page: z.coerce.number().int().min(0).max(1_000_000).default(0), pageSize: z.coerce.number().int().min(1).max(1000).default(100) };

export const auditQuerySchema = z.object(page);

export const auditPageSchema = z
  .object({ items: z.array(auditEntrySchema), page: z.number().int(), pageSize: z.number().int(), totalItems: z.number().int() })
  .meta({ id: 'AuditPage' });
