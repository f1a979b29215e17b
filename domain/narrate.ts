// What a decision adds to the event log. Events tell of changes only, so a decision that is repeated adds nothing.
import { runsSpec } from './changes.ts';
import { wasSuspended } from './closing.ts';
import type { DeploymentStatus, Phase } from './deployment.ts';
import type { EventDraft } from './event.ts';
import type { JobId } from './ids.ts';
import { liveJob } from './learn.ts';
import type { Job } from './job.ts';
import type { Step } from './step.ts';
import type { View } from './view.ts';

/** `before`: the live Job as it was before this look. */
export function narrate(view: View, step: Step, change: { readonly before: Job | undefined; readonly status: DeploymentStatus }): readonly EventDraft[] {
  if (step.kind === 'deleteSavepoint') return narrate(view, step.rest, change);
  const deploymentId = view.deployment.id;
  const about = (draft: EventDraft): EventDraft => ({ deploymentId, ...draft });
  return [...learned(view, change.before), ...opening(view, step, change.status), ...ofStep(view, step), ...closing(view, change.status)].map(about);
}

const RESTING: readonly Phase[] = ['RUNNING', 'SUSPENDED', 'CANCELLED', 'FAILED', 'FINISHED'];

/** A resting Deployment begins to move, also where it comes to its next rest at once: what is closed was opened. */
function opening(view: View, step: Step, status: DeploymentStatus): readonly EventDraft[] {
  const { status: before, spec, specVersion } = view.deployment;
  const isOpen = before.state === 'TRANSITIONING' && before.transitioningSince !== undefined;
  const moves = status.state === 'TRANSITIONING' || status.state !== before.state || step.kind === 'giveUp';
  if (isOpen || !moves) return [];
  const from = before.state === 'TRANSITIONING' ? '' : `${before.state} → `;
  const what = before.state === spec.state ? `${spec.state} again` : `${from}${spec.state}`;
  const needed: EventDraft = { name: 'STATE_TRANSITION_IS_NEEDED', message: `${what}, version ${specVersion}: ${status.because}` };
  const upgrades = replaces(view, step) && before.state === 'RUNNING' && spec.state === 'RUNNING';
  if (!upgrades) return [needed];
  return [needed, { name: 'USING_AN_UPGRADE_STRATEGY', message: `upgradeStrategy ${spec.upgradeStrategy.kind} replaces the running job` }];
}

/** The running job is being replaced, or will be when what it waits for is there (scenario A15). */
function replaces(view: View, step: Step): boolean {
  if (step.kind === 'rest') return step.blocked !== undefined && runsOutdated(view);
  return step.kind === 'stopWithSavepoint' || step.kind === 'takeSavepoint' || (step.kind === 'cancelJob' && step.reason === 'STATELESS');
}

function runsOutdated(view: View): boolean {
  const job = liveJob(view);
  const place = view.place.kind === 'missing' ? undefined : view.place.place;
  return job?.state === 'STARTED' && !runsSpec(job, view.deployment.spec, place);
}

/** A moving Deployment comes to rest where it was meant to. */
function closing(view: View, status: DeploymentStatus): readonly EventDraft[] {
  const { state: before } = view.deployment.status;
  if (before === status.state || !RESTING.includes(status.state) || status.state === 'FAILED') return [];
  if (status.state === 'FINISHED') return [{ name: 'TRANSITIONED_TO_FINISHED_STATE', message: status.because }];
  return [{ name: 'STATE_TRANSITION_IS_COMPLETED', message: `now ${status.state}: ${status.because}` }];
}

function learned(view: View, before: Job | undefined): readonly EventDraft[] {
  const job = view.jobs.find((j) => j.id === before?.id);
  if (job === undefined || before === undefined) return [];
  const events: EventDraft[] = [];
  if (before.state === 'STARTING' && job.state === 'STARTED') {
    events.push({ name: 'JOB_SUCCESSFULLY_STARTED', jobId: job.id, message: 'all tasks of the job run' });
  }
  if (before.end !== undefined || job.end === undefined) return events;
  const { end } = job;
  if (end.how === 'FAILED' || end.how === 'GONE') {
    if (job.cancelling === undefined) {
      events.push({ name: 'TERMINATING_A_JOB_DUE_TO_AN_UNRECOVERABLE_FAILURE', jobId: job.id, message: end.failure.reason });
    }
  } else if (end.how === 'FINISHED' && end.stoppedWith !== undefined && !isBeingStopped(view, job)) {
    events.push({ name: 'FOUND_A_STOPPED_JOB_AND_WILL_TERMINATE_IT', jobId: job.id, message: 'somebody else stopped the job with a savepoint' });
  } else if (end.how === 'FINISHED' && !isBeingStopped(view, job)) {
    events.push({ name: 'JOB_SUCCESSFULLY_FINISHED', jobId: job.id, message: 'the job came to its end' });
  } else if (end.how === 'CANCELED' && job.cancelling === undefined) {
    events.push({ name: 'FOUND_A_STOPPED_JOB_AND_WILL_TERMINATE_IT', jobId: job.id, message: 'the job was cancelled from outside' });
  }
  return events;
}

function isBeingStopped(view: View, job: Job): boolean {
  return wasSuspended(job, view.savepoints) || view.savepoints.some((s) => s.jobId === job.id && s.origin === 'SUSPEND' && s.state === 'STARTED');
}

function ofStep(view: View, step: Step): readonly EventDraft[] {
  switch (step.kind) {
    case 'fetchArtifact':
      return step.create === undefined ? [] : [{ name: 'CREATING_A_NEW_JOB', jobId: step.jobId, message: `attempt ${step.attempt}: ${step.because}` }];
    case 'stopWithSavepoint':
      return view.savepoints.some((s) => s.id === step.savepointId) ? [] : ofSuspension(step);
    case 'endStray':
      if (view.deployment.status.because === step.because) return [];
      return [{ name: 'FOUND_AN_OLD_JOB_AND_WILL_TERMINATE_IT', jobId: step.jobId, message: step.because }];
    case 'cancelJob':
      return liveJob(view)?.cancelling === undefined ? ofTermination(liveJob(view), step) : [];
    case 'giveUp':
      return ofGivingUp(step);
    case 'rest':
      return ofWaiting(view, step);
    default:
      return [];
  }
}

/** `job`: the live one, unless it has ended meanwhile. */
function ofTermination(job: Job | undefined, { jobId, because }: { readonly jobId: JobId; readonly because: string }): readonly EventDraft[] {
  return [{ name: 'FOUND_A_JOB_TO_TERMINATE', jobId, message: because }, ...(job === undefined ? [] : awaitedEnd(job))];
}

/** What follows when a job was told to end. */
export function awaitedEnd({ id: jobId, place }: Job): readonly EventDraft[] {
  const gone: EventDraft = { name: 'AWAITING_A_JOB_TO_TERMINATE', jobId, message: 'the next step comes when the job is gone' };
  return place.kind === 'local' ? [{ name: 'AWAIT_FOR_A_CLUSTER_TO_TEARDOWN', jobId, message: 'JobManager and TaskManagers are to end' }, gone] : [gone];
}

function ofSuspension(step: Extract<Step, { kind: 'stopWithSavepoint' }>): readonly EventDraft[] {
  const { jobId, savepointId } = step;
  return [
    { name: 'CREATING_A_SAVEPOINT_BEFORE_SUSPENSION', jobId, savepointId, message: step.because },
    { name: 'NEED_TO_TRIGGER_A_SAVEPOINT', jobId, savepointId, message: `savepoint attempt ${step.attempt} of ${step.of}` },
  ];
}

function ofGivingUp(step: Extract<Step, { kind: 'giveUp' }>): readonly EventDraft[] {
  switch (step.code) {
    case 'MANUAL_RESTORE_REQUIRED':
      return [{ name: 'GENERAL_FAILURE', message: step.because }];
    // The event closes nothing by itself: it is told of suspensions that succeed as well.
    case 'COULD_NOT_FIND_A_JOB_TO_SUSPEND':
      return [
        { name: step.code, message: step.because },
        { name: 'GENERAL_FAILURE', message: `${step.code}: ${step.because}` },
      ];
    default:
      return [{ name: step.code, message: step.because }];
  }
}

/** D20: waiting for a target is told once. D12: a suspension without a job is told. */
function ofWaiting(view: View, step: Extract<Step, { kind: 'rest' }>): readonly EventDraft[] {
  const { state, because } = view.deployment.status;
  if (step.phase === 'SUSPENDED' && ['CANCELLED', 'FAILED', 'FINISHED'].includes(state)) {
    return [{ name: 'COULD_NOT_FIND_A_JOB_TO_SUSPEND', message: step.because }];
  }
  if (step.phase !== 'TRANSITIONING' || view.place.kind !== 'missing' || because === step.because) return [];
  return [{ name: 'REFERENCED_DEPLOYMENT_TARGET_DOES_NOT_EXIST', message: step.because }];
}
