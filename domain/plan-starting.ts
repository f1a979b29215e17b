// Planning with a Job that Flink has accepted and of which not all tasks were seen to run: it is waited for, ended because it is no longer
// wanted and nothing is lost by that, or given up as one that never ran.
import type { Instant } from './instant.ts';
import type { Job } from './job.ts';
import type { Step } from './step.ts';
import type { Look, View } from './view.ts';

/** `isWanted`: it is what today's spec asks for. */
export function planStarting(view: View, job: Job, { now, isWanted }: { readonly now: Instant; readonly isWanted: boolean }): Step {
  if (!isWanted && !mayHaveRun(view, job, now)) {
    const because = lacksSlots(view.look) ? 'the spec changed while there was no task slot for some of its tasks' : 'the spec changed before any task ran';
    return { kind: 'cancelJob', jobId: job.id, reason: 'NEVER_RAN', because };
  }
  if (startingFor(job, now) > view.policy.startLimitMs && !hasState(view, job)) {
    return { kind: 'cancelJob', jobId: job.id, reason: 'NEVER_RAN', late: true, because: 'the start took longer than the start limit' };
  }
  return missingTaskManagers(view, job) ?? { kind: 'awaitRunning', jobId: job.id, because: 'the job is starting' };
}

/**
 * A job of which a task runs, or that completed a checkpoint, has state: it is waited for and stopped with a savepoint, never dropped as
 * one that never ran. Restarts prove nothing: a job that finds no slots restarts as well, and what ran without a checkpoint is lost by them.
 * Without a slot for some of its tasks no savepoint of it can be taken, so it has no other state than what it was started from. Of a job that
 * is not seen nobody can tell but by its age; one that a highly available JobManager may bring back has run.
 */
function mayHaveRun(view: View, job: Job, now: Instant): boolean {
  const { look, policy } = view;
  if (hasState(view, job)) return true;
  if (look.kind === 'job') return look.tasks.running + look.tasks.finished > 0 && !lacksSlots(look);
  return (look.kind === 'unknownJob' && look.recovers === true) || startingFor(job, now) > policy.absenceMs;
}

function hasState({ look }: View, job: Job): boolean {
  return job.hadState || (look.kind === 'job' && (look.checkpoints?.completed ?? 0) > 0);
}

/** Since its jar was there. */
function startingFor(job: Job, now: Instant): number {
  return now - (job.artifact?.fetchedAt ?? job.createdAt);
}

/** Tasks that run are not proof that the others will: without exchange between them Flink deploys those that find a slot. */
function lacksSlots(look: Look): boolean {
  return look.kind === 'job' && look.freeSlots === 0 && (look.tasks.waiting ?? 0) > 0;
}

export function missingTaskManagers(view: View, job: Job): Step | undefined {
  if (view.look.kind !== 'job' || view.look.missingTaskManagers === 0) return undefined;
  return { kind: 'ensureCluster', jobId: job.id, because: 'a TaskManager process died' };
}
