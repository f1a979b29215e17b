// Planning a start: no Job is live and the desired state is RUNNING.
import { jobAttempts, pauseLeft } from './attempts.ts';
import type { Instant } from './instant.ts';
import type { Job } from './job.ts';
import { chooseRestore, isVoid, type RestoreChoice } from './restore.ts';
import { describeStart, isOfOtherVersion, OTHER_VERSION } from './source.ts';
import type { NewJobIntent, Step } from './step.ts';
import type { View } from './view.ts';

export function planStart(view: View, now: Instant): Step {
  const { spec } = view.deployment;
  const attempts = jobAttempts(view, now);
  if (attempts.failed >= spec.maxJobCreationAttempts) {
    const reason = lastFailure(view)?.failure?.reason ?? 'no reason is known';
    return {
      kind: 'giveUp',
      code: 'TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS',
      because: `${attempts.failed} of ${spec.maxJobCreationAttempts} attempts to run a job failed; the last one: ${reason}`,
    };
  }
  const waiting = waitForPlace(view);
  if (waiting !== undefined) return waiting;
  const forMs = pauseLeft(attempts, view.policy, now);
  if (forMs > 0) return { kind: 'pause', forMs, because: `attempt ${attempts.failed + 1} of ${spec.maxJobCreationAttempts} comes after a pause` };
  const choice = chooseRestore(view);
  if (choice.kind === 'lost') return { kind: 'giveUp', code: 'MANUAL_RESTORE_REQUIRED', because: choice.because };
  const source = retrySource(view) ?? choice;
  const templateOf = templateToRun(view);
  return {
    kind: 'fetchArtifact',
    jobId: view.fresh.jobId,
    attempt: attempts.failed + 1,
    create: { restoreFrom: source.kind === 'from' ? source.savepoint.id : null, templateOf },
    because: describeStart(source, now) + warningOf(view, source, templateOf),
  };
}

function warningOf(view: View, source: RestoreChoice, templateOf: NewJobIntent['templateOf']): string {
  const template = view.jobs.find((job) => job.id === templateOf)?.template ?? view.deployment.spec.template;
  return source.kind === 'from' && isOfOtherVersion(view, source.savepoint, template) ? `. ${OTHER_VERSION}` : '';
}

/** D20: a target that is not there, a session cluster that does not run: wait, count nothing. */
function waitForPlace(view: View): Step | undefined {
  if (view.place.kind === 'ready') return undefined;
  return { kind: 'rest', phase: 'TRANSITIONING', because: view.place.because, wakeInMs: view.policy.lookAgainMs, blocked: 'TARGET_NOT_READY' };
}

function lastFailure(view: View): Job | undefined {
  return view.jobs.find((job) => job.state === 'FAILED');
}

/**
 * A retry starts from the same source as the attempt that failed, unless that attempt made progress of its own or a newer
 * Savepoint was registered meanwhile (design.md §4 rule 4). Undefined when this is no retry.
 */
function retrySource(view: View): Extract<RestoreChoice, { kind: 'from' }> | undefined {
  const last = view.jobs[0];
  if (last === undefined || last.state !== 'FAILED' || last.specVersion !== view.deployment.specVersion) return undefined;
  const savepoint = view.savepoints.find((s) => s.id === last.restore?.savepointId && s.state === 'COMPLETED');
  if (savepoint === undefined) return undefined;
  if (isVoid(last)) return { kind: 'from', savepoint };
  if (last.hadState) return undefined;
  const newer = view.savepoints.some((s) => s.state === 'COMPLETED' && (s.jobId === last.id || s.createdAt > last.createdAt));
  return newer ? undefined : { kind: 'from', savepoint };
}

/** D22: under upgradeStrategy NONE a job that ran and failed is replaced with the template it had, however many attempts that takes. */
function templateToRun(view: View): NewJobIntent['templateOf'] {
  const [last] = view.jobs;
  const { spec, status } = view.deployment;
  if (spec.upgradeStrategy.kind !== 'NONE' || last === undefined || last.state === 'FINISHED') return 'spec';
  const left = view.jobs.findIndex((job) => job.id === status.leftJobId);
  const sinceThen = left === -1 ? view.jobs : view.jobs.slice(0, left);
  return sinceThen.some((job) => job.startedAt !== undefined) ? last.id : 'spec';
}
