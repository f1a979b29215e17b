// Choosing the Savepoint a Job starts from (D19, D23). Never one that is not COMPLETED, never an older one than the newest.
import { assertNever } from './assert-never.ts';
import type { Job } from './job.ts';
import type { Savepoint } from './savepoint.ts';
import type { View } from './view.ts';

/** What the choice rests on. */
export type Holdings = Pick<View, 'deployment' | 'jobs' | 'savepoints'>;

export type RestoreChoice =
  | { readonly kind: 'from'; readonly savepoint: Savepoint }
  | { readonly kind: 'empty'; readonly because: string }
  /** State that should have survived cannot be found: nothing may be started (D23). */
  | { readonly kind: 'lost'; readonly because: string };

const RETENTION_KEY = 'execution.checkpointing.externalized-checkpoint-retention';

/** The COMPLETED Savepoint that holds the most recent state, of those the strategy allows. */
export function newestFor(kind: 'LATEST_STATE' | 'LATEST_SAVEPOINT', savepoints: readonly Savepoint[]): Savepoint | undefined {
  return savepoints
    .filter((s) => s.state === 'COMPLETED' && s.location !== undefined)
    .filter((s) => kind === 'LATEST_STATE' || s.origin !== 'RETAINED_CHECKPOINT')
    .reduce<Savepoint | undefined>((best, s) => (best === undefined || isNewer(s, best) ? s : best), undefined);
}

/** D19: within one Job by Flink's checkpoint id, else by the moment the state was captured. */
export function isNewer(a: Savepoint, b: Savepoint): boolean {
  const sameRun = a.jobId !== undefined && a.jobId === b.jobId && a.origin !== 'COPIED' && b.origin !== 'COPIED';
  if (sameRun && a.checkpointId !== undefined && b.checkpointId !== undefined && a.checkpointId !== b.checkpointId) {
    return a.checkpointId > b.checkpointId;
  }
  return a.capturedAt > b.capturedAt;
}

/** What the next Job starts from. */
export function chooseRestore(view: Holdings): RestoreChoice {
  const strategy = view.deployment.spec.restoreStrategy.kind;
  switch (strategy) {
    case 'NONE':
      return { kind: 'empty', because: 'restoreStrategy is NONE' };
    case 'LATEST_STATE':
    case 'LATEST_SAVEPOINT':
      return chooseNewest(view, strategy);
    default:
      return assertNever(strategy);
  }
}

function chooseNewest(view: Holdings, strategy: 'LATEST_STATE' | 'LATEST_SAVEPOINT'): RestoreChoice {
  const newest = newestFor(strategy, view.savepoints);
  const orphan = lostStateOf(view, newest);
  if (strategy === 'LATEST_STATE' && orphan !== undefined) {
    return {
      kind: 'lost',
      because:
        `MANUAL_RESTORE_REQUIRED: Job ${orphan.id} had completed checkpoints that should have survived it, and none can be found. ` +
        'Register a Savepoint with its location, or set restoreStrategy NONE to start empty.',
    };
  }
  if (newest !== undefined) return { kind: 'from', savepoint: newest };
  return { kind: 'empty', because: `no completed Savepoint for ${strategy}` };
}

/**
 * The newest Job that made progress after the newest known state and whose own checkpoints should have outlived it but were not found.
 * A Job that restored `newest` and never completed a checkpoint of its own lost nothing.
 */
function lostStateOf(view: Holdings, newest: Savepoint | undefined): Job | undefined {
  const meant = view.jobs.filter((job) => job.cancelling !== 'WRONG_RESTORE');
  const last = meant.find((job) => job.hadState || view.savepoints.some((s) => s.jobId === job.id && s.state === 'COMPLETED'));
  if (last === undefined || !last.hadState || !keepsCheckpoints(last)) return undefined;
  const found = view.savepoints.some((s) => s.jobId === last.id && s.state === 'COMPLETED' && (s.origin === 'RETAINED_CHECKPOINT' || s.origin === 'SUSPEND'));
  const registeredLater = newest?.origin === 'COPIED' && newest.capturedAt >= (last.terminatedAt ?? last.createdAt);
  return found || registeredLater ? undefined : last;
}

/** True when the checkpoints of this Job outlive the way it ended, by its frozen configuration (`reference/flink.md` §4.2). */
export function keepsCheckpoints({ flinkConfiguration, end }: Pick<Job, 'flinkConfiguration' | 'end'>): boolean {
  const retention = (flinkConfiguration[RETENTION_KEY] ?? '').toUpperCase();
  switch (end?.how) {
    case 'FINISHED':
    case 'NEVER_SUBMITTED':
      return false;
    case 'GONE':
      return true;
    case 'FAILED':
      return ['RETAIN_ON_CANCELLATION', 'DELETE_ON_CANCELLATION'].includes(retention);
    default:
      return retention === 'RETAIN_ON_CANCELLATION';
  }
}
