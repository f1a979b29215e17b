// What others do to a job of ours at Flink: stop it with a savepoint (D26), cancel it (D14), or let one live that had ended (design.md §4 rule 1).
import { describe, expect, it } from 'vitest';
import { closingOf } from '../../domain/closing.ts';
import type { EventDraft } from '../../domain/event.ts';
import type { Job, SeenSnapshot } from '../../domain/job.ts';
import { learn, liveJob } from '../../domain/learn.ts';
import { narrate } from '../../domain/narrate.ts';
import { plan } from '../../domain/plan.ts';
import { chooseRestore } from '../../domain/restore.ts';
import { statusAfter } from '../../domain/status.ts';
import { DEFAULT_POLICY, type SeenCheckpoints, type View } from '../../domain/view.ts';
import { aDeployment } from '../fixtures/a-deployment.ts';
import { aFinishedJob, aJob, aTerminatedJob } from '../fixtures/a-job.ts';
import { ago, minutes, NOW } from '../fixtures/a-moment.ts';
import { jobId, savepointId } from '../fixtures/an-id.ts';
import { aCopiedSavepoint, aFailedSavepoint, anOpenSavepoint, aSavepoint } from '../fixtures/a-savepoint.ts';
import { aLook, aView, learned, NOTHING, planned, UNREACHABLE } from '../fixtures/a-view.ts';

const STOP: SeenSnapshot = { id: 9, at: ago(minutes(1)), location: 'file:///theirs/savepoint-9' };
const finished = (checkpoints: Partial<SeenCheckpoints> = {}) => aLook({ status: 'FINISHED', checkpoints: { completed: 0, ...checkpoints } });
const learnedOf = (job: Job, look = finished({ stoppedWith: STOP })) => ({ ...job, ...learn(job, look, { now: NOW, policy: DEFAULT_POLICY }) });
const running = aDeployment({ phase: 'RUNNING' });

function told(parts: Partial<View>): readonly EventDraft[] {
  const read = aView(parts);
  const view = learned(read);
  const step = plan(view, NOW);
  return narrate(view, step, { before: liveJob(read), status: statusAfter(view, step, NOW) });
}

describe('a job that somebody stopped with a savepoint (D26)', () => {
  const stopped = learnedOf(aJob());

  it('did not come to its end: its savepoint is looked for, it is closed as stopped, and started again from there', () => {
    expect(stopped.end).toEqual({ how: 'FINISHED', stoppedWith: STOP });
    expect(planned({ jobs: [stopped] })).toMatchObject({ kind: 'collectCheckpoints' });
    expect(planned({ jobs: [{ ...stopped, collected: true }] })).toMatchObject({ kind: 'tearDown' });
    expect(closingOf(stopped, [])).toEqual({ state: 'TERMINATED' });
    const theirs = aCopiedSavepoint({ id: savepointId(2), jobId: jobId(1), location: STOP.location ?? '', capturedAt: STOP.at });
    const ended = aTerminatedJob({ end: { how: 'FINISHED', stoppedWith: STOP } });
    const { cancelling: _, ...job } = ended;
    expect(planned({ jobs: [job], savepoints: [theirs, aSavepoint({ jobId: jobId(7) })] })).toMatchObject({
      kind: 'fetchArtifact',
      create: { restoreFrom: savepointId(2) },
    });
  });

  it('is told as stopped, not as finished', () => {
    const names = told({ deployment: running, jobs: [aJob()], look: finished({ stoppedWith: STOP }) }).map(({ name }) => name);
    expect(names).toContain('FOUND_A_STOPPED_JOB_AND_WILL_TERMINATE_IT');
    expect(names).not.toContain('JOB_SUCCESSFULLY_FINISHED');
  });

  it('starts nothing when that savepoint cannot be found, and names where it was', () => {
    const { cancelling: _, ...job } = aTerminatedJob({ end: { how: 'FINISHED', stoppedWith: STOP } });
    for (const hadState of [true, false])
      expect(chooseRestore(aView({ jobs: [{ ...job, ...learnedOf(aJob({ hadState })), state: 'TERMINATED' }] }))).toMatchObject({
        kind: 'lost',
        because: expect.stringMatching(/^MANUAL_RESTORE_REQUIRED: .*file:\/\/\/theirs\/savepoint-9/),
      });
  });

  it('came to its end when it completed a checkpoint after that stop had failed', () => {
    const job = learnedOf(aJob(), finished({ stoppedWith: STOP, newest: { id: 12, at: ago(1) } }));
    expect(job.end).toEqual({ how: 'FINISHED' });
    expect(closingOf(job, [])).toEqual({ state: 'FINISHED' });
  });

  it('was stopped by drey when a suspension of it is under way or complete', () => {
    for (const savepoint of [anOpenSavepoint(), aSavepoint()]) {
      const names = told({
        deployment: aDeployment({ state: 'SUSPENDED', phase: 'RUNNING' }),
        jobs: [aJob()],
        savepoints: [savepoint],
        look: finished({ stoppedWith: STOP }),
      });
      expect(names.map(({ name }) => name)).not.toContain('FOUND_A_STOPPED_JOB_AND_WILL_TERMINATE_IT');
    }
    expect(planned({ jobs: [stopped], savepoints: [aSavepoint()] })).toMatchObject({ kind: 'tearDown' });
  });

  it('has the directories of failed stops looked at, for it may have been one of them', () => {
    expect(planned({ jobs: [stopped], savepoints: [aFailedSavepoint()] })).toMatchObject({ kind: 'collectCheckpoints' });
  });

  it.each([
    ['SUSPENDED', 'SUSPENDED'],
    ['CANCELLED', 'CANCELLED'],
  ] as const)('is as good as any other when %s is desired', (state, phase) => {
    const theirs = aCopiedSavepoint({ jobId: jobId(1) });
    expect(
      planned({ deployment: aDeployment({ state }), jobs: [aTerminatedJob({ end: { how: 'FINISHED', stoppedWith: STOP } })], savepoints: [theirs] }),
    ).toMatchObject({ phase });
  });
});

describe('a bounded job that came to its end', () => {
  it('is FINISHED, and stays so', () => {
    const job = learnedOf(aJob(), finished({ completed: 3 }));
    expect(closingOf(job, [])).toEqual({ state: 'FINISHED' });
    expect(planned({ jobs: [aFinishedJob()] })).toMatchObject({ kind: 'rest', phase: 'FINISHED' });
  });
});

describe('a job that is first seen when it is over', () => {
  it.each(['FAILED', 'CANCELED', 'FINISHED'])('had state if Flink says so then: %s', (status) => {
    const newest = { id: 4, at: ago(9), location: 's3://b/chk-4' };
    const job = learnedOf(aJob({ hadState: false }), aLook({ status, checkpoints: { completed: 4, newest } }));
    expect(job).toMatchObject({ hadState: true, newestCheckpoint: newest });
  });

  it('had state if the watch saw a checkpoint of it, whatever is left to look at (A7)', () => {
    const newestCheckpoint = { id: 4, at: ago(9), location: 's3://b/chk-4' };
    for (const look of [UNREACHABLE, NOTHING, { kind: 'gone', reason: 'exit code 137', text: '' } as const])
      expect(learn(aJob({ hadState: false, newestCheckpoint }), look, { now: NOW, policy: DEFAULT_POLICY })).toMatchObject({
        hadState: true,
        newestCheckpoint,
      });
  });
});

describe('a Flink job that is alive although its Job had ended', () => {
  const strays = [jobId(1), jobId(2)];
  const because = 'a Flink job of a Job that had ended is alive';

  it.each<[string, Partial<View>]>([
    ['a start', { jobs: [aTerminatedJob()], savepoints: [aSavepoint()] }],
    ['a rest in CANCELLED', { deployment: aDeployment({ state: 'CANCELLED' }), jobs: [aTerminatedJob()] }],
    ['a rest in FAILED', { deployment: aDeployment({ phase: 'FAILED', failedSpecVersion: 1 }), jobs: [aTerminatedJob()] }],
    ['a live job that needs nothing', { jobs: [aJob({ id: jobId(3) }), aTerminatedJob()], look: aLook() }],
    ['a live job that ended', { jobs: [aJob({ id: jobId(3), end: { how: 'CANCELED' } }), aTerminatedJob()] }],
    ['a savepoint under way', { jobs: [aJob({ id: jobId(3) })], savepoints: [anOpenSavepoint({ jobId: jobId(3) })], look: aLook() }],
  ])('is ended before anything else: %s', (_, parts) => {
    expect(planned({ ...parts, strays })).toEqual({ kind: 'endStray', jobId: jobId(1), because });
    expect(planned({ ...parts, strays: [] }).kind).not.toBe('endStray');
  });

  it('is told once, with the Job, and shown as no state of its own', () => {
    const parts = { deployment: running, jobs: [aJob({ id: jobId(3) }), aTerminatedJob()], look: aLook(), strays };
    expect(told(parts)).toContainEqual(expect.objectContaining({ name: 'FOUND_AN_OLD_JOB_AND_WILL_TERMINATE_IT', jobId: jobId(1) }));
    const view = aView(parts);
    const status = statusAfter(view, plan(view, NOW), NOW);
    expect(status.state).toBe('RUNNING');
    expect(told({ ...parts, deployment: aDeployment({ phase: 'RUNNING', status }) })).toEqual([]);
  });
});
