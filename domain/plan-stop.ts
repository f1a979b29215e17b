// Planning a stop with state: a suspension or a STATEFUL upgrade. The job ends only through a completed savepoint of its own
// (design.md §4 rule 2); a failed savepoint leaves it running, costs an attempt and is tried again after a pause.
import { pauseLeft, savepointAttempts } from './attempts.ts';
import type { Instant } from './instant.ts';
import type { Job } from './job.ts';
import { allTasksRun } from './learn.ts';
import type { Step } from './step.ts';
import type { View } from './view.ts';

export function planStop(view: View, job: Job, now: Instant): Step {
  const { spec } = view.deployment;
  const of = spec.maxSavepointCreationAttempts;
  const claimed = view.savepoints.find((s) => s.jobId === job.id && s.state === 'STARTED' && s.origin === 'SUSPEND');
  const attempts = savepointAttempts(view);
  const attempt = attempts.failed + 1;
  const because = spec.state === 'SUSPENDED' ? 'the desired state is SUSPENDED' : 'upgradeStrategy is STATEFUL and the template changed';
  if (claimed === undefined && attempts.failed >= of) {
    const reason = view.savepoints.find((s) => s.origin === 'SUSPEND' && s.state === 'FAILED')?.failure?.reason ?? 'no reason is known';
    return {
      kind: 'giveUp',
      code: 'TOO_MANY_FAILED_SUSPENSION_ATTEMPTS',
      because: `${attempts.failed} of ${of} savepoints failed, the job keeps running; the last one: ${reason}`,
    };
  }
  if (view.look.kind !== 'job' || !allTasksRun(view.look)) {
    const because = 'AWAITING_HEALTHY_JOB: a savepoint needs all tasks to run';
    return { kind: 'rest', phase: 'TRANSITIONING', because, wakeInMs: view.policy.lookAgainMs, blocked: 'AWAITING_HEALTHY_JOB' };
  }
  if (claimed !== undefined) return { kind: 'stopWithSavepoint', jobId: job.id, savepointId: claimed.id, attempt, of, because };
  const forMs = pauseLeft(attempts, view.policy, now);
  if (forMs > 0) return { kind: 'pause', forMs, because: `savepoint attempt ${attempt} of ${of} comes after a pause` };
  return { kind: 'stopWithSavepoint', jobId: job.id, savepointId: view.fresh.savepointId, attempt, of, because };
}
