// Which terminal state a Job gets (vvp.md §2.3; scenarios C3, D13, D14, A13).
import { describe, expect, it } from 'vitest';
import { closingOf, wasSuspended } from '../../domain/closing.ts';
import type { CancelReason, Job, JobEnd } from '../../domain/job.ts';
import type { Savepoint } from '../../domain/savepoint.ts';
import { aFailure, aJob } from '../fixtures/a-job.ts';
import { jobId } from '../fixtures/an-id.ts';
import { aFailedSavepoint, aSavepoint } from '../fixtures/a-savepoint.ts';

const failure = aFailure();
const CANCELED: JobEnd = { how: 'CANCELED' };
const FINISHED: JobEnd = { how: 'FINISHED' };
const FAILED: JobEnd = { how: 'FAILED', failure };
const GONE: JobEnd = { how: 'GONE', failure };
const close = (job: Partial<Job>, savepoints: readonly Savepoint[] = []) => closingOf(aJob(job), savepoints);

describe('a Job that nobody meant to end', () => {
  it.each<[string, JobEnd, object]>([
    ['FAILED, with its cause, when it failed', FAILED, { state: 'FAILED', failure }],
    ['FAILED, with its cause, when its JobManager died', GONE, { state: 'FAILED', failure }],
    ['FINISHED when it came to its end', FINISHED, { state: 'FINISHED' }],
    ['TERMINATED when somebody cancelled it at Flink (D14)', CANCELED, { state: 'TERMINATED' }],
    ['FAILED when it could not be submitted', { how: 'NEVER_SUBMITTED', failure }, { state: 'FAILED', failure }],
    ['TERMINATED when it was dropped before its submit', { how: 'NEVER_SUBMITTED' }, { state: 'TERMINATED' }],
  ])('is %s', (_, end, closing) => {
    expect(close({ end })).toEqual(closing);
  });
});

describe('a Job that was cancelled', () => {
  const ends = [CANCELED, FINISHED, FAILED, GONE];
  it.each<CancelReason>(['CANCELLED', 'STATELESS', 'NEVER_RAN'])('for %s is TERMINATED, however it ended at Flink (C3)', (cancelling) => {
    for (const end of ends) expect(close({ end, cancelling })).toEqual({ state: 'TERMINATED' });
  });

  it('because of a wrong restore is FAILED with the failure that names both paths (D27)', () => {
    const failure = aFailure('Flink restored a where the Job names b');
    for (const end of ends) expect(close({ end, cancelling: 'WRONG_RESTORE', failure })).toEqual({ state: 'FAILED', failure });
  });

  it('because the start limit passed is FAILED with that reason (D21)', () => {
    const late = aFailure('the start took longer than the start limit');
    expect(close({ end: CANCELED, cancelling: 'NEVER_RAN', failure: late })).toEqual({ state: 'FAILED', failure: late });
  });
});

describe('a Job that was stopped with a savepoint', () => {
  it.each([FINISHED, FAILED, GONE])('is TERMINATED once that savepoint is complete, although Flink says $how (flink.md §2.5)', (end) => {
    expect(close({ end }, [aSavepoint()])).toEqual({ state: 'TERMINATED' });
  });

  it('is judged by how it ended when the savepoint failed', () => {
    expect(close({ end: FAILED }, [aFailedSavepoint()])).toEqual({ state: 'FAILED', failure });
    expect(close({ end: FINISHED }, [aFailedSavepoint()])).toEqual({ state: 'FINISHED' });
  });

  it.each([
    ['a suspension of another Job', aSavepoint({ jobId: jobId(7) })],
    ['a savepoint that a user asked for', aSavepoint({ origin: 'USER_REQUEST' })],
    ['a retained checkpoint', aSavepoint({ origin: 'RETAINED_CHECKPOINT' })],
    ['a failed suspension', aFailedSavepoint()],
  ])('is not told by %s', (_, savepoint) => {
    expect(wasSuspended(aJob(), [savepoint])).toBe(false);
  });
});
