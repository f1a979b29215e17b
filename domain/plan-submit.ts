// Planning the submit of a live Job: a run call that was not claimed yet, or whose answer is not known.
// A submit that may still arrive is resolved under its own id, however long that takes (design.md §4 rule 1).
import { runsSpec } from './changes.ts';
import type { Instant } from './instant.ts';
import type { Job } from './job.ts';
import type { Step } from './step.ts';
import type { View } from './view.ts';

export function planSubmit(view: View, job: Job, now: Instant): Step {
  return job.submit === 'NOT_YET' ? planUnclaimed(view, job, now) : planUnanswered(view, job);
}

/** Nothing was sent to Flink: the Job can be dropped or go on. */
function planUnclaimed(view: View, job: Job, now: Instant): Step {
  if (!isWanted(view, job)) return { kind: 'tearDown', jobId: job.id, because: 'the spec changed before the job was submitted' };
  if (job.artifact === undefined || (job.place.kind === 'session' && job.jarId === undefined)) {
    return { kind: 'fetchArtifact', jobId: job.id, attempt: 1, because: 'the jar is not there yet' };
  }
  if (now - job.artifact.fetchedAt > view.policy.startLimitMs) {
    return { kind: 'tearDown', jobId: job.id, late: true, because: 'the start took longer than the start limit' };
  }
  return { kind: 'submitJob', jobId: job.id, because: 'the job is ready to be submitted' };
}

/** A run call was claimed. Its own cluster is torn down safely at any time; a shared one keeps the id open until it is proven. */
function planUnanswered(view: View, job: Job): Step {
  if (view.look.kind === 'unreachable') {
    const because = `AWAITING_SUBMIT_OUTCOME: ${view.look.because}`;
    return { kind: 'rest', phase: 'TRANSITIONING', because, wakeInMs: view.policy.lookAgainMs, blocked: 'AWAITING_SUBMIT_OUTCOME' };
  }
  if (isWanted(view, job)) return { kind: 'submitJob', jobId: job.id, because: 'the answer to the run call is not known: it is repeated under the same id' };
  if (job.place.kind === 'session' && job.openCalls === 0)
    return { kind: 'tearDown', jobId: job.id, because: 'the spec changed and no run call can have reached Flink' };
  if (job.place.kind === 'session') return { kind: 'burnJobId', jobId: job.id, because: 'the spec changed while the run call was under way' };
  return { kind: 'cancelJob', jobId: job.id, reason: 'NEVER_RAN', because: 'the spec changed while the cluster was starting' };
}

function isWanted(view: View, job: Job): boolean {
  const { spec } = view.deployment;
  if (spec.state !== 'RUNNING') return false;
  const place = view.place.kind === 'missing' ? undefined : view.place.place;
  return spec.upgradeStrategy.kind === 'NONE' || runsSpec(job, spec, place);
}
