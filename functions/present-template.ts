// Parts of a template that Deployments, Jobs and session clusters show alike.
import type { Failure } from '../domain/job.ts';
import type { Logging } from '../domain/template.schema.ts';
import { toTimestamp } from './instants.ts';

/** The one null that real answers hold (D17). */
export function presentLogging(logging: Logging): Logging {
  return { ...logging, log4j2ConfigurationTemplate: logging.log4j2ConfigurationTemplate ?? null };
}

export function presentFailure(failure: Failure | undefined): { message: string; reason: string; failedAt: string } | undefined {
  if (failure === undefined) return undefined;
  const { message, reason, failedAt } = failure;
  return { message, reason, failedAt: toTimestamp(failedAt) };
}
