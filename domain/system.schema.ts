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

const cpuSchema = z.object({ cpu: z.number() }).meta({ id: 'ResourceConsumption' });

const resourceQuotaSchema = z
  .object({
    kind: z.literal('ResourceQuota'),
    apiVersion: z.literal('v1'),
    spec: z.object({ type: z.enum(['LIMITED', 'UNLIMITED']) }).meta({ id: 'ResourceQuotaSpec' }),
    status: z.object({ used: cpuSchema }).meta({ id: 'ResourceQuotaStatus' }),
  })
  .meta({ id: 'ResourceQuota' });

/** "unknown" where the build does not say. */
const revisionSchema = z
  .object({ buildTime: z.string(), buildVersion: z.string(), commitShaLong: z.string(), commitShaShort: z.string() })
  .meta({ id: 'RevisionInformation' });

export const systemInformationSchema = z
  .object({
    kind: z.literal('SystemInformation'),
    apiVersion: z.literal('v1'),
    status: z
      .object({ jvmVersion: z.string(), revisionInformation: revisionSchema, resourceQuota: resourceQuotaSchema })
      .meta({ id: 'SystemInformationStatus' }),
  })
  .meta({ id: 'SystemInformation' });

export const readinessSchema = z.object({ ready: z.boolean(), reasons: z.array(z.string()) }).meta({ id: 'Readiness' });

export const reconcileSchema = z.object({ message: z.string() }).meta({ id: 'Reconcile' });

export type ErrorBody = z.output<typeof errorSchema>;
