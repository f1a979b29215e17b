// The decision: plan(view, now) → the one thing to do next. Pure and total; no clock, no I/O.
//
// 0. A Flink job that should not be alive is ended before anything else (design.md §4 rule 1).
// 1. What is open comes first: a live Job that ended, a savepoint or a run call under way (plan-live-job.ts).
// 2. Then the desired state: CANCELLED, FAILED at this specVersion, SUSPENDED, RUNNING.
// 3. A new Job is planned only when no earlier one is live; the database refuses a second one besides.
// 4. Savepoints are deleted only where it would rest (plan-deletion.ts).
import { assertNever } from './assert-never.ts';
import { runsSpec } from './changes.ts';
import type { Instant } from './instant.ts';
import { liveJob } from './learn.ts';
import { withDeletion } from './plan-deletion.ts';
import { planLiveJob } from './plan-live-job.ts';
import { planStart } from './plan-start.ts';
import type { Step } from './step.ts';
import type { View } from './view.ts';

export function plan(view: View, now: Instant): Step {
  return withDeletion(view, planTransition(view, now));
}

function planTransition(view: View, now: Instant): Step {
  const [stray] = view.strays ?? [];
  if (stray !== undefined) return { kind: 'endStray', jobId: stray, because: 'a Flink job of a Job that had ended is alive' };
  const job = liveJob(view);
  if (job !== undefined) return planLiveJob(view, job, now);
  const { state } = view.deployment.spec;
  switch (state) {
    case 'CANCELLED':
      return { kind: 'rest', phase: 'CANCELLED', because: 'no job runs, as desired' };
    case 'SUSPENDED':
      return gaveUp(view) ?? planSuspendedWithoutJob(view);
    case 'RUNNING':
      return gaveUp(view) ?? finished(view) ?? planStart(view, now);
    default:
      return assertNever(state);
  }
}

/** FAILED stays until the user changes the spec (design.md §4 rule 8). */
function gaveUp(view: View): Step | undefined {
  const { failedSpecVersion, specVersion, status } = view.deployment;
  return failedSpecVersion === specVersion ? { kind: 'rest', phase: 'FAILED', because: status.because } : undefined;
}

/** D12 and scenario E2: a new Deployment is suspended at once; an old one needs state to be suspended with. */
function planSuspendedWithoutJob(view: View): Step {
  const { status } = view.deployment;
  const hasState = view.savepoints.some((s) => s.state === 'COMPLETED');
  if (hasState) return { kind: 'rest', phase: 'SUSPENDED', because: 'no job runs and a completed Savepoint is there' };
  if (status.state === 'SUSPENDED' || (view.jobs.length === 0 && status.state === 'TRANSITIONING')) {
    return { kind: 'rest', phase: 'SUSPENDED', because: 'no job has run yet' };
  }
  return { kind: 'giveUp', code: 'COULD_NOT_FIND_A_JOB_TO_SUSPEND', because: 'there is neither a job to suspend nor a completed Savepoint' };
}

/** A bounded job that came to its end is not run again until the template or the desired state changes. */
function finished(view: View): Step | undefined {
  const last = view.jobs[0];
  if (last?.state !== 'FINISHED' || view.deployment.status.leftJobId === last.id) return undefined;
  const place = view.place.kind === 'missing' ? undefined : view.place.place;
  if (view.deployment.spec.upgradeStrategy.kind !== 'NONE' && !runsSpec(last, view.deployment.spec, place)) return undefined;
  return { kind: 'rest', phase: 'FINISHED', because: 'the job came to its end' };
}
