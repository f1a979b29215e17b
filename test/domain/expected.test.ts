// What each step brings about where everything works, as the plan supposes it.
import { describe, expect, it } from 'vitest';
import { type Deed, expected } from '../../domain/expected.ts';
import type { Job } from '../../domain/job.ts';
import type { Savepoint } from '../../domain/savepoint.ts';
import type { View } from '../../domain/view.ts';
import { aFailedJob, aFailure, aJob, aNewJob, aStartingJob, LOCAL } from '../fixtures/a-job.ts';
import { aTemplate } from '../fixtures/a-deployment.ts';
import { ago, minutes, NOW } from '../fixtures/a-moment.ts';
import { deploymentId, jobId, savepointId } from '../fixtures/an-id.ts';
import { anOpenSavepoint, aRetainedCheckpoint, aSavepoint } from '../fixtures/a-savepoint.ts';
import { aLook, aView, GONE, NOTHING } from '../fixtures/a-view.ts';

const other = aFailedJob({ id: jobId(2) });
const spare = aSavepoint({ id: savepointId(5), jobId: jobId(2) });
const view = (parts: Partial<View> = {}) => aView({ jobs: [aJob(), other], savepoints: [spare], look: aLook(), ...parts });
const after = (deed: object, parts: Partial<View> = {}) => {
  const step = { jobId: jobId(1), because: '', ...deed } as Deed;
  return expected({ view: view(parts), step, now: NOW }, step);
};
const over = (status: string) => ({ kind: 'job', status, tasks: { total: 1, running: 0, finished: 0 }, restarts: 0, missingTaskManagers: 0 });
const running = (checkpoints: object, restarts = 0) => ({
  kind: 'job',
  status: 'RUNNING',
  tasks: { total: 1, running: 1, finished: 0 },
  restarts,
  missingTaskManagers: 0,
  checkpoints,
});
const TOO_EARLY = { reason: 'the job ended before the savepoint was taken', message: 'the job ended before the savepoint was taken', failedAt: NOW };
const times = { createdAt: NOW, modifiedAt: NOW, resourceVersion: 1 };
const taken = {
  id: savepointId(9),
  deploymentId,
  namespace: 'default',
  jobId: jobId(1),
  state: 'COMPLETED',
  triggered: true,
  location: 'to come',
  format: 'CANONICAL',
  capturedAt: NOW,
  specVersion: 1,
  ...times,
};

describe('a start', () => {
  const fetched = { artifact: { path: 'to come', sha256: '', bytes: 0, dependencies: [], fetchedAt: NOW }, jarId: 'to come' };

  it('makes the Job before the others, with its jar', () => {
    const { jobs, look } = after({ kind: 'fetchArtifact', jobId: jobId(9), create: { restoreFrom: savepointId(5), templateOf: 'spec' }, attempt: 1 });
    expect(look).toEqual(NOTHING);
    expect(jobs.slice(1)).toEqual([aJob(), other]);
    expect(jobs[0]).toEqual({
      id: jobId(9),
      deploymentId,
      namespace: 'default',
      deploymentName: 'click-counter',
      specVersion: 1,
      template: aTemplate(),
      place: LOCAL,
      flinkConfiguration: expect.objectContaining({ 'state.checkpoints.dir': expect.stringMatching(/^to come/) }),
      restore: { savepointId: savepointId(5), location: spare.location },
      allowNonRestoredState: false,
      state: 'STARTING',
      submit: 'NOT_YET',
      openCalls: 0,
      collected: false,
      stable: false,
      restoreChecked: false,
      hadState: false,
      ...fetched,
      ...times,
    });
  });

  it('gives the jar to a Job that is there, and to no other', () => {
    expect(after({ kind: 'fetchArtifact', attempt: 1 }, { jobs: [aNewJob(), other] }).jobs).toEqual([{ ...aNewJob(), ...fetched }, other]);
  });

  it('runs what was submitted, on what the Job names', () => {
    const restore = { savepointId: savepointId(5), location: 'file:///blobs/5' };
    const job = aNewJob({ restore, openCalls: 2 });
    const result = after({ kind: 'submitJob' }, { jobs: [job, other], look: NOTHING });
    expect(result.jobs).toEqual([{ ...job, submit: 'ACCEPTED', openCalls: 0 }, other]);
    expect(result.look).toEqual(running({ completed: 0, restored: { location: 'file:///blobs/5', isSavepoint: true } }));
  });

  it.each(['awaitRunning', 'ensureCluster'])('runs after %s, with the checkpoints that were seen and nothing restored by mistake', (kind) => {
    const checkpoints = { completed: 3, newest: { id: 7, at: NOW }, restored: { location: 'file:///blobs/2', isSavepoint: true } };
    const result = after({ kind }, { jobs: [aStartingJob({ observed: { restarts: 2 } as never }), other], look: aLook({ checkpoints }) });
    expect(result.look).toEqual(running({ completed: 3, newest: { id: 7, at: NOW } }, 2));
    expect(after({ kind }, { jobs: [aStartingJob({ observed: { restarts: 2, counter: 5 } as never })] }).look).toEqual(running({ completed: 0 }, 5));
  });
});

describe('an end', () => {
  it('of a Job whose submit is burnt is a failure that never ran', () => {
    const result = after({ kind: 'burnJobId' }, { jobs: [aNewJob({ openCalls: 1 }), other] });
    expect(result.jobs).toEqual([{ ...aNewJob(), submit: 'ACCEPTED', openCalls: 0, cancelling: 'NEVER_RAN', state: 'TERMINATING' }, other]);
    expect(result.look).toEqual(over('FAILED'));
  });

  it('by a cancel shows the job as cancelled, by force or out of sight as gone', () => {
    const gone = { kind: 'gone', reason: 'its cluster was removed', text: '' };
    const result = after({ kind: 'cancelJob', reason: 'CANCELLED' });
    expect(result.jobs).toEqual([{ ...aJob(), cancelling: 'CANCELLED', state: 'TERMINATING' }, other]);
    expect(result.look).toEqual(over('CANCELED'));
    expect(after({ kind: 'cancelJob', reason: 'CANCELLED', force: true }).look).toEqual(gone);
    expect(after({ kind: 'cancelJob', reason: 'CANCELLED' }, { look: NOTHING }).look).toEqual(gone);
  });

  it('that is waited for is a failure where the job was failing', () => {
    expect(after({ kind: 'awaitEnd' }).look).toEqual(over('CANCELED'));
    expect(after({ kind: 'awaitEnd' }, { look: aLook({ status: 'FAILING' }) }).look).toEqual(over('FAILED'));
    expect(after({ kind: 'awaitEnd' }, { look: GONE }).look).toEqual(over('CANCELED'));
  });

  it('of a stray takes it off the list', () => {
    expect(after({ kind: 'endStray' }, { strays: [jobId(3), jobId(1)] }).strays).toEqual([jobId(3)]);
    expect(after({ kind: 'endStray' }).strays).toEqual([]);
  });

  it('of a Job that is not there changes nothing', () => {
    expect(after({ kind: 'awaitEnd', jobId: jobId(7) })).toEqual(view());
  });
});

describe('a savepoint', () => {
  const mine = (over: Partial<Savepoint> = {}) => anOpenSavepoint({ id: savepointId(9), triggered: false, ...over });
  const made = (parts: Partial<View>, deed: object) => after({ savepointId: savepointId(9), ...deed }, parts);

  it('of a suspension is made, completes, and ends the job', () => {
    const result = made({}, { kind: 'stopWithSavepoint', attempt: 1, of: 4 });
    expect(result.look).toEqual(over('FINISHED'));
    expect(result.jobs).toEqual([aJob(), other]);
    expect(result.savepoints[1]).toEqual(spare);
    expect(result.savepoints[0]).toEqual({ ...taken, origin: 'SUSPEND', targetDirectory: 'to come' });
  });

  it('that is there is not made again, and its moment is when it was sent', () => {
    const done = { state: 'COMPLETED', triggered: true, location: 'to come' };
    for (const kind of ['stopWithSavepoint', 'takeSavepoint'])
      expect(made({ savepoints: [mine(), spare] }, { kind }).savepoints).toEqual([{ ...mine(), ...done, capturedAt: NOW }, spare]);
    expect(made({ savepoints: [mine({ triggered: true }), spare] }, { kind: 'takeSavepoint' }).savepoints).toEqual([{ ...mine(), ...done }, spare]);
    expect(made({ savepoints: [mine()] }, { kind: 'takeSavepoint' }).look).toEqual(aLook());
  });

  it('that is waited for completes, keeps its location, and ends the job if it is a stop', () => {
    const known = mine({ location: 'file:///blobs/9' });
    const stop = made({ savepoints: [known, spare] }, { kind: 'awaitSavepoint' });
    expect(stop.savepoints).toEqual([{ ...known, state: 'COMPLETED', triggered: true }, spare]);
    expect(stop.look).toEqual(over('FINISHED'));
    expect(made({ savepoints: [mine({ origin: 'USER_REQUEST' })] }, { kind: 'awaitSavepoint' }).look).toEqual(aLook());
  });

  const stopped = { how: 'FINISHED', stoppedWith: { id: 7, at: NOW } } as const;
  it.each<[string, Job['end'], Partial<Savepoint>, boolean]>([
    ['a stop that Flink says ended it completes', stopped, { triggered: true }, true],
    ['a stop that was not sent fails', stopped, { triggered: false }, false],
    ['one of a user fails', stopped, { triggered: true, origin: 'USER_REQUEST' }, false],
    ['a stop of a job that finished by itself fails', { how: 'FINISHED' }, { triggered: true }, false],
    ['a stop of a job that failed fails', { how: 'FAILED', failure: aFailure() }, { triggered: true }, false],
  ])('of a job that ended before: %s', (_, end, over, completes) => {
    const savepoint = mine(over);
    const ended = end === undefined ? {} : { end };
    expect(made({ jobs: [aJob(ended)], savepoints: [savepoint, spare] }, { kind: 'awaitSavepoint' }).savepoints).toEqual([
      completes ? { ...savepoint, state: 'COMPLETED', location: 'to come' } : { ...savepoint, state: 'FAILED', failure: TOO_EARLY },
      spare,
    ]);
  });

  it('that is deleted is gone, and no other', () => {
    expect(after({ kind: 'deleteSavepoint', savepointId: savepointId(1) }, { savepoints: [spare, aSavepoint()] }).savepoints).toEqual([spare]);
  });
});

describe('what a job leaves', () => {
  const failed = { how: 'FAILED', failure: aFailure() } as const;
  const collected = (job: Partial<Job>, parts: Partial<View> = {}) =>
    after({ kind: 'collectCheckpoints' }, { jobs: [aJob({ end: failed, ...job }), other], ...parts });
  const left = (over: object) => ({ ...taken, origin: 'RETAINED_CHECKPOINT', ...over });

  it('is a checkpoint whose place is to come, where none is known', () => {
    const result = collected({});
    expect(result.savepoints).toEqual([left({}), spare]);
    expect(result.jobs).toEqual([aJob({ end: failed, collected: true }), other]);
    expect(result.look).toEqual(NOTHING);
  });

  it('is the newest checkpoint, by what was known and what Flink tells at the end', () => {
    const [older, newer] = [
      { id: 7, at: ago(minutes(9)), location: 'file:///c/chk-7' },
      { id: 8, at: ago(minutes(8)), location: 'file:///c/chk-8' },
    ];
    const found = ({ id, at, location }: typeof older) => left({ checkpointId: id, location, capturedAt: at, createdAt: at });
    const told = (newest: typeof older) => ({ look: aLook({ checkpoints: { completed: 1, newest } }) });
    expect(collected({ newestCheckpoint: older }).savepoints[0]).toEqual(found(older));
    expect(collected({ newestCheckpoint: older }, told(newer)).savepoints[0]).toEqual(found(newer));
    expect(collected({ newestCheckpoint: newer }, told(older)).savepoints[0]).toEqual(found(newer));
    const first = collected({ hadState: false }, told(older));
    expect(first.savepoints[0]).toEqual(found(older));
    expect(first.jobs[0]?.hadState).toBe(true);
  });

  it('is known once', () => {
    const known = aRetainedCheckpoint({ checkpointId: 7 });
    const newestCheckpoint = { id: 7, at: NOW, location: 'file:///c/chk-7' };
    expect(collected({ newestCheckpoint }, { savepoints: [known] }).savepoints).toEqual([known]);
    expect(collected({ newestCheckpoint }, { savepoints: [{ ...known, jobId: jobId(2) }] }).savepoints).toHaveLength(2);
    expect(collected({ newestCheckpoint: { ...newestCheckpoint, id: 8 } }, { savepoints: [known] }).savepoints).toHaveLength(2);
  });

  it('is the savepoint with which somebody else stopped it', () => {
    const end = { how: 'FINISHED', stoppedWith: { id: 8, at: ago(minutes(1)), location: 'file:///mine/8' } } as const;
    const at = ago(minutes(1));
    expect(collected({ end }).savepoints[0]).toEqual(left({ origin: 'COPIED', checkpointId: 8, location: 'file:///mine/8', capturedAt: at, createdAt: at }));
  });

  it.each<[string, Partial<Job>]>([
    ['it never had state', { hadState: false }],
    ['it finished by itself', { end: { how: 'FINISHED' } }],
    ['it ran on wrong state', { cancelling: 'WRONG_RESTORE' }],
    ['its checkpoints are not retained', { end: { how: 'CANCELED' }, flinkConfiguration: {} }],
  ])('is nothing where %s', (_, over) => {
    const result = collected(over);
    expect(result.savepoints).toEqual([spare]);
    expect(result.jobs[0]).toEqual(aJob({ end: failed, ...over, collected: true }));
  });
});

describe('a tear-down', () => {
  it('closes the Job and fails what was still open of it', () => {
    const job = aJob({ end: { how: 'CANCELED' }, cancelling: 'CANCELLED' });
    const [open, foreign] = [anOpenSavepoint(), anOpenSavepoint({ id: savepointId(3), jobId: jobId(2) })];
    const result = after({ kind: 'tearDown' }, { jobs: [job, other], savepoints: [open, foreign, spare] });
    expect(result.jobs).toEqual([{ ...job, state: 'TERMINATED', terminatedAt: NOW }, other]);
    expect(result.savepoints).toEqual([{ ...open, state: 'FAILED', failure: TOO_EARLY }, foreign, spare]);
    expect(result.look).toEqual(NOTHING);
  });

  it('keeps the failure of a Job that failed', () => {
    const failure = aFailure();
    const [closed] = after({ kind: 'tearDown' }, { jobs: [aJob({ end: { how: 'FAILED', failure } })] }).jobs;
    expect(closed).toMatchObject({ state: 'FAILED', failure, terminatedAt: NOW });
  });
});
