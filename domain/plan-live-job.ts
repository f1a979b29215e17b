// Planning with a live Job: first what is open, then what the desired state asks of it.
// No successor is ever planned here: that needs every Job to be terminal.
import { assertNever } from './assert-never.ts';
import { runsSpec } from './changes.ts';
import type { Instant } from './instant.ts';
import type { Job } from './job.ts';
import { allTasksRun, restoredAsMeant } from './learn.ts';
import { planStop } from './plan-stop.ts';
import { planSubmit, START_LIMIT } from './plan-submit.ts';
import type { Step } from './step.ts';
import type { View } from './view.ts';

export function planLiveJob(view: View, job: Job, now: Instant): Step {
  return planOpenSavepoint(view, job) ?? planEnded(view, job) ?? planRunningOrStarting(view, job, now);
}

/** A suspension whose request was claimed is never dropped: its outcome is awaited, also when the job has ended meanwhile (rule 3). */
function planOpenSavepoint(view: View, job: Job): Step | undefined {
  const open = view.savepoints.find((s) => s.jobId === job.id && s.state === 'STARTED' && s.triggered);
  if (open === undefined) return undefined;
  const ended = job.end !== undefined;
  if (!ended && view.look.kind === 'unreachable') return waitForCluster(view, 'the savepoint under way cannot be asked about');
  if (open.origin === 'USER_REQUEST' && !ended && view.deployment.spec.state === 'CANCELLED') return undefined;
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

/** A FINISHED job leaves no checkpoint, a job that never was has none (`reference/flink.md` §4.2); a failed stop may have left a savepoint. */
function mayLeaveState(view: View, job: Job): boolean {
  if (job.end?.how === 'NEVER_SUBMITTED') return false;
  return job.end?.how !== 'FINISHED' || view.savepoints.some((s) => s.jobId === job.id && s.origin === 'SUSPEND' && s.state === 'FAILED');
}

function planRunningOrStarting(view: View, job: Job, now: Instant): Step {
  if (job.submit !== 'ACCEPTED') return planSubmit(view, job, now);
  if (job.cancelling !== undefined) return planCancelling(view, job, now);
  const { state } = view.deployment.spec;
  if (state === 'CANCELLED') return cancel(view, job, now);
  if (view.look.kind !== 'job') return planOutOfSight(view, job, now);
  if (!restoredAsMeant(job, view.look) && allTasksRun(view.look)) {
    return { kind: 'cancelJob', jobId: job.id, reason: 'WRONG_RESTORE', because: 'Flink restored something else than the Job names' };
  }
  if (job.state === 'STARTING') return planStarting(view, job, now);
  switch (state) {
    case 'SUSPENDED':
      return gaveUpStopping(view) ?? planStop(view, job, now);
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
  return waitForCluster(view, 'the job cannot be ended while its cluster does not answer');
}

/** The Job was accepted but this look did not show it (rule 7). */
function planOutOfSight(view: View, job: Job, now: Instant): Step {
  if (job.state === 'STARTING') return planStarting(view, job, now);
  const because = view.look.kind === 'unreachable' ? `the cluster does not answer: ${view.look.because}` : 'the cluster answers but does not show the job';
  const { spec } = view.deployment;
  const runs = spec.state === 'RUNNING' && (runsSpec(job, spec, placeOf(view)) || spec.upgradeStrategy.kind === 'NONE');
  return { kind: 'rest', phase: runs ? 'RUNNING' : 'TRANSITIONING', because, wakeInMs: view.policy.lookAgainMs };
}

function planStarting(view: View, job: Job, now: Instant): Step {
  const { spec } = view.deployment;
  const wanted = spec.state === 'RUNNING' && (runsSpec(job, spec, placeOf(view)) || spec.upgradeStrategy.kind === 'NONE');
  if (!wanted) return { kind: 'cancelJob', jobId: job.id, reason: 'NEVER_RAN', because: 'the spec changed before any task ran' };
  if (now - (job.artifact?.fetchedAt ?? job.createdAt) > view.policy.startLimitMs) {
    return { kind: 'cancelJob', jobId: job.id, reason: 'NEVER_RAN', because: START_LIMIT };
  }
  if (view.look.kind === 'job' && view.look.missingTaskManagers > 0) {
    return { kind: 'ensureCluster', jobId: job.id, because: 'a TaskManager process died' };
  }
  return { kind: 'awaitRunning', jobId: job.id, because: 'the job is starting' };
}

function planDesiredRunning(view: View, job: Job, now: Instant): Step {
  const { spec } = view.deployment;
  if (view.look.kind === 'job' && view.look.missingTaskManagers > 0) {
    return { kind: 'ensureCluster', jobId: job.id, because: 'a TaskManager process died' };
  }
  if (runsSpec(job, spec, placeOf(view))) return planUserSavepoint(view, job) ?? running(view, job, 'the job runs what the spec wants');
  if (spec.upgradeStrategy.kind === 'NONE') {
    return planUserSavepoint(view, job) ?? running(view, job, `upgradeStrategy is NONE: the job is outdated since version ${job.specVersion + 1}`);
  }
  if (gaveUpStopping(view) !== undefined) return { kind: 'rest', phase: 'FAILED', because: view.deployment.status.because };
  if (view.place.kind !== 'ready') return { kind: 'rest', phase: 'TRANSITIONING', because: view.place.because, wakeInMs: view.policy.lookAgainMs };
  if (spec.upgradeStrategy.kind === 'STATELESS') {
    return { kind: 'cancelJob', jobId: job.id, reason: 'STATELESS', because: 'upgradeStrategy is STATELESS and the template changed' };
  }
  return planStop(view, job, now);
}

function planUserSavepoint(view: View, job: Job): Step | undefined {
  const wanted = view.savepoints.findLast((s) => s.jobId === job.id && s.state === 'STARTED' && s.origin === 'USER_REQUEST');
  if (wanted === undefined) return undefined;
  return { kind: 'takeSavepoint', jobId: job.id, savepointId: wanted.id, because: 'a user asked for a savepoint' };
}

/** RUNNING settles, but is looked at again until the Job proved stable, what it restored is checked and its first state seen. */
function running(view: View, job: Job, because: string): Step {
  const settled = job.stable && job.restoreChecked && (job.hadState || !hasCheckpoints(job));
  return { kind: 'rest', phase: 'RUNNING', because, ...(settled ? {} : { wakeInMs: view.policy.stableAfterMs }) };
}

function hasCheckpoints(job: Job): boolean {
  return job.flinkConfiguration['execution.checkpointing.interval'] !== undefined;
}

function gaveUpStopping(view: View): Step | undefined {
  const { failedSpecVersion, specVersion, status } = view.deployment;
  return failedSpecVersion === specVersion ? { kind: 'rest', phase: 'FAILED', because: status.because } : undefined;
}

export function waitForCluster(view: View, because: string): Step {
  return { kind: 'rest', phase: 'TRANSITIONING', because, wakeInMs: view.policy.lookAgainMs };
}

function placeOf(view: View): Job['place'] | undefined {
  return view.place.kind === 'missing' ? undefined : view.place.place;
}
