// A live Job: running, cancelled, restored wrongly, ended (design.md §4 rules 2 to 5).
import { describe, expect, it } from 'vitest';
import type { JobEnd } from '../../domain/job.ts';
import { aDeployment, aTemplate } from '../fixtures/a-deployment.ts';
import { aFailure, aJob, aStartingJob, SESSION } from '../fixtures/a-job.ts';
import { ago, minutes, seconds } from '../fixtures/a-moment.ts';
import { jobId, savepointId } from '../fixtures/an-id.ts';
import { aFailedSavepoint, anOpenSavepoint, aSavepoint } from '../fixtures/a-savepoint.ts';
import { aLook, GONE, NOTHING, planned, RESTARTING, UNKNOWN_JOB, UNREACHABLE } from '../fixtures/a-view.ts';

const cancelled = aDeployment({ state: 'CANCELLED', phase: 'RUNNING', specVersion: 2 });

describe('a job that runs what the spec wants', () => {
  it('rests RUNNING and is settled', () => {
    const step = planned({ jobs: [aJob()], look: aLook() });
    expect(step).toMatchObject({ kind: 'rest', phase: 'RUNNING' });
    expect(step).not.toHaveProperty('wakeInMs');
  });

  it.each([
    ['stable', aJob({ stable: false })],
    ['checked for what it restored', aJob({ restoreChecked: false })],
    ['seen to complete a checkpoint', aJob({ hadState: false })],
  ])('rests RUNNING but is looked at again until it is %s', (_, job) => {
    expect(planned({ jobs: [job], look: aLook() })).toMatchObject({ kind: 'rest', phase: 'RUNNING', wakeInMs: expect.any(Number) });
  });

  it('is looked at again when its restarts are counted, once its states changed', () => {
    const job = aJob({ observed: { status: 'RUNNING', restarts: 0, at: ago(seconds(2)) } });
    expect(planned({ jobs: [job], look: aLook() })).toMatchObject({ kind: 'rest', phase: 'RUNNING', wakeInMs: 10_000 });
  });

  it('is settled without a checkpoint when Flink says that checkpointing is off (C6)', () => {
    const look = aLook({ checkpoints: { off: true, completed: 0 } });
    expect(planned({ jobs: [aJob({ hadState: false })], look })).not.toHaveProperty('wakeInMs');
  });

  it('rests RUNNING while Flink restarts it', () => {
    expect(planned({ jobs: [aJob()], look: RESTARTING })).toMatchObject({ kind: 'rest', phase: 'RUNNING' });
  });

  it('gets a dead TaskManager back', () => {
    expect(planned({ jobs: [aJob()], look: { ...RESTARTING, missingTaskManagers: 1 } })).toMatchObject({ kind: 'ensureCluster', jobId: jobId(1) });
  });
});

describe('a savepoint that a user asks for', () => {
  const asked = anOpenSavepoint({ origin: 'USER_REQUEST', triggered: false });

  it('is taken of a running job', () => {
    expect(planned({ jobs: [aJob()], savepoints: [asked], look: aLook() })).toMatchObject({
      kind: 'takeSavepoint',
      jobId: jobId(1),
      savepointId: savepointId(1),
    });
  });

  it('is taken of an outdated job under upgradeStrategy NONE', () => {
    const deployment = aDeployment({ upgrade: 'NONE', spec: { template: aTemplate('--version 2') } });
    expect(planned({ deployment, jobs: [aJob()], savepoints: [asked], look: aLook() })).toMatchObject({ kind: 'takeSavepoint' });
  });

  it('the oldest first, and one at a time', () => {
    const savepoints = [{ ...asked, id: savepointId(2) }, asked];
    expect(planned({ jobs: [aJob()], savepoints, look: aLook() })).toMatchObject({ kind: 'takeSavepoint', savepointId: savepointId(1) });
    expect(planned({ jobs: [aJob()], savepoints: [savepoints[0] ?? asked, { ...asked, triggered: true }], look: aLook() })).toMatchObject({
      kind: 'awaitSavepoint',
      savepointId: savepointId(1),
    });
  });

  it('is awaited before an upgrade (A14)', () => {
    const deployment = aDeployment({ specVersion: 2, spec: { template: aTemplate('--version 2') } });
    expect(planned({ deployment, jobs: [aJob()], savepoints: [{ ...asked, triggered: true }], look: aLook() })).toMatchObject({ kind: 'awaitSavepoint' });
  });

  // A14: "it ends first". The code stops the job, and the request fails as one without a job.
  it('is taken before an upgrade also when it was not sent yet (A14)', () => {
    const deployment = aDeployment({ specVersion: 2, spec: { template: aTemplate('--version 2') } });
    expect(planned({ deployment, jobs: [aJob()], savepoints: [asked], look: aLook() })).toMatchObject({ kind: 'takeSavepoint' });
  });

  it('does not delay a cancel (E4)', () => {
    for (const triggered of [true, false]) {
      expect(planned({ deployment: cancelled, jobs: [aJob()], savepoints: [{ ...asked, triggered }], look: aLook() })).toMatchObject({
        kind: 'cancelJob',
        reason: 'CANCELLED',
      });
    }
  });

  // F1, A13: after a stop was given up the job still runs, and a user who wants its state asks by hand. The code rests FAILED.
  it('is taken of a job that keeps running after its suspension was given up', () => {
    const deployment = aDeployment({ state: 'SUSPENDED', phase: 'FAILED', specVersion: 2, failedSpecVersion: 2 });
    expect(planned({ deployment, jobs: [aJob()], savepoints: [asked], look: aLook() })).toMatchObject({ kind: 'takeSavepoint' });
  });
});

describe('desired CANCELLED', () => {
  it.each(['NONE', 'STATELESS', 'STATEFUL'] as const)('cancels without a savepoint, whatever the upgradeStrategy: %s (A24)', (upgrade) => {
    const deployment = aDeployment({ state: 'CANCELLED', upgrade, specVersion: 2, spec: { template: aTemplate('--version 2') } });
    expect(planned({ deployment, jobs: [aJob()], look: aLook() })).toMatchObject({ kind: 'cancelJob', jobId: jobId(1), reason: 'CANCELLED' });
  });

  it.each([aLook(), RESTARTING, UNKNOWN_JOB])('cancels a job that is seen as %j', (look) => {
    expect(planned({ deployment: cancelled, jobs: [aJob()], look })).toMatchObject({ kind: 'cancelJob', reason: 'CANCELLED' });
  });

  it('waits for the end once Flink is at it, and asks again if nothing shows', () => {
    const jobs = [aJob({ state: 'TERMINATING', cancelling: 'CANCELLED' })];
    expect(planned({ deployment: cancelled, jobs, look: aLook({ status: 'CANCELLING' }) })).toMatchObject({ kind: 'awaitEnd', jobId: jobId(1) });
    expect(planned({ deployment: cancelled, jobs, look: aLook() })).toMatchObject({ kind: 'cancelJob', reason: 'CANCELLED' });
  });

  it.each(['CANCELLED', 'STATELESS', 'NEVER_RAN', 'WRONG_RESTORE'] as const)(
    'a cancel that has begun is carried on, for its own reason: %s (rule 3)',
    (cancelling) => {
      const jobs = [aJob({ state: 'TERMINATING', cancelling })];
      for (const state of ['RUNNING', 'SUSPENDED', 'CANCELLED'] as const) {
        expect(planned({ deployment: aDeployment({ state }), jobs, look: aLook() })).toMatchObject({ kind: 'cancelJob', reason: cancelling });
      }
    },
  );
});

describe('the force time of a cancel whose cluster does not answer (D21)', () => {
  const silent = (ms: number) => ({ status: 'UNKNOWN', restarts: 0, at: ago(ms) });

  it('passes without a word to the cluster', () => {
    expect(planned({ deployment: cancelled, jobs: [aJob({ observed: silent(seconds(299)) })], look: UNREACHABLE })).toMatchObject({
      kind: 'rest',
      phase: 'TRANSITIONING',
      wakeInMs: expect.any(Number),
    });
  });

  it('then removes the cluster of the Job itself', () => {
    expect(planned({ deployment: cancelled, jobs: [aJob({ observed: silent(minutes(5)) })], look: UNREACHABLE })).toMatchObject({
      kind: 'cancelJob',
      reason: 'CANCELLED',
      force: true,
    });
  });

  it('never removes a cluster that others share (E8)', () => {
    const jobs = [aJob({ place: SESSION, observed: silent(minutes(60)) })];
    expect(planned({ deployment: cancelled, jobs, look: UNREACHABLE })).toMatchObject({ kind: 'rest', phase: 'TRANSITIONING' });
  });

  it('never runs while the cluster answers', () => {
    expect(planned({ deployment: cancelled, jobs: [aJob({ observed: silent(minutes(60)) })], look: aLook() })).not.toHaveProperty('force');
  });

  it.each(['RUNNING', 'SUSPENDED'] as const)('never runs when nobody asked for a cancel: desired %s', (state) => {
    const step = planned({ deployment: aDeployment({ state, phase: 'RUNNING' }), jobs: [aJob({ observed: silent(minutes(60)) })], look: UNREACHABLE });
    expect(step).toMatchObject({ kind: 'rest' });
  });

  it.each(['STATELESS', 'NEVER_RAN', 'WRONG_RESTORE'] as const)('keeps the reason of the cancel: %s', (cancelling) => {
    const jobs = [aJob({ state: 'TERMINATING', cancelling, observed: silent(minutes(6)) })];
    expect(planned({ jobs, look: UNREACHABLE })).toMatchObject({ kind: 'cancelJob', reason: cancelling, force: true });
  });

  // E4 "not delayed by it", E5 "after the force time the cluster is removed". The code waits for the savepoint of a silent cluster for ever.
  it.each(['USER_REQUEST', 'SUSPEND'] as const)('is not held up by a savepoint under way: %s', (origin) => {
    const jobs = [aJob({ observed: silent(minutes(60)) })];
    expect(planned({ deployment: cancelled, jobs, savepoints: [anOpenSavepoint({ origin })], look: UNREACHABLE })).toMatchObject({
      kind: 'cancelJob',
      force: true,
    });
  });
});

describe('a job that restored something else than the Job names (D27)', () => {
  const restore = { savepointId: savepointId(1), location: 'file:///blobs/1/savepoint-1' };
  const restored = (location: string, isSavepoint = true) => aLook({ checkpoints: { completed: 0, restored: { location, isSavepoint } } });
  const wrong = { kind: 'cancelJob', reason: 'WRONG_RESTORE', jobId: jobId(1) };

  it.each([
    ['another savepoint', aStartingJob({ restore }), restored('file:///blobs/2/savepoint-2')],
    ['nothing', aStartingJob({ restore }), aLook({ checkpoints: { completed: 0 } })],
    ['a savepoint where none is named', aStartingJob(), restored('file:///blobs/2/savepoint-2')],
    ['another savepoint, found out late', aJob({ restore, restoreChecked: false }), restored('file:///blobs/2/savepoint-2')],
  ])('is ended: %s', (_, job, look) => {
    expect(planned({ jobs: [job], look })).toMatchObject(wrong);
  });

  it.each([
    ['the one it names, as Flink spells it', aJob({ restore }), restored('file:/blobs/1/savepoint-1')],
    ['a checkpoint of its own after a failover', aJob({ restore }), restored('file:///checkpoints/1/chk-8', false)],
    ['nobody knows what: Flink was not asked or did not answer', aJob({ restore }), aLook()],
    ['nothing, and names nothing', aJob(), aLook({ checkpoints: { completed: 3 } })],
  ])('is left alone when it restored %s', (_, job, look) => {
    expect(planned({ jobs: [job], look })).toMatchObject({ kind: 'rest', phase: 'RUNNING' });
  });

  it('is ended rather than suspended: its state is not worth a savepoint', () => {
    expect(planned({ deployment: aDeployment({ state: 'SUSPENDED' }), jobs: [aJob({ restore })], look: restored('file:///blobs/2') })).toMatchObject(wrong);
  });
});

describe('a job that ended', () => {
  const failure = aFailure();
  const ended = (end: JobEnd, over = {}) => aJob({ end, ...over });
  const ends: readonly JobEnd[] = [{ how: 'CANCELED' }, { how: 'FAILED', failure }, { how: 'GONE', failure }];

  it.each(ends)('has its checkpoints collected before anything is torn down: $how (D13)', (end) => {
    for (const deployment of [aDeployment(), aDeployment({ state: 'SUSPENDED' }), cancelled]) {
      expect(planned({ deployment, jobs: [ended(end)], look: NOTHING })).toMatchObject({ kind: 'collectCheckpoints', jobId: jobId(1) });
      expect(planned({ deployment, jobs: [ended(end, { collected: true })], look: NOTHING })).toMatchObject({ kind: 'tearDown', jobId: jobId(1) });
    }
  });

  it('has nothing to collect when it finished: Flink deletes those checkpoints', () => {
    expect(planned({ jobs: [ended({ how: 'FINISHED' })] })).toMatchObject({ kind: 'tearDown' });
  });

  it('has the directories of failed stops looked at, also when it finished (rule 2)', () => {
    expect(planned({ jobs: [ended({ how: 'FINISHED' })], savepoints: [aFailedSavepoint()] })).toMatchObject({ kind: 'collectCheckpoints' });
  });

  it.each([true, false])('has every savepoint under way resolved first (triggered: %s)', (triggered) => {
    for (const origin of ['SUSPEND', 'USER_REQUEST'] as const) {
      expect(planned({ jobs: [ended({ how: 'FINISHED' })], savepoints: [anOpenSavepoint({ origin, triggered })] })).toMatchObject({
        kind: 'awaitSavepoint',
        savepointId: savepointId(1),
      });
    }
  });

  it('is torn down at once after a completed suspension', () => {
    expect(planned({ deployment: aDeployment({ state: 'SUSPENDED' }), jobs: [ended({ how: 'FINISHED' })], savepoints: [aSavepoint()] })).toMatchObject({
      kind: 'tearDown',
    });
  });

  it('has no successor before it is terminal, whatever is desired', () => {
    for (const look of [NOTHING, UNREACHABLE, GONE, aLook()]) {
      for (const end of ends) expect(planned({ jobs: [ended(end, { collected: true })], look })).not.toHaveProperty('create');
    }
  });
});
