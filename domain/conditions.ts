// The conditions of a Deployment after a decision: what a user should know beyond its state, each with a reason a program can read.
// UpToDate and StateSafe are there in every state, the others while a Job is live (vvp.md §1.2; scenarios.md "Ours").
import { assertNever } from './assert-never.ts';
import { runsSpec } from './changes.ts';
import type { Condition, Phase } from './deployment.ts';
import { checkpointsStall, FAILING, restartsTooOften, UNSTABLE } from './health.ts';
import type { Instant } from './instant.ts';
import type { Job } from './job.ts';
import { liveJob } from './learn.ts';
import { stateSafety } from './state-safety.ts';
import type { Step } from './step.ts';
import type { View } from './view.ts';

export type Untimed = Omit<Condition, 'lastTransitionTime' | 'lastUpdateTime'>;

interface Decided {
  readonly step: Step;
  readonly phase: Phase;
  readonly now: Instant;
}

export function conditionsAfter(view: View, decided: Decided): readonly Condition[] {
  const before = view.deployment.status.conditions;
  const job = liveJob(view);
  const ofJob = job === undefined ? [] : [reachability(view, before), ...health(view, job, decided.now)];
  const found = [upToDate(view, decided, before), stateSafety(view), ...ofJob];
  return found.filter((condition) => condition !== undefined).map((condition) => timed(condition, before, decided.now));
}

/** Kept as it was while there is nothing to tell it by. */
function reachability({ look }: View, before: readonly Condition[]): Untimed | undefined {
  switch (look.kind) {
    case 'unreachable':
      return { type: 'ClusterUnreachable', status: 'True', reason: 'NO_ANSWER', message: look.because };
    case 'job':
    case 'unknownJob':
      return { type: 'ClusterUnreachable', status: 'False', reason: 'ANSWERED', message: '' };
    case 'nothing':
    case 'starting':
    case 'gone':
      return before.find(({ type }) => type === 'ClusterUnreachable');
    default:
      return assertNever(look);
  }
}

function health(view: View, job: Job, now: Instant): readonly (Untimed | undefined)[] {
  if (job.startedAt === undefined) return [];
  const often = (window: typeof FAILING | typeof UNSTABLE): Pick<Untimed, 'status' | 'reason' | 'message'> =>
    restartsTooOften(job, window, now)
      ? { status: 'True', reason: 'RESTARTS', message: `at least ${window.restarts} restarts within ${window.withinMs / 60_000} minutes` }
      : { status: 'False', reason: 'CALM', message: '' };
  return [{ type: 'JobFailing', ...often(FAILING) }, { type: 'JobUnstable', ...often(UNSTABLE) }, stalled(view, job, now)];
}

function stalled({ look, deployment }: View, job: Job, now: Instant): Untimed | undefined {
  const type = 'CheckpointsStalled';
  const stalls = checkpointsStall(job, look, now);
  if (stalls === undefined) return deployment.status.conditions.find((condition) => condition.type === type);
  if (!stalls) return { type, status: 'False', reason: 'COMPLETING', message: '' };
  return {
    type,
    status: 'True',
    reason: 'NO_CHECKPOINT',
    message: 'no checkpoint completed for longer than its interval, timeout and tolerable failures allow',
  };
}

/** Whether what runs, or does not, is what the spec wants; and if not, what it waits for. */
function upToDate(view: View, { step, phase }: Decided, before: readonly Condition[]): Untimed {
  const type = 'UpToDate';
  const outdated = (reason: string, message: string): Untimed => ({ type, status: 'False', reason, message });
  if (phase === 'FAILED') return step.kind === 'giveUp' ? outdated(step.code, step.because) : stillFailed(view, before);
  const waits = waitsFor(view, step);
  if (waits !== undefined) return outdated(waits, step.because);
  const job = phase === 'FINISHED' ? view.jobs[0] : liveJob(view);
  if (job !== undefined && (phase === 'RUNNING' || phase === 'FINISHED') && !isCurrent(view, job))
    return outdated('UPGRADE_STRATEGY_NONE', `outdated since version ${job.specVersion + 1}`);
  return { type, status: 'True', reason: phase === 'RUNNING' ? 'RUNS_SPEC' : 'AT_REST', message: '' };
}

function stillFailed({ deployment }: View, before: readonly Condition[]): Untimed {
  const known = before.find(({ type, status }) => type === 'UpToDate' && status === 'False');
  return { type: 'UpToDate', status: 'False', reason: known?.reason ?? 'FAILED', message: known?.message ?? deployment.status.because };
}

function isCurrent({ deployment, place }: View, job: Job): boolean {
  return runsSpec(job, deployment.spec, place.kind === 'missing' ? undefined : place.place);
}

/** What is done now is done to a job that nobody wants to be another one. */
function staysAsItIs(view: View, job: Job): boolean {
  const { state, upgradeStrategy } = view.deployment.spec;
  return state === 'RUNNING' && (upgradeStrategy.kind === 'NONE' || isCurrent(view, job));
}

function waitsFor(view: View, step: Step): string | undefined {
  const job = liveJob(view);
  switch (step.kind) {
    case 'rest':
      if (step.phase === 'TRANSITIONING') return step.blocked ?? 'TRANSITIONING';
      return step.blocked === 'CLUSTER_UNREACHABLE' ? undefined : step.blocked;
    case 'pause':
      return 'AWAITING_NEXT_ATTEMPT';
    case 'takeSavepoint':
    case 'awaitSavepoint':
      if (job !== undefined && staysAsItIs(view, job)) return undefined;
      return view.savepoints.some((s) => s.id === step.savepointId && s.origin === 'USER_REQUEST') ? 'AWAITING_SAVEPOINT' : 'TRANSITIONING';
    case 'ensureCluster':
      return job !== undefined && staysAsItIs(view, job) ? undefined : 'TRANSITIONING';
    default:
      return 'TRANSITIONING';
  }
}

function timed(condition: Untimed, before: readonly Condition[], now: Instant): Condition {
  const { type, status, reason, message } = condition;
  const old = before.find((c) => c.type === type);
  if (old === undefined) return { type, status, reason, message, lastTransitionTime: now, lastUpdateTime: now };
  if (old.status === status && old.reason === reason && old.message === message) return old;
  return { type, status, reason, message, lastTransitionTime: old.status === status ? old.lastTransitionTime : now, lastUpdateTime: now };
}
