// The submit of a Job, from the first byte of its jar to the answer of the run call (design.md §4 rule 1).
import { describe, expect, it } from 'vitest';
import { aDeployment, aTemplate } from '../fixtures/a-deployment.ts';
import { aFailure, aNewJob, aStartingJob, LOCAL, SESSION } from '../fixtures/a-job.ts';
import { ago, hours, minutes } from '../fixtures/a-moment.ts';
import { jobId } from '../fixtures/an-id.ts';
import { aLook, DEPLOYING, GONE, NOTHING, planned, STARTING, UNKNOWN_JOB, UNREACHABLE } from '../fixtures/a-view.ts';

const edited = aDeployment({ specVersion: 2, spec: { template: aTemplate('--version 2') } });
const artifactOf = (fetchedAt: number) => ({ path: '/drey/cache/1f.jar', sha256: '1f', bytes: 10, dependencies: [], fetchedAt });
const fetched = aNewJob({ artifact: artifactOf(ago(minutes(1))) });

describe('before anything was sent to Flink', () => {
  it('fetches the jar of the Job that is there, and makes no second one', () => {
    const step = planned({ jobs: [aNewJob()] });
    expect(step).toMatchObject({ kind: 'fetchArtifact', jobId: jobId(1) });
    expect(step).not.toHaveProperty('create');
  });

  it('in session mode also uploads the jar before a run call is intended', () => {
    const place = { kind: 'ready', place: SESSION } as const;
    expect(planned({ place, jobs: [{ ...fetched, place: SESSION }] })).toMatchObject({ kind: 'fetchArtifact', jobId: jobId(1) });
    expect(planned({ place, jobs: [{ ...fetched, place: SESSION, jarId: '1f.jar', incarnation: 1 }] })).toMatchObject({ kind: 'submitJob', jobId: jobId(1) });
  });

  it('submits once the jar is there', () => {
    expect(planned({ jobs: [fetched] })).toMatchObject({ kind: 'submitJob', jobId: jobId(1) });
  });

  it.each([
    ['another template', edited],
    ['SUSPENDED', aDeployment({ state: 'SUSPENDED', specVersion: 2 })],
    ['CANCELLED', aDeployment({ state: 'CANCELLED', specVersion: 2 })],
  ])('drops the Job when the user wants %s by now', (_, deployment) => {
    for (const job of [aNewJob(), fetched]) expect(planned({ deployment, jobs: [job] })).toMatchObject({ kind: 'tearDown', jobId: jobId(1) });
  });

  it('drops the Job when it is to run elsewhere by now', () => {
    expect(planned({ place: { kind: 'ready', place: SESSION }, jobs: [fetched] })).toMatchObject({ kind: 'tearDown' });
  });

  it('goes on under upgradeStrategy NONE, whatever the template is by now', () => {
    const deployment = aDeployment({ upgrade: 'NONE', specVersion: 2, spec: { template: aTemplate('--version 2') } });
    expect(planned({ deployment, jobs: [fetched] })).toMatchObject({ kind: 'submitJob' });
  });

  it('goes on when only strategies and limits changed', () => {
    expect(planned({ deployment: aDeployment({ upgrade: 'STATELESS', restore: 'NONE', specVersion: 2 }), jobs: [fetched] })).toMatchObject({
      kind: 'submitJob',
    });
  });

  it('ends the attempt when the start limit passed, counted from the moment the jar was there', () => {
    const late = aNewJob({ artifact: artifactOf(ago(minutes(11))) });
    expect(planned({ jobs: [late] })).toMatchObject({ kind: 'tearDown', late: true });
    expect(planned({ jobs: [aNewJob({ createdAt: ago(hours(3)) })] })).toMatchObject({ kind: 'fetchArtifact' });
  });

  it('tears down, and collects nothing, once the jar could not be had', () => {
    const end = { how: 'NEVER_SUBMITTED', failure: aFailure('404') } as const;
    expect(planned({ jobs: [aNewJob({ end })] })).toMatchObject({ kind: 'tearDown', jobId: jobId(1) });
  });
});

describe('while the answer to a run call is not known', () => {
  const open = { ...fetched, submit: 'OPEN', openCalls: 1 } as const;
  const inSession = { ...open, place: SESSION, jarId: '1f.jar', incarnation: 1 };
  const session = { kind: 'ready', place: SESSION } as const;

  it.each([STARTING, UNKNOWN_JOB])('repeats the call under the same id: $kind', (look) => {
    expect(planned({ jobs: [open], look })).toMatchObject({ kind: 'submitJob', jobId: jobId(1) });
    expect(planned({ jobs: [inSession], look, place: session })).toMatchObject({ kind: 'submitJob', jobId: jobId(1) });
  });

  it('waits in AWAITING_SUBMIT_OUTCOME while the cluster does not answer', () => {
    expect(planned({ jobs: [open], look: UNREACHABLE })).toMatchObject({
      kind: 'rest',
      phase: 'TRANSITIONING',
      because: expect.stringContaining('AWAITING_SUBMIT_OUTCOME'),
      wakeInMs: expect.any(Number),
    });
  });

  it.each(['RUNNING', 'SUSPENDED', 'CANCELLED'] as const)('starts and ends nothing while the cluster does not answer, desired %s', (state) => {
    const deployment = aDeployment({ state, specVersion: 2, spec: { template: aTemplate('--version 2') } });
    for (const job of [open, inSession])
      expect(planned({ deployment, jobs: [job], look: UNREACHABLE })).toMatchObject({ kind: 'rest', phase: 'TRANSITIONING' });
  });

  it.each([
    ['another template', edited],
    ['SUSPENDED', aDeployment({ state: 'SUSPENDED', specVersion: 2 })],
    ['CANCELLED', aDeployment({ state: 'CANCELLED', specVersion: 2 })],
  ])('in session mode burns the id when the user wants %s by now: the call may still arrive', (_, deployment) => {
    expect(planned({ deployment, jobs: [inSession], look: UNKNOWN_JOB, place: session })).toMatchObject({ kind: 'burnJobId', jobId: jobId(1) });
  });

  it('in application mode ends the cluster that is coming up', () => {
    expect(planned({ deployment: edited, jobs: [open], look: STARTING })).toMatchObject({ kind: 'cancelJob', reason: 'NEVER_RAN' });
  });

  it('never makes another Job, however long the answer is missing', () => {
    const old = { ...inSession, createdAt: ago(hours(9)), artifact: artifactOf(ago(hours(9))) };
    for (const look of [NOTHING, STARTING, UNKNOWN_JOB, UNREACHABLE, GONE, DEPLOYING, aLook()]) {
      expect(planned({ jobs: [old], look, place: session })).not.toHaveProperty('create');
    }
  });
});

describe('after Flink accepted the Job, until all tasks run', () => {
  it.each([STARTING, DEPLOYING, UNKNOWN_JOB])('waits: $kind', (look) => {
    expect(planned({ jobs: [aStartingJob()], look })).toMatchObject({ kind: 'awaitRunning', jobId: jobId(1) });
  });

  it('brings a dead TaskManager of its own cluster back', () => {
    expect(planned({ jobs: [aStartingJob()], look: { ...DEPLOYING, missingTaskManagers: 1 } })).toMatchObject({ kind: 'ensureCluster', jobId: jobId(1) });
  });

  it.each([
    ['another template, STATELESS', aDeployment({ upgrade: 'STATELESS', specVersion: 2, spec: { template: aTemplate('--version 2') } })],
    ['another template, STATEFUL', edited],
    ['SUSPENDED', aDeployment({ state: 'SUSPENDED', specVersion: 2 })],
  ])('is ended without a savepoint when the user wants %s by now (A10)', (_, deployment) => {
    expect(planned({ deployment, jobs: [aStartingJob()], look: DEPLOYING })).toMatchObject({ kind: 'cancelJob', reason: 'NEVER_RAN' });
  });

  describe.each([
    ['another template', edited],
    ['SUSPENDED', aDeployment({ state: 'SUSPENDED', specVersion: 2 })],
  ])('of which some tasks run, when the user wants %s by now', (_, deployment) => {
    const look = aLook({ tasks: { total: 4, running: 1, finished: 0, waiting: 3 } });

    it('is ended without a savepoint while no slot is free for the others: none could be taken of it (A10)', () => {
      expect(planned({ deployment, jobs: [aStartingJob()], look: { ...look, freeSlots: 0 } })).toMatchObject({ kind: 'cancelJob', reason: 'NEVER_RAN' });
    });

    it.each([
      ['a slot is free', { ...look, freeSlots: 1 }],
      ['nobody could tell how many slots are free', look],
      ['all have their slots', aLook({ tasks: { total: 4, running: 1, finished: 0, waiting: 0 }, freeSlots: 0 })],
    ])('is waited for while %s', (__, seen) => {
      expect(planned({ deployment, jobs: [aStartingJob()], look: seen })).toMatchObject({ kind: 'awaitRunning' });
    });

    it('is waited for when it has completed a checkpoint', () => {
      expect(planned({ deployment, jobs: [aStartingJob({ hadState: true })], look: { ...look, freeSlots: 0 } })).toMatchObject({ kind: 'awaitRunning' });
    });
  });

  describe.each([
    ['its cluster is coming up', STARTING],
    ['its JobManager does not know it', UNKNOWN_JOB],
  ])('that is not wanted any more, while %s', (_, look) => {
    it('is ended as one that never ran when it was submitted a moment ago', () => {
      const young = aStartingJob({ artifact: artifactOf(ago(30_000)) });
      expect(planned({ deployment: edited, jobs: [young], look })).toMatchObject({ kind: 'cancelJob', reason: 'NEVER_RAN' });
    });

    it('is waited for when it may have run unseen', () => {
      const old = aStartingJob({ artifact: artifactOf(ago(minutes(2))) });
      expect(planned({ deployment: edited, jobs: [old], look })).toMatchObject({ kind: 'awaitRunning' });
    });
  });

  it('is waited for when a highly available JobManager may bring it back', () => {
    const look = { kind: 'unknownJob', recovers: true } as const;
    expect(planned({ deployment: edited, jobs: [aStartingJob()], look })).toMatchObject({ kind: 'awaitRunning' });
  });

  it('is not given up at the start limit when it completed a checkpoint', () => {
    const slow = aStartingJob({ artifact: artifactOf(ago(minutes(11))), hadState: true });
    expect(planned({ jobs: [slow], look: DEPLOYING })).toMatchObject({ kind: 'awaitRunning' });
  });

  it('is cancelled when the user wants CANCELLED', () => {
    expect(planned({ deployment: aDeployment({ state: 'CANCELLED' }), jobs: [aStartingJob()], look: DEPLOYING })).toMatchObject({
      kind: 'cancelJob',
      reason: 'CANCELLED',
    });
  });

  it('stays untouched under upgradeStrategy NONE', () => {
    const deployment = aDeployment({ upgrade: 'NONE', specVersion: 2, spec: { template: aTemplate('--version 2') } });
    expect(planned({ deployment, jobs: [aStartingJob()], look: DEPLOYING })).toMatchObject({ kind: 'awaitRunning' });
  });

  it('is ended when the start limit passed, as an attempt of its own kind (D21)', () => {
    const slow = aStartingJob({ artifact: artifactOf(ago(minutes(11))) });
    expect(planned({ jobs: [slow], look: DEPLOYING })).toMatchObject({ kind: 'cancelJob', reason: 'NEVER_RAN', late: true });
    expect(planned({ jobs: [aStartingJob({ place: LOCAL, artifact: artifactOf(ago(minutes(9))) })], look: DEPLOYING })).toMatchObject({ kind: 'awaitRunning' });
  });

  // NEVER_RAN is for jobs of which no task ran. A completed checkpoint proves that they did: the state has to be saved (rule 2).
  it('is not ended as NEVER_RAN when it has completed a checkpoint already', () => {
    const deployment = aDeployment({ state: 'SUSPENDED', specVersion: 2 });
    expect(planned({ deployment, jobs: [aStartingJob({ hadState: true })], look: DEPLOYING })).not.toMatchObject({ kind: 'cancelJob' });
  });
});
