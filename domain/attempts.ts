// Counting attempts. The rows are the ledger: a failed start is a Job in FAILED, a failed suspension a Savepoint in FAILED (D8).
import { parseDuration } from './durations.ts';
import type { Instant } from './instant.ts';
import type { Policy, View } from './view.ts';

export interface Attempts {
  /** Failed ones that still count. */
  readonly failed: number;
  /** When the last of them failed; undefined when none counts. */
  readonly lastFailedAt?: Instant;
}

/**
 * Jobs that failed at this specVersion, since the last stable one, and not longer ago than jobFailureExpirationTime (0 or unset: for ever).
 * A new specVersion starts from zero.
 */
export function jobAttempts(view: View, now: Instant): Attempts {
  const { spec, specVersion } = view.deployment;
  const expiry = parseDuration(spec.jobFailureExpirationTime ?? '0') ?? 0;
  const failures: Instant[] = [];
  for (const job of view.jobs) {
    if (job.specVersion !== specVersion) break;
    const failedAt = job.terminatedAt ?? job.createdAt;
    if (job.state === 'FAILED' && (expiry === 0 || now - failedAt < expiry)) failures.push(failedAt);
    if (job.stable) break;
  }
  return toAttempts(failures);
}

/** Suspension Savepoints that failed at this specVersion since the last that completed. Requests of users never count. */
export function savepointAttempts(view: View): Attempts {
  const failures: Instant[] = [];
  for (const savepoint of view.savepoints) {
    if (savepoint.origin !== 'SUSPEND') continue;
    if (savepoint.specVersion !== view.deployment.specVersion || savepoint.state === 'COMPLETED') break;
    if (savepoint.state === 'FAILED') failures.push(savepoint.failure?.failedAt ?? savepoint.modifiedAt);
  }
  return toAttempts(failures);
}

function toAttempts(failures: readonly Instant[]): Attempts {
  return failures.length === 0 ? { failed: 0 } : { failed: failures.length, lastFailedAt: Math.max(...failures) };
}

/** How long to wait yet before the next attempt: 1 s, doubling, at most a minute (D21), counted from the last failure. */
export function pauseLeft(attempts: Attempts, policy: Policy, now: Instant): number {
  if (attempts.lastFailedAt === undefined) return 0;
  const pause = Math.min(policy.firstPauseMs * 2 ** (attempts.failed - 1), policy.longestPauseMs);
  return Math.max(0, Math.ceil(attempts.lastFailedAt + pause - now));
}
