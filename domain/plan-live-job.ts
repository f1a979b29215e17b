// Planning with a live Job: first what is open, then what the desired state asks of it.
// No successor is ever planned here: that needs every Job to be terminal.
import { assertNever } from './assert-never.ts';
import { runsSpec } from './changes.ts';
import { wasSuspended } from './closing.ts';
import { calmIn, checkpointsStall, countedIn } from './health.ts';
import type { Instant } from './instant.ts';
import { requiresState } from './instructions.ts';
import type { Job } from './job.ts';
import { allTasksRun, restoredAsMeant, wentBackInTime } from './learn.ts';
import { missingTaskManagers, planStarting } from './plan-starting.ts';
import { planStop } from './plan-stop.ts';
import { planSubmit } from './plan-submit.ts';
import { everHadState, isVoid, stateAfterCancel } from './restore.ts';
import type { Blocked, Step } from './step.ts';
import type { View } from './view.ts';

export function planLiveJob(view: View, job: Job, now: Instant): Step {
  const step = planWrongRestore(view, job) ?? planOpenSavepoint(view, job, now) ?? planEnded(view, job) ?? planRunningOrStarting(view, job, now);
  return step.kind === 'rest' && gaveUp(view) ? { ...step, phase: 'FAILED' } : step;
}

/**
 * A job that runs on other state than it was meant to is ended as such whatever is desired or under way, so that what it wrote is never
 * taken for the newest state (D27, scenario D13), and before a stop would let Flink discard the checkpoints it had (`reference/flink.md` §4.2).
 */
function planWrongRestore({ look }: View, job: Job): Step | undefined {
  if (look.kind !== 'job' || job.end !== undefined || job.submit !== 'ACCEPTED' || job.cancelling !== undefined) return undefined;
  const wrong = (because: string): Step => ({ kind: 'cancelJob', jobId: job.id, reason: 'WRONG_RESTORE', because });
  if (!restoredAsMeant(job, look) && allTasksRun(look)) return wrong('Flink restored something else than the Job names');
  return wentBackInTime(job, look) ? wrong('its JobManager was started again and restored older state than is known') : undefined;
}

/** A suspension whose request was claimed is never dropped: its outcome is awaited, also when the job has ended meanwhile (rule 3). */
function planOpenSavepoint(view: View, job: Job, now: Instant): Step | undefined {
  const open = view.savepoints.find((s) => s.jobId === job.id && s.state === 'STARTED' && s.triggered);
  if (open === undefined) return undefined;
  const ended = job.end !== undefined;
  const { state } = view.deployment.spec;
  const isSilent = !ended && view.look.kind === 'unreachable';
  if (open.origin === 'USER_REQUEST' && !ended && (isSilent || state === 'CANCELLED')) return undefined;
  if (isSilent) return state === 'CANCELLED' ? undefined : waitForCluster(view, { job, now, because: 'the savepoint under way cannot be asked about' });
  return {
    kind: 'awaitSavepoint',
    jobId: job.id,
    savepointId: open.id,
    because: ended ? 'the job ended while this savepoint was under way' : 'a savepoint is under way',
  };
}

function planEnded(view: View, job: Job): Step | undefined {
  if (job.end === undefined) return undefined;
  const unsettled = view.savepoints.find((s) => s.jobId === job.id && s.state === 'STARTED');
  if (unsettled !== undefined)
    return { kind: 'awaitSavepoint', jobId: job.id, savepointId: unsettled.id, because: 'the job ended before this savepoint was taken' };
  if (!job.collected && mayLeaveState(view, job)) return { kind: 'collectCheckpoints', jobId: job.id, because: `the job ended (${job.end.how})` };
  return { kind: 'tearDown', jobId: job.id, because: `the job ended (${job.end.how})` };
}

/** What a wrongly restored job wrote is nobody's state. A FINISHED job leaves no checkpoint, a job that never was has none (`reference/flink.md` §4.2); a stop by somebody else, or one of ours that failed, may have left a savepoint. */
function mayLeaveState(view: View, job: Job): boolean {
  if (job.end?.how === 'NEVER_SUBMITTED' || isVoid(job)) return false;
  if (job.end?.how !== 'FINISHED') return true;
  if (wasSuspended(job, view.savepoints)) return false;
  return job.end.stoppedWith !== undefined || view.savepoints.some((s) => s.jobId === job.id && s.origin === 'SUSPEND' && s.state === 'FAILED');
}

function planRunningOrStarting(view: View, job: Job, now: Instant): Step {
  if (job.submit !== 'ACCEPTED') return planSubmit(view, job, now);
  if (job.cancelling !== undefined) return planCancelling(view, job, now);
  const { state } = view.deployment.spec;
  if (state === 'CANCELLED') return cancel(view, job, now);
  if (view.look.kind !== 'job') return planOutOfSight(view, job, now);
  if (job.state === 'STARTING') return planStarting(view, job, { now, isWanted: isWanted(view, job) });
  switch (state) {
    case 'SUSPENDED':
      return stopHealthy(view, job, now);
    case 'RUNNING':
      return planDesiredRunning(view, job, now);
    default:
      return assertNever(state);
  }
}

function cancel(view: View, job: Job, now: Instant): Step {
  if (view.look.kind === 'unreachable') return forceAfter(view, job, now);
  return { kind: 'cancelJob', jobId: job.id, reason: 'CANCELLED', because: 'the desired state is CANCELLED' };
}

/** A cancel was claimed: ask again if Flink shows no sign of it, else wait for the end. */
function planCancelling(view: View, job: Job, now: Instant): Step {
  const reason = job.cancelling ?? 'CANCELLED';
  if (view.look.kind === 'unreachable') return forceAfter(view, job, now);
  const onItsWay = view.look.kind === 'job' && (view.look.status === 'CANCELLING' || view.look.status === 'FAILING');
  if (onItsWay) return { kind: 'awaitEnd', jobId: job.id, because: `the job is being ended (${reason})` };
  return { kind: 'cancelJob', jobId: job.id, reason, because: 'the cancel has not shown an effect yet' };
}

/** A cluster that does not answer keeps a cancel waiting; past the force time the Job's own cluster is removed (D21). */
function forceAfter(view: View, job: Job, now: Instant): Step {
  const silentFor = now - (job.observed?.status === 'UNKNOWN' ? job.observed.at : now);
  if (job.place.kind === 'local' && silentFor >= view.policy.forceAfterMs) {
    const because = 'its cluster has not answered for the force time and is removed';
    return { kind: 'cancelJob', jobId: job.id, reason: job.cancelling ?? 'CANCELLED', force: true, because };
  }
  return waitForCluster(view, { job, now, because: 'the job cannot be ended while its cluster does not answer' });
}

/** The Job was accepted but this look did not show it (rule 7). */
function planOutOfSight(view: View, job: Job, now: Instant): Step {
  if (view.look.kind !== 'unreachable')
    return job.state === 'STARTING' ? planStarting(view, job, { now, isWanted: isWanted(view, job) }) : waitForSight(view, job, now);
  const because = `the cluster does not answer: ${view.look.because}`;
  const waiting = waitForCluster(view, { job, now, because });
  return job.state === 'STARTING' ? waiting : { ...waiting, ...whileOutOfSight(view, job) };
}

function waitForSight(view: View, job: Job, now: Instant): Step {
  const because = 'the cluster answers but does not show the job';
  return { ...waitForCluster(view, { job, now, because }), ...whileOutOfSight(view, job) };
}

/** A job that is wanted goes on; one that is to be stopped with a savepoint is waited for like one that restarts (scenario A15). */
function whileOutOfSight(view: View, job: Job): Pick<Extract<Step, { kind: 'rest' }>, 'phase' | 'blocked'> {
  if (isWanted(view, job)) return { phase: 'RUNNING', blocked: 'CLUSTER_UNREACHABLE' };
  const { state, upgradeStrategy } = view.deployment.spec;
  const isStop = state === 'SUSPENDED' || upgradeStrategy.kind === 'STATEFUL';
  return { phase: 'TRANSITIONING', blocked: isStop ? 'AWAITING_HEALTHY_JOB' : 'CLUSTER_UNREACHABLE' };
}

function isWanted(view: View, job: Job): boolean {
  const { spec } = view.deployment;
  return spec.state === 'RUNNING' && (spec.upgradeStrategy.kind === 'NONE' || runsSpec(job, spec, placeOf(view)));
}

function planDesiredRunning(view: View, job: Job, now: Instant): Step {
  const { spec } = view.deployment;
  if (isWanted(view, job)) {
    const isCurrent = runsSpec(job, spec, placeOf(view));
    const because = isCurrent ? 'the job runs what the spec wants' : `upgradeStrategy is NONE: the job is outdated since version ${job.specVersion + 1}`;
    return missingTaskManagers(view, job) ?? planUserSavepoint(view, job) ?? running(view, job, { now, because });
  }
  const forbidden = upgradeWouldLoseState(view, job);
  if (!gaveUp(view) && forbidden !== undefined)
    return planUserSavepoint(view, job) ?? { ...running(view, job, { now, because: WOULD_LOSE[forbidden] }), blocked: forbidden };
  if (!gaveUp(view) && view.place.kind !== 'ready')
    return { kind: 'rest', phase: 'TRANSITIONING', because: view.place.because, wakeInMs: view.policy.lookAgainMs, blocked: 'TARGET_NOT_READY' };
  if (!gaveUp(view) && spec.upgradeStrategy.kind === 'STATELESS') {
    return { kind: 'cancelJob', jobId: job.id, reason: 'STATELESS', because: 'upgradeStrategy is STATELESS and the template changed' };
  }
  return stopHealthy(view, job, now);
}

const WOULD_LOSE = {
  STATE_WOULD_BE_DISCARDED: 'drey.dev/require-state: the upgrade is not done, because restoreStrategy NONE would start the new job empty',
  NO_RESTORE_SOURCE: 'the upgrade is not done, because a STATELESS one would leave no state that the next job may start from',
} as const satisfies Partial<Record<Blocked, string>>;

/** A running job is not ended for a successor that could not start, or with `drey.dev/require-state` would start empty (scenarios A2, A17). */
function upgradeWouldLoseState(view: View, job: Job): keyof typeof WOULD_LOSE | undefined {
  const { upgradeStrategy, restoreStrategy } = view.deployment.spec;
  const left = upgradeStrategy.kind === 'STATELESS' ? stateAfterCancel(view, job) : 'some';
  if (left === 'notAllowed') return 'NO_RESTORE_SOURCE';
  if (!requiresState(view) || !everHadState(view)) return undefined;
  if (restoreStrategy.kind === 'NONE') return 'STATE_WOULD_BE_DISCARDED';
  return left === 'none' ? 'NO_RESTORE_SOURCE' : undefined;
}

/** A stop needs all tasks, so what died is started first; a savepoint that a user asked for comes before it. */
function stopHealthy(view: View, job: Job, now: Instant): Step {
  const isHealthy = view.look.kind === 'job' && allTasksRun(view.look);
  if (gaveUp(view)) return planUserSavepoint(view, job) ?? { kind: 'rest', phase: 'FAILED', because: view.deployment.status.because };
  return missingTaskManagers(view, job) ?? (isHealthy ? planUserSavepoint(view, job) : undefined) ?? planStop(view, job, now);
}

function planUserSavepoint(view: View, job: Job): Step | undefined {
  const wanted = view.savepoints.findLast((s) => s.jobId === job.id && s.state === 'STARTED' && s.origin === 'USER_REQUEST');
  if (wanted === undefined) return undefined;
  return { kind: 'takeSavepoint', jobId: job.id, savepointId: wanted.id, because: 'a user asked for a savepoint' };
}

const STALLED_LOOK_MS = 10_000;

/**
 * RUNNING settles, but is looked at again until the Job proved stable, what it restored is checked and its first state seen, when its
 * restarts are counted, when it will have been calm for long enough, and while its checkpoints stall: the watch may never have seen that.
 */
function running(view: View, job: Job, { now, because }: { readonly now: Instant; readonly because: string }): Extract<Step, { kind: 'rest' }> {
  const isOff = view.look.kind === 'job' && view.look.checkpoints?.off === true;
  const settled = job.stable && job.restoreChecked && (job.hadState || isOff);
  const stalls = checkpointsStall(job, view.look, now) === true;
  const byTime = [settled ? undefined : view.policy.stableAfterMs, stalls ? STALLED_LOOK_MS : undefined, countedIn(job, now), calmIn(job, now)];
  const wakes = byTime.filter((wake) => wake !== undefined);
  return { kind: 'rest', phase: 'RUNNING', because, ...(wakes.length === 0 ? {} : { wakeInMs: Math.min(...wakes) }) };
}

/** Only an edit leaves FAILED, and CANCELLED is one (design.md §4 rule 8). */
function gaveUp({ deployment }: View): boolean {
  return deployment.failedSpecVersion === deployment.specVersion && deployment.spec.state !== 'CANCELLED';
}

interface Waiting {
  readonly job: Job;
  readonly now: Instant;
  readonly because: string;
}

function waitForCluster(view: View, { job, now, because }: Waiting): Extract<Step, { kind: 'rest' }> {
  return { kind: 'rest', phase: 'TRANSITIONING', because, wakeInMs: lookAgainIn(view, job, now), blocked: 'CLUSTER_UNREACHABLE' };
}

/** As long again as the silence has lasted: 10 s, doubling, at most a minute (rule 7). */
function lookAgainIn({ policy }: View, job: Job, now: Instant): number {
  const silentFor = job.observed?.status === 'UNKNOWN' ? now - job.observed.at : 0;
  return Math.min(Math.max(silentFor, policy.lookAgainMs), policy.longestPauseMs);
}

function placeOf(view: View): Job['place'] | undefined {
  return view.place.kind === 'missing' ? undefined : view.place.place;
}
