// Counting attempts. The rows are the ledger: a failed start is a Job in FAILED, a failed suspension a Savepoint in FAILED (D8).
import { parseDuration } from './durations.ts';
import type { Instant } from './instant.ts';
import type { Policy, View } from './view.ts';

export interface Attempts {
  /** Failed ones that still count. */
  readonly failed: number;
  /** The last of them; undefined when none counts. */
  readonly last?: Failed;
}

interface Failed {
  readonly id: string;
  readonly at: Instant;
}

/**
 * Jobs that failed at this specVersion, since the last stable one, and not longer ago than jobFailureExpirationTime (0 or unset: for ever).
 * A new specVersion starts from zero.
 */
export function jobAttempts(view: View, now: Instant): Attempts {
  const { spec, specVersion } = view.deployment;
  const expiry = parseDuration(spec.jobFailureExpirationTime ?? '0') ?? 0;
  const failures: Failed[] = [];
  for (const job of view.jobs) {
    if (job.specVersion !== specVersion) break;
    const at = job.terminatedAt ?? job.createdAt;
    if (job.state === 'FAILED' && (expiry === 0 || now - at < expiry)) failures.push({ id: job.id, at });
    if (job.stable) break;
  }
  return toAttempts(failures);
}

/** Suspension Savepoints that failed at this specVersion since the last that completed. Requests of users never count. */
export function savepointAttempts(view: View): Attempts {
  const failures: Failed[] = [];
  for (const savepoint of view.savepoints) {
    if (savepoint.origin !== 'SUSPEND') continue;
    if (savepoint.specVersion !== view.deployment.specVersion || savepoint.state === 'COMPLETED') break;
    if (savepoint.state === 'FAILED') failures.push({ id: savepoint.id, at: savepoint.failure?.failedAt ?? savepoint.modifiedAt });
  }
  return toAttempts(failures);
}

function toAttempts(failures: readonly Failed[]): Attempts {
  const last = failures.reduce<Failed | undefined>((latest, one) => (latest === undefined || one.at > latest.at ? one : latest), undefined);
  return { failed: failures.length, ...(last === undefined ? {} : { last }) };
}

/** How long to wait yet before the next attempt: 1 s, doubling, at most a minute, up to a fifth less (D21), counted from the last failure. */
export function pauseLeft({ failed, last }: Attempts, policy: Policy, now: Instant): number {
  if (last === undefined) return 0;
  const pause = Math.min(policy.firstPauseMs * 2 ** (failed - 1), policy.longestPauseMs);
  return Math.max(0, Math.ceil(last.at + pause * (1 - jitterOf(last.id) / 5) - now));
}

/** From 0 to 1, the same for the same attempt: many that failed together do not come back together, and a repeated decision waits as long. */
function jitterOf(id: string): number {
  return Number.parseInt(id.slice(-4), 16) / 0xffff;
}
