// What a look proves about a live Job: proofs change it, silence and doubt leave it as it is (design.md §4 rules 1, 7; D8, D27).
import { describe, expect, it } from 'vitest';
import { allTasksRun, learn, liveJob, restoredAsMeant } from '../../domain/learn.ts';
import type { Job } from '../../domain/job.ts';
import { DEFAULT_POLICY, type Look } from '../../domain/view.ts';
import { aFailedJob, aFailure, aFinishedJob, aJob, aNewJob, aStartingJob, aTerminatedJob } from '../fixtures/a-job.ts';
import { ago, minutes, NOW, seconds } from '../fixtures/a-moment.ts';
import { jobId, savepointId } from '../fixtures/an-id.ts';
import { aLook, aView, DEPLOYING, GONE, NOTHING, RESTARTING, STARTING, UNKNOWN_JOB, UNREACHABLE } from '../fixtures/a-view.ts';

const learned = (job: Job, look: Look, now = NOW) => learn(job, look, { now, policy: DEFAULT_POLICY });
const observed = (status: string, restarts = 0, at = NOW) => ({ status, restarts, at });
const open = aStartingJob({ submit: 'OPEN', openCalls: 1 });
const fresh = aJob({ stable: false, restoreChecked: false, hadState: false, startedAt: ago(seconds(5)) });
const ended = { reason: 'the JobManager process ended with exit code 239', message: 'OutOfMemoryError: Metaspace', failedAt: NOW };

describe('each look at each Job teaches', () => {
  const failed = aLook({ status: 'FAILED', failure: { reason: 'NullPointerException', text: 'at com.example.Job' } });
  const failure = { reason: 'NullPointerException', message: 'at com.example.Job', failedAt: NOW };
  const saysFailed = { end: { how: 'FAILED', failure }, observed: observed('FAILED') };
  const gone = { end: { how: 'GONE', failure: ended } };
  it.each<[string, Job, Look, object]>([
    ['a new Job, nothing', aNewJob(), NOTHING, {}],
    ['an open submit, nothing', open, STARTING, {}],
    ['an open submit, silence', open, UNREACHABLE, { observed: observed('UNKNOWN') }],
    ['an open submit, not known', open, UNKNOWN_JOB, { observed: observed('ABSENT') }],
    ['an open submit, there', open, DEPLOYING, { submit: 'ACCEPTED', observed: observed('RUNNING') }],
    ['an open submit, there and failed', open, failed, saysFailed],
    ['an open submit, JobManager dead', open, GONE, gone],
    ['an accepted Job, nothing', aStartingJob(), NOTHING, {}],
    ['an accepted Job, coming up', aStartingJob(), STARTING, {}],
    ['an accepted Job, no task yet', aStartingJob(), DEPLOYING, { submit: 'ACCEPTED', observed: observed('RUNNING') }],
    ['an accepted Job, all tasks run', aStartingJob(), aLook(), { submit: 'ACCEPTED', state: 'STARTED', startedAt: NOW, observed: observed('RUNNING') }],
    ['an accepted Job, failed', aStartingJob(), failed, saysFailed],
    ['an accepted Job, JobManager dead', aStartingJob(), GONE, gone],
    ['a running Job, the same as before', aJob({ observed: observed('RUNNING', 0, ago(5)) }), aLook(), { submit: 'ACCEPTED' }],
    ['a running Job, restarting', aJob(), RESTARTING, { submit: 'ACCEPTED', observed: observed('RESTARTING') }],
    ['a running Job, silence', aJob(), UNREACHABLE, { observed: observed('UNKNOWN') }],
    ['a running Job, cancelled from outside', aJob(), aLook({ status: 'CANCELED' }), { end: { how: 'CANCELED' }, observed: observed('CANCELED') }],
    ['a running Job, at its end', aJob(), aLook({ status: 'FINISHED' }), { end: { how: 'FINISHED' }, observed: observed('FINISHED') }],
    ['a running Job, JobManager dead', aJob(), GONE, gone],
    [
      'a job being cancelled',
      aJob({ state: 'TERMINATING', cancelling: 'CANCELLED' }),
      aLook({ status: 'CANCELLING' }),
      { submit: 'ACCEPTED', observed: observed('CANCELLING') },
    ],
  ])('%s', (_, job, look, lesson) => {
    expect(learned(job, look)).toEqual(lesson);
  });

  it('a Job that failed without a cause still gets a sentence', () => {
    const { end } = learned(aJob(), aLook({ status: 'FAILED' }));
    expect(end).toMatchObject({ how: 'FAILED', failure: { reason: expect.stringMatching(/\w/) } });
  });
});

describe('a Job that ended', () => {
  it.each([UNREACHABLE, UNKNOWN_JOB, GONE, aLook(), aLook({ status: 'FAILED' }), RESTARTING])('learns nothing more, whatever is seen (C2): %j', (look) => {
    expect(learned(aJob({ end: { how: 'CANCELED' } }), look)).toEqual({});
  });
});

describe('RUNNING at Flink', () => {
  it.each([
    ['without a single task', { total: 4, running: 0, finished: 0 }, false],
    ['with one task waiting for a slot (C11)', { total: 4, running: 3, finished: 0 }, false],
    ['with no tasks at all', { total: 0, running: 0, finished: 0 }, false],
    ['with all tasks', { total: 4, running: 4, finished: 0 }, true],
    ['with tasks that have finished', { total: 4, running: 1, finished: 3 }, true],
  ])('%s', (_, tasks, runs) => {
    expect(allTasksRun(aLook({ tasks }))).toBe(runs);
    expect(learned(aStartingJob(), aLook({ tasks })).state).toBe(runs ? 'STARTED' : undefined);
  });

  it('is what counts, and no other status with tasks', () => {
    expect(allTasksRun(aLook({ status: 'FAILING' }))).toBe(false);
  });
});

describe('a Job becomes stable (D8)', () => {
  const checkpoints = { completed: 1 };

  it('with its first checkpoint', () => {
    expect(learned(fresh, aLook({ checkpoints }))).toMatchObject({ stable: true, hadState: true });
  });

  it('after 60 s with all tasks running', () => {
    const job = { ...fresh, startedAt: ago(seconds(60)) };
    expect(learned(job, aLook())).toMatchObject({ stable: true });
    expect(learned({ ...fresh, startedAt: ago(seconds(60) - 1) }, aLook())).not.toHaveProperty('stable');
  });

  it('not while it restarts, however long', () => {
    expect(learned({ ...fresh, startedAt: ago(minutes(90)) }, RESTARTING)).not.toHaveProperty('stable');
    expect(learned(fresh, { ...RESTARTING, checkpoints })).not.toHaveProperty('stable');
  });

  it('not by being STARTED alone', () => {
    expect(learned(aStartingJob(), aLook({ checkpoints: { completed: 0 } }))).not.toHaveProperty('stable');
  });
});

describe('a job that its JobManager denies', () => {
  const denied = (ms: number, over = {}) => aJob({ observed: observed('ABSENT', 0, ago(ms)), ...over });

  it('is gone after a minute of denials, not before', () => {
    expect(learned(denied(minutes(1)), UNKNOWN_JOB)).toMatchObject({ end: { how: 'GONE' } });
    expect(learned(denied(minutes(1) - 1), UNKNOWN_JOB)).toEqual({});
  });

  it('is not gone by the first denial, however long ago it was seen last', () => {
    expect(learned(aJob({ observed: observed('RUNNING', 0, ago(minutes(99))) }), UNKNOWN_JOB)).toEqual({ observed: observed('ABSENT') });
  });

  it('starts its minute anew when silence came between', () => {
    const silent = { ...denied(minutes(9)), ...learned(denied(minutes(9)), UNREACHABLE) };
    expect(learned(silent, UNKNOWN_JOB)).toEqual({ observed: observed('ABSENT') });
  });

  it('is never gone while a run call may still arrive', () => {
    expect(learned(denied(minutes(99), { submit: 'OPEN', state: 'STARTING' }), UNKNOWN_JOB)).toEqual({});
  });
});

describe('what was restored', () => {
  const restore = { savepointId: savepointId(1), location: 'file:///blobs/1/savepoint-1' };
  const saw = (location?: string, isSavepoint = true) =>
    aLook({ checkpoints: { completed: 0, restored: { isSavepoint, ...(location === undefined ? {} : { location }) } } });
  const restoredNothing = aLook({ checkpoints: { completed: 0 } });

  it.each<[string, Pick<Job, 'restore'>, ReturnType<typeof aLook>, boolean]>([
    ['the named one', { restore }, saw('file:///blobs/1/savepoint-1'), true],
    ['the named one, spelled otherwise', { restore }, saw('file:/blobs/1/savepoint-1/'), true],
    ['the named one, by its metadata file', { restore }, saw('file:/blobs/1/savepoint-1/_metadata'), true],
    ['another one', { restore }, saw('file:///blobs/2/savepoint-2'), false],
    ['one that has no address', { restore }, saw(), false],
    ['nothing where one is named', { restore }, restoredNothing, false],
    ['nothing where none is named', {}, restoredNothing, true],
    ['one where none is named', {}, saw('file:///blobs/2/savepoint-2'), false],
    ['its own checkpoint after a failover', { restore }, saw('file:///checkpoints/1/chk-8', false), true],
    ['nobody knows', { restore }, aLook(), true],
  ])('%s', (_, job, look, asMeant) => {
    expect(restoredAsMeant(job, look)).toBe(asMeant);
  });

  it('is checked off once it was right, and not before Flink told', () => {
    const job = { ...fresh, restore };
    expect(learned(job, saw(restore.location))).toMatchObject({ restoreChecked: true });
    expect(learned(job, saw('file:///blobs/2'))).not.toHaveProperty('restoreChecked');
    expect(learned(job, aLook())).not.toHaveProperty('restoreChecked');
  });
});

describe('the restart count', () => {
  it('never falls: it is a lower bound (vvp.md §1.3)', () => {
    const job = aJob({ observed: observed('RUNNING', 5, ago(1)) });
    expect(learned(job, aLook({ restarts: 7 })).observed?.restarts).toBe(7);
    expect(learned(job, aLook({ restarts: 0 }))).not.toHaveProperty('observed');
    expect(learned(job, UNREACHABLE).observed?.restarts).toBe(5);
  });

  it('counts the restarts of a new JobManager, whose counter began again, from nought (D9)', () => {
    const job = aJob({ observed: { ...observed('RUNNING', 2), counter: 2, restartedAt: [ago(5), ago(6)] } });
    expect(learned(job, aLook({ restarts: 1 })).observed).toMatchObject({ restarts: 3, counter: 1, restartedAt: [NOW, ago(5), ago(6)] });
    expect(learned(job, aLook({ restarts: 0 })).observed).toMatchObject({ restarts: 2, counter: 0, restartedAt: [ago(5), ago(6)] });
  });
});

describe('what is seen of a job', () => {
  it('is seen since its states changed last, also when it looks the same again: it restarted between two looks', () => {
    const job = aJob({ observed: { ...observed('RUNNING', 0, ago(9)), changedAt: ago(20) } });
    expect(learned(job, aLook({ changedAt: ago(20) }))).not.toHaveProperty('observed');
    expect(learned(job, aLook({ changedAt: ago(1) })).observed).toEqual({ ...observed('RUNNING', 0, NOW), changedAt: ago(1) });
  });

  it('is unknown since the silence began, whatever it was before', () => {
    const job = aJob({ observed: { ...observed('UNKNOWN', 0, ago(9)), changedAt: ago(20) } });
    expect(learned(job, UNREACHABLE)).not.toHaveProperty('observed');
  });
});

describe('the look at its end', () => {
  // Else a job that fails between two looks, and whose checkpoint then cannot be found, would be replaced by an empty one (D23).
  it('teaches the checkpoints that it is the first to show', () => {
    const newest = { id: 4, location: 'file:///checkpoints/chk-4', at: ago(seconds(1)) };
    for (const status of ['FAILED', 'CANCELED']) {
      expect(learned(fresh, aLook({ status, checkpoints: { completed: 4, newest } }))).toMatchObject({ hadState: true, newestCheckpoint: newest });
    }
    expect(learned(fresh, aLook({ status: 'FAILED', checkpoints: { completed: 0 } }))).not.toHaveProperty('hadState');
  });
});

describe('the live Job', () => {
  it('is the one that is not terminal', () => {
    expect(liveJob(aView())).toBeUndefined();
    expect(liveJob(aView({ jobs: [aFailedJob({ failure: aFailure() }), aTerminatedJob(), aFinishedJob()] }))).toBeUndefined();
    for (const state of ['STARTING', 'STARTED', 'TERMINATING'] as const) {
      expect(liveJob(aView({ jobs: [aFailedJob({ id: jobId(2) }), aJob({ state })] }))?.id).toBe(jobId(1));
    }
  });
});
