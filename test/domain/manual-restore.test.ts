// State that should have survived and cannot be found stops everything: never empty, never back in time (scenarios A7, D1; D23; invariant 3).
import { describe, expect, it } from 'vitest';
import type { Job, JobEnd } from '../../domain/job.ts';
import { chooseRestore } from '../../domain/restore.ts';
import type { View } from '../../domain/view.ts';
import { aDeployment } from '../fixtures/a-deployment.ts';
import { aFailedJob, aFailure, aTerminatedJob } from '../fixtures/a-job.ts';
import { ago, hours, minutes } from '../fixtures/a-moment.ts';
import { jobId, savepointId } from '../fixtures/an-id.ts';
import { aCopiedSavepoint, aRetainedCheckpoint, aSavepoint } from '../fixtures/a-savepoint.ts';
import { aView, planned } from '../fixtures/a-view.ts';

const RETENTION = 'execution.checkpointing.externalized-checkpoint-retention';
const failure = aFailure();
const newestCheckpoint = { id: 9, at: ago(minutes(20)), location: 's3://b/chk-9' };
/** J1 ended so ten minutes ago, with checkpoint 9 known. */
const ended = (end: JobEnd, over: Partial<Job> = {}): Job => {
  const { cancelling: _, ...job } = aTerminatedJob({ state: 'FAILED', end, newestCheckpoint, ...over });
  return job;
};
const lost = ended({ how: 'GONE', failure });
const choose = (jobs: readonly Job[], savepoints: View['savepoints'] = []) => chooseRestore(aView({ jobs, savepoints }));

describe('when the newest known checkpoint cannot be found', () => {
  it('no Job is made and the Deployment is FAILED', () => {
    const step = planned({ jobs: [lost] });
    expect(step).toMatchObject({ kind: 'giveUp', code: 'MANUAL_RESTORE_REQUIRED' });
  });

  it('its last known location and both ways out are named (A7)', () => {
    const step = planned({ jobs: [lost] });
    expect(step.because).toMatch(/^MANUAL_RESTORE_REQUIRED: /);
    expect(step.because).toContain(lost.id);
    expect(step.because).toContain('checkpoint 9 at s3://b/chk-9');
    expect(step.because).toMatch(/Register a Savepoint with its location/);
    expect(step.because).toMatch(/restoreStrategy NONE/);
    // Registering alone does not leave FAILED: only an edit does (invariant 7).
    expect(step.because).toMatch(/CANCELLED, then RUNNING/);
  });

  it('without a location or without any checkpoint seen the sentence still stands', () => {
    const { newestCheckpoint: _, ...unseen } = lost;
    expect(planned({ jobs: [unseen] }).because).toMatch(/cannot be found\. Register/);
    expect(planned({ jobs: [{ ...lost, newestCheckpoint: { id: 9, at: ago(1) } }] }).because).toMatch(/checkpoint 9\. Register/);
  });

  // design.md §8: "never an older state than the newest known". Starting from an older one would be silent time travel.
  it.each([
    ['an older checkpoint of the same job', aRetainedCheckpoint({ checkpointId: 8 })],
    ['an older savepoint of a user', aSavepoint({ origin: 'USER_REQUEST', capturedAt: ago(minutes(25)) })],
    ['a savepoint of an earlier job', aSavepoint({ jobId: jobId(7), capturedAt: ago(hours(2)) })],
    ['one that was registered before', aCopiedSavepoint({ capturedAt: ago(hours(2)) })],
  ])('%s is not taken instead', (_, savepoint) => {
    expect(choose([lost], [savepoint])).toMatchObject({ kind: 'lost' });
  });

  it.each([
    ['registered since', aCopiedSavepoint({ capturedAt: ago(minutes(1)) })],
    ['the newest checkpoint is there after all', aRetainedCheckpoint({ checkpointId: 9 })],
    ['a newer one is there', aRetainedCheckpoint({ checkpointId: 10 })],
    ['it was stopped with a savepoint', aSavepoint()],
    ['somebody stopped it with a savepoint, which is registered', aCopiedSavepoint({ jobId: jobId(1) })],
  ])('but all is well when %s', (_, savepoint) => {
    expect(choose([lost], [savepoint])).toMatchObject({ kind: 'from', savepoint: { id: savepointId(1) } });
  });

  it('restoreStrategy NONE starts empty (the second way out)', () => {
    expect(planned({ deployment: aDeployment({ restore: 'NONE' }), jobs: [lost] })).toMatchObject({ create: { restoreFrom: null } });
  });

  it('it stays so through later attempts that completed nothing, and is over with the first that did', () => {
    expect(choose([aFailedJob({ id: jobId(2) }), lost])).toMatchObject({ kind: 'lost' });
    const next = ended({ how: 'FAILED', failure }, { id: jobId(2), newestCheckpoint: { id: 3, at: ago(1) } });
    expect(choose([next, lost], [aRetainedCheckpoint({ id: savepointId(2), jobId: jobId(2), checkpointId: 3 })])).toMatchObject({ kind: 'from' });
  });
});

describe('what should have survived', () => {
  const CONFIGURED = ['RETAIN_ON_CANCELLATION', 'DELETE_ON_CANCELLATION', 'NO_EXTERNALIZED_CHECKPOINTS', 'retain_on_cancellation', undefined] as const;
  const kept: Readonly<Record<string, readonly (string | undefined)[]>> = {
    CANCELED: ['RETAIN_ON_CANCELLATION', 'retain_on_cancellation'],
    FAILED: ['RETAIN_ON_CANCELLATION', 'DELETE_ON_CANCELLATION', 'retain_on_cancellation'],
    GONE: CONFIGURED,
    FINISHED: [],
  };
  const ends: readonly JobEnd[] = [{ how: 'CANCELED' }, { how: 'FAILED', failure }, { how: 'GONE', failure }, { how: 'FINISHED' }];

  it.each(ends.flatMap((end) => CONFIGURED.map((retention) => [end.how, retention, end] as const)))('%s with retention %s', (how, retention, end) => {
    const job = ended(end, { flinkConfiguration: retention === undefined ? {} : { [RETENTION]: retention } });
    expect(choose([job]).kind).toBe(kept[how]?.includes(retention) ? 'lost' : 'empty');
  });

  // C6: with checkpointing off a savepoint of a user is all the state there ever was, and it is there.
  it('is the savepoint of a user, when the job completed no checkpoint', () => {
    const { newestCheckpoint: _, ...job } = ended({ how: 'GONE', failure });
    expect(choose([job], [aSavepoint({ origin: 'USER_REQUEST' })])).toMatchObject({ kind: 'from' });
  });

  it('is nothing of a job that was never submitted', () => {
    expect(choose([ended({ how: 'NEVER_SUBMITTED' })]).kind).toBe('empty');
  });
});
