// How a Job that ended is closed: which terminal state it gets, and the failure it shows. A terminal Job never changes again.
import { assertNever } from './assert-never.ts';
import type { Failure, Job } from './job.ts';
import type { Savepoint } from './savepoint.ts';

export interface Closing {
  readonly state: 'FAILED' | 'TERMINATED' | 'FINISHED';
  readonly failure?: Failure;
}

/** The terminal state of an ended Job: TERMINATED when it was meant to end or was stopped from outside, FINISHED when a bounded job came to its end. */
export function closingOf(job: Job, savepoints: readonly Savepoint[]): Closing {
  if (job.failure !== undefined) return { state: 'FAILED', failure: job.failure };
  const { end } = job;
  if (end === undefined) return { state: 'TERMINATED' };
  switch (end.how) {
    case 'NEVER_SUBMITTED':
      return end.failure === undefined ? { state: 'TERMINATED' } : { state: 'FAILED', failure: end.failure };
    case 'CANCELED':
      return { state: 'TERMINATED' };
    case 'FINISHED':
      return { state: wasSuspended(job, savepoints) || job.cancelling !== undefined || end.stoppedWith !== undefined ? 'TERMINATED' : 'FINISHED' };
    case 'FAILED':
    case 'GONE':
      return job.cancelling === undefined && !wasSuspended(job, savepoints) ? { state: 'FAILED', failure: end.failure } : { state: 'TERMINATED' };
    default:
      return assertNever(end);
  }
}

/** True when a suspension of this Job completed: a stop ends a Flink job as FINISHED (`reference/flink.md` §6). */
export function wasSuspended(job: Pick<Job, 'id'>, savepoints: readonly Savepoint[]): boolean {
  return savepoints.some((s) => s.jobId === job.id && s.origin === 'SUSPEND' && s.state === 'COMPLETED');
}
