// Who still needs a Savepoint, and whose its data is (scenarios.md, invariant 10). Pure: functions, plan and activities ask it under the
// Deployment's lock. It never says "may go" of what a live Job or the next start refers to.
import { toFlinkJobId, type SavepointId } from './ids.ts';
import { isTerminal, type Job } from './job.ts';
import { liesIn, normaliseLocation } from './location.ts';
import { chooseRestore, newestFor, type Holdings, usableOf } from './restore.ts';
import type { Savepoint } from './savepoint.ts';

/** Why this Savepoint may not be deleted now without force; undefined when it may. */
export function whyKept(holdings: Holdings, savepoint: Savepoint): string | undefined {
  if (savepoint.state === 'STARTED') return 'it is STARTED: wait until it is COMPLETED or FAILED';
  const user = startedFrom(holdings.jobs, savepoint);
  if (user !== undefined) return `Job ${user.id} was started from it and has not ended`;
  if (sourcesOfNextStart(holdings).has(savepoint.id)) return 'the next start of the Deployment would restore it: take or register a newer one first';
  const change = changesTheNextStart(holdings, savepoint);
  if (change !== undefined) return change;
  return whyNeverDropped(holdings.jobs, savepoint);
}

/**
 * Why not even force may drop it: a Job ends only through its stop's Savepoint, and until it is closed that row alone says that the
 * stop was asked for, failed or worked.
 */
export function whyNeverDropped(jobs: readonly Job[], { origin, jobId }: Savepoint): string | undefined {
  const job = origin === 'SUSPEND' ? jobs.find((each) => each.id === jobId && !isTerminal(each)) : undefined;
  return job === undefined ? undefined : `Job ${job.id} is being stopped through it and has not ended`;
}

/** The live Job that was started from this very Savepoint. */
export function startedFrom(jobs: readonly Job[], { id }: Pick<Savepoint, 'id'>): Job | undefined {
  return jobs.find((job) => !isTerminal(job) && job.restore?.savepointId === id);
}

/** What the next start may restore: the one its strategy names, and the source of a failed attempt that would be retried. */
function sourcesOfNextStart(holdings: Holdings): ReadonlySet<SavepointId> {
  const { deployment, jobs } = holdings;
  const { kind } = deployment.spec.restoreStrategy;
  const [last] = jobs;
  const retried = last?.state === 'FAILED' && last.specVersion === deployment.specVersion ? last.restore?.savepointId : undefined;
  const newest = kind === 'NONE' ? undefined : newestFor(kind, usableOf(holdings))?.id;
  return new Set([retried, newest].filter((id) => id !== undefined));
}

/** Without this one a start that is possible now would be MANUAL_RESTORE_REQUIRED (D23), or one that is refused now would be empty. */
function changesTheNextStart(holdings: Holdings, { id }: Savepoint): string | undefined {
  const without = { ...holdings, savepoints: holdings.savepoints.filter((s) => s.id !== id) };
  const [was, wouldBe] = [chooseRestore(holdings).kind, chooseRestore(without).kind];
  if (was === wouldBe) return undefined;
  if (wouldBe === 'lost') return 'without it the next start would be refused, because the newest state of the last Job could not be found';
  return 'without it the next start would be empty: it is the last state there is';
}

/** True when the data is drey's to remove: it lies in the directory made for this Savepoint alone, or is a checkpoint of its own Job. */
export function ownsData({ origin, location, targetDirectory, jobId }: Savepoint): boolean {
  if (location === undefined) return false;
  switch (origin) {
    case 'COPIED':
      return false;
    case 'RETAINED_CHECKPOINT':
      return jobId !== undefined && new RegExp(`/${toFlinkJobId(jobId)}/chk-\\d+$`).test(normaliseLocation(location));
    default:
      return targetDirectory !== undefined && liesIn(location, targetDirectory);
  }
}
