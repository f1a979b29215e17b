// The status of a Deployment, computed in one place, on every path, and compared with the one before.
import { assertNever } from './assert-never.ts';
import { runsSpec } from './changes.ts';
import type { Condition, DeploymentStatus, Phase } from './deployment.ts';
import type { Instant } from './instant.ts';
import { liveJob } from './learn.ts';
import type { Step } from './step.ts';
import type { View } from './view.ts';

/** The status after this decision. Equal to the one before when nothing a user can see changed. */
export function statusAfter(view: View, step: Step, now: Instant): DeploymentStatus {
  if (step.kind === 'deleteSavepoint') return statusAfter(view, step.rest, now);
  const before = view.deployment.status;
  const state = phaseOf(view, step);
  const job = liveJob(view);
  const runningBefore = before.running?.jobId === job?.id ? before.running : undefined;
  const leftJobId = job === undefined && leavesJobs(step) ? view.jobs[0]?.id : before.leftJobId;
  return {
    state,
    ...(state === 'RUNNING' && job !== undefined ? { running: runningBefore ?? { jobId: job.id, transitionTime: now } } : {}),
    conditions: conditionsAfter(view, state, now),
    because: step.because,
    ...(state === 'TRANSITIONING' ? { transitioningSince: before.transitioningSince ?? now } : {}),
    ...(leftJobId === undefined ? {} : { leftJobId }),
  };
}

function leavesJobs(step: Step): boolean {
  return step.kind === 'giveUp' || (step.kind === 'rest' && (step.phase === 'CANCELLED' || step.phase === 'SUSPENDED'));
}

function phaseOf(view: View, step: Step): Phase {
  const { status, failedSpecVersion, specVersion, spec } = view.deployment;
  const before = status.state;
  if (failedSpecVersion === specVersion && spec.state !== 'CANCELLED') return 'FAILED';
  switch (step.kind) {
    case 'rest':
      return step.phase;
    case 'deleteSavepoint':
      return step.rest.phase;
    case 'giveUp':
      return 'FAILED';
    case 'takeSavepoint':
    case 'ensureCluster':
      return before;
    case 'awaitSavepoint':
      return isUserRequest(view, step.savepointId) ? before : 'TRANSITIONING';
    case 'pause':
    case 'fetchArtifact':
    case 'submitJob':
    case 'burnJobId':
    case 'awaitRunning':
    case 'stopWithSavepoint':
    case 'cancelJob':
    case 'awaitEnd':
    case 'collectCheckpoints':
    case 'tearDown':
      return 'TRANSITIONING';
    default:
      return assertNever(step);
  }
}

function isUserRequest(view: View, savepointId: string): boolean {
  return view.savepoints.some((s) => s.id === savepointId && s.origin === 'USER_REQUEST');
}

function conditionsAfter(view: View, state: Phase, now: Instant): readonly Condition[] {
  const found = [reachability(view), upToDate(view, state)];
  const wanted = found.filter((c) => c !== undefined);
  return wanted.map((condition) => timed(condition, view.deployment.status.conditions, now));
}

type Untimed = Omit<Condition, 'lastTransitionTime' | 'lastUpdateTime'>;

function reachability(view: View): Untimed | undefined {
  const { look } = view;
  if (look.kind === 'unreachable') return { type: 'ClusterUnreachable', status: 'True', reason: 'NO_ANSWER', message: look.because };
  if (look.kind === 'job') return { type: 'ClusterUnreachable', status: 'False', reason: 'ANSWERED', message: '' };
  return undefined;
}

function upToDate(view: View, state: Phase): Untimed | undefined {
  const job = liveJob(view);
  if (job === undefined || state !== 'RUNNING') return undefined;
  const place = view.place.kind === 'missing' ? undefined : view.place.place;
  if (runsSpec(job, view.deployment.spec, place)) return { type: 'UpToDate', status: 'True', reason: 'RUNS_SPEC', message: '' };
  return { type: 'UpToDate', status: 'False', reason: 'UPGRADE_STRATEGY_NONE', message: `outdated since version ${job.specVersion + 1}` };
}

function timed(condition: Untimed, before: readonly Condition[], now: Instant): Condition {
  const old = before.find((c) => c.type === condition.type);
  if (old === undefined) return { ...condition, lastTransitionTime: now, lastUpdateTime: now };
  const same = old.status === condition.status && old.reason === condition.reason && old.message === condition.message;
  if (same) return old;
  return { ...condition, lastTransitionTime: old.status === condition.status ? old.lastTransitionTime : now, lastUpdateTime: now };
}
