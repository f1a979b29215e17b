// Choosing the Savepoint a Job starts from (D19, D23). Never one that is not COMPLETED, never an older one than the newest.
import { assertNever } from './assert-never.ts';
import { REQUIRE_STATE, requiresState } from './instructions.ts';
import type { Job } from './job.ts';
import type { Savepoint } from './savepoint.ts';
import type { View } from './view.ts';

/** What the choice rests on. */
export type Holdings = Pick<View, 'deployment' | 'jobs' | 'savepoints' | 'defaultAnnotations'>;

export type RestoreChoice =
  | { readonly kind: 'from'; readonly savepoint: Savepoint }
  | { readonly kind: 'empty'; readonly why: WhyEmpty }
  /** State that should be there cannot be found: nothing may be started (D23). */
  | { readonly kind: 'lost'; readonly because: string };

/** Why a Job starts without state: by the strategy, for the first time, or since the retention of the last Job discarded its checkpoints. */
export type WhyEmpty = 'STATE_DISCARDED_BY_STRATEGY' | 'FIRST_START' | 'CHECKPOINTS_NOT_RETAINED';

const RETENTION_KEY = 'execution.checkpointing.externalized-checkpoint-retention';

/** The COMPLETED Savepoint that holds the most recent state, of those the strategy allows. */
export function newestFor(kind: 'LATEST_STATE' | 'LATEST_SAVEPOINT', savepoints: readonly Savepoint[]): Savepoint | undefined {
  return savepoints
    .filter((s) => s.state === 'COMPLETED' && s.location !== undefined)
    .filter((s) => kind === 'LATEST_STATE' || s.origin !== 'RETAINED_CHECKPOINT')
    .reduce<Savepoint | undefined>((best, s) => (best === undefined || isNewer(s, best) ? s : best), undefined);
}

/** Those that hold state of the Deployment: without what a Job captured that ran on something else than it was meant to restore. */
export function usableOf(holdings: Pick<Holdings, 'jobs' | 'savepoints'>): readonly Savepoint[] {
  return holdings.savepoints.filter((savepoint) => !isOfVoidRun(holdings, savepoint));
}

/** D19: within one Job by Flink's checkpoint id, else by the moment the state was captured. */
export function isNewer(a: Savepoint, b: Savepoint): boolean {
  const sameRun = a.jobId !== undefined && a.jobId === b.jobId && a.origin !== 'COPIED' && b.origin !== 'COPIED';
  if (sameRun && a.checkpointId !== undefined && b.checkpointId !== undefined && a.checkpointId !== b.checkpointId) {
    return a.checkpointId > b.checkpointId;
  }
  return a.capturedAt > b.capturedAt;
}

/** What the next Job starts from, when no Job is live. */
export function chooseRestore(view: Holdings): RestoreChoice {
  const strategy = view.deployment.spec.restoreStrategy.kind;
  switch (strategy) {
    case 'NONE':
      return unlessRequired(view, everHadState(view) ? 'STATE_DISCARDED_BY_STRATEGY' : 'FIRST_START');
    case 'LATEST_STATE':
    case 'LATEST_SAVEPOINT':
      return chooseNewest(view, strategy);
    default:
      return assertNever(strategy);
  }
}

function chooseNewest(view: Holdings, strategy: 'LATEST_STATE' | 'LATEST_SAVEPOINT'): RestoreChoice {
  const savepoints = usableOf(view);
  const newest = newestFor(strategy, savepoints);
  const orphan = strategy === 'LATEST_STATE' || newest === undefined ? lostStateOf(view, newest) : undefined;
  if (orphan !== undefined) return { kind: 'lost', because: `${LOST}: ${whatIsLost(orphan)} ${WAYS_OUT}` };
  if (newest !== undefined) return { kind: 'from', savepoint: newest };
  const checkpoint = newestFor('LATEST_STATE', savepoints);
  if (checkpoint !== undefined) return { kind: 'lost', because: `${LOST}: ${notAllowed(checkpoint)} ${WAYS_OUT}` };
  return unlessRequired(view, everHadState(view) ? 'CHECKPOINTS_NOT_RETAINED' : 'FIRST_START');
}

const LOST = 'MANUAL_RESTORE_REQUIRED';
const WAYS_OUT = 'Register a Savepoint with its location and start again (desired state CANCELLED, then RUNNING), or set restoreStrategy NONE to start empty.';

function whatIsLost({ id, end, newestCheckpoint: newest }: Job): string {
  if (end?.how === 'FINISHED' && end.stoppedWith !== undefined)
    return `Job ${id} was stopped with a savepoint${placeOf(end.stoppedWith.location)} that cannot be found.`;
  const last = newest === undefined ? '' : ` The last one known was checkpoint ${newest.id}${placeOf(newest.location)}.`;
  return `Job ${id} had completed checkpoints that should have survived it, and the newest cannot be found.${last}`;
}

/** LATEST_SAVEPOINT never takes a checkpoint, and never leaves one behind to start empty (invariant 3). */
function notAllowed({ location, checkpointId }: Savepoint): string {
  return `restoreStrategy LATEST_SAVEPOINT finds no Savepoint, but checkpoint ${checkpointId ?? '?'}${placeOf(location)} is there: LATEST_STATE would start from it.`;
}

function placeOf(location: string | undefined): string {
  return location === undefined ? '' : ` at ${location}`;
}

/** `drey.dev/require-state`: no start without state once there was any. */
function unlessRequired(view: Holdings, why: WhyEmpty): RestoreChoice {
  if (why === 'FIRST_START' || !requiresState(view)) return { kind: 'empty', why };
  const told = why === 'STATE_DISCARDED_BY_STRATEGY' ? 'restoreStrategy NONE would start without it' : 'no Savepoint is there to start from';
  const inherited = view.deployment.annotations[REQUIRE_STATE]?.toLowerCase() !== 'true';
  const undo = inherited ? 'set the annotation to "false" at the Deployment' : 'remove the annotation';
  const out = `Register a Savepoint, or ${undo} to start empty; then start again (desired state CANCELLED, then RUNNING).`;
  return {
    kind: 'lost',
    because: `${LOST}: drey.dev/require-state is set${inherited ? ' for the namespace' : ''}, the Deployment had state, and ${told}. ${out}`,
  };
}

/** True once a checkpoint or savepoint completed, also of Jobs and Savepoints that are no longer kept. */
export function everHadState({ deployment, jobs, savepoints }: Holdings): boolean {
  return deployment.hadState || jobs.some((job) => job.hadState) || savepoints.some((s) => s.state === 'COMPLETED');
}

/**
 * The newest Job that made progress after the newest known state and whose own checkpoints should have outlived it but were not found.
 * A Job that restored `newest` and never completed a checkpoint of its own lost nothing.
 */
function lostStateOf(view: Holdings, newest: Savepoint | undefined): Job | undefined {
  const meant = view.jobs.filter((job) => !isVoid(job));
  const last = meant.find((job) => job.hadState || view.savepoints.some((s) => s.jobId === job.id && s.state === 'COMPLETED'));
  if (last === undefined || !last.hadState || !keepsCheckpoints(last)) return undefined;
  const registeredLater = newest?.origin === 'COPIED' && newest.capturedAt >= (last.terminatedAt ?? last.createdAt);
  return isFound(last, view) || registeredLater ? undefined : last;
}

/** The savepoint with which it was stopped is there, or the newest checkpoint known of it, or a later one: an older one would be back in time. */
function isFound(job: Job, view: Holdings): boolean {
  const own = view.savepoints.filter((s) => s.jobId === job.id && s.state === 'COMPLETED' && !isOfVoidRun(view, s));
  if (own.some(({ origin }) => origin === 'SUSPEND' || origin === 'COPIED')) return true;
  const { newestCheckpoint: newest, voidSince } = job;
  if (newest === undefined || (voidSince !== undefined && newest.at >= voidSince)) return own.length > 0;
  return own.some((s) => s.origin === 'RETAINED_CHECKPOINT' && (s.checkpointId === undefined || s.checkpointId >= newest.id));
}

/** Captured after its job had restored something else than it was meant to; a stop ends the run that it captures. */
function isOfVoidRun({ jobs }: Pick<View, 'jobs'>, { jobId, origin, capturedAt }: Savepoint): boolean {
  const job = jobs.find(({ id }) => id === jobId);
  return job !== undefined && (isVoid(job) || (job.voidSince !== undefined && (origin === 'SUSPEND' || capturedAt >= job.voidSince)));
}

/** It never ran on the state it was meant to run on: what it wrote is nobody's state. */
export function isVoid({ cancelling, voidSince }: Pick<Job, 'cancelling' | 'voidSince'>): boolean {
  return cancelling === 'WRONG_RESTORE' && voidSince === undefined;
}

/**
 * True when state of this Job outlives the way it ended: its checkpoints by its frozen configuration (`reference/flink.md` §4.2), the
 * savepoint with which it was stopped always.
 */
export function keepsCheckpoints({ flinkConfiguration, end }: Pick<Job, 'flinkConfiguration' | 'end'>): boolean {
  const retention = (flinkConfiguration[RETENTION_KEY] ?? '').toUpperCase();
  switch (end?.how) {
    case 'FINISHED':
      return end.stoppedWith !== undefined;
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

/** What the next Job would find if this live one were cancelled now: state to start from, state that its strategy does not allow, or none. */
export function stateAfterCancel(view: View, job: Job): 'some' | 'notAllowed' | 'none' {
  const strategy = view.deployment.spec.restoreStrategy.kind;
  if (strategy === 'NONE') return 'none';
  const savepoints = usableOf(view);
  if (newestFor(strategy, savepoints) !== undefined) return 'some';
  const retained = (job.hadState && keepsCheckpoints({ ...job, end: { how: 'CANCELED' } })) || newestFor('LATEST_STATE', savepoints) !== undefined;
  if (!retained) return 'none';
  return strategy === 'LATEST_STATE' ? 'some' : 'notAllowed';
}
