// The status of a Deployment, computed in one place, on every path, and compared with the one before.
import { assertNever } from './assert-never.ts';
import { conditionsAfter } from './conditions.ts';
import type { DeploymentStatus, Phase } from './deployment.ts';
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
    conditions: conditionsAfter(view, { step, phase: state, now }),
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
    case 'endStray':
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
