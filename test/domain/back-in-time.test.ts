// A JobManager without high availability that starts again replays its first restore: older state than is known. That run is nobody's
// (scenario D13), and an ordinary failover, rescale or first start is never taken for it.
import { describe, expect, it } from 'vitest';
import type { Job, SeenSnapshot } from '../../domain/job.ts';
import { learn, restoredTooOldAt, wentBackInTime } from '../../domain/learn.ts';
import { chooseRestore } from '../../domain/restore.ts';
import { DEFAULT_POLICY, type LookAtJob, type SeenCheckpoints } from '../../domain/view.ts';
import { aDeployment, type DeploymentOverrides } from '../fixtures/a-deployment.ts';
import { aFailedJob, aJob, aStartingJob } from '../fixtures/a-job.ts';
import { ago, minutes, NOW } from '../fixtures/a-moment.ts';
import { jobId, savepointId } from '../fixtures/an-id.ts';
import { anOpenSavepoint, aRetainedCheckpoint, aSavepoint } from '../fixtures/a-savepoint.ts';
import { aLook, aView, DEPLOYING, planned } from '../fixtures/a-view.ts';

const restore = { savepointId: savepointId(1), location: 'file:///blobs/1' };
const KNOWN: SeenSnapshot = { id: 25, at: ago(minutes(10)), location: 'file:///checkpoints/1/chk-25' };
const job = aJob({ restore, newestCheckpoint: KNOWN });
/** The savepoint it was first started from. */
const first = (at: number) => ({ id: 17, location: restore.location, isSavepoint: true, at });
const own = (at: number, id = 25) => ({ id, location: `file:///checkpoints/1/chk-${id}`, isSavepoint: false, at });
const look = (checkpoints: Partial<SeenCheckpoints>, over: Partial<LookAtJob> = {}) =>
  aLook({ startedAt: ago(minutes(60)), checkpoints: { completed: 0, ...checkpoints }, ...over });

const REPLAYED = look({ restored: first(ago(minutes(1))) }, { startedAt: ago(minutes(1)) });
const EMPTY_AGAIN = look({}, { startedAt: ago(minutes(1)) });

describe('a JobManager that began again', () => {
  it.each<[string, LookAtJob]>([
    ['from the first savepoint', REPLAYED],
    [
      'from the first savepoint, with newer checkpoints of its own since',
      look({ restored: first(ago(minutes(1))), completed: 20, newest: { id: 37, at: ago(1) } }),
    ],
    ['from nothing', EMPTY_AGAIN],
    ['from the first savepoint, and failed over since to a checkpoint that is older still', look({ restored: own(ago(minutes(1)), 19) })],
  ])('%s went back in time', (_, seen) => {
    expect(wentBackInTime(job, seen)).toBe(true);
    expect(restoredTooOldAt(job, seen)).toBe(ago(minutes(1)));
  });

  it.each<[string, Job, LookAtJob]>([
    ['a first start from a savepoint', aStartingJob({ restore }), look({ restored: first(ago(1)) })],
    ['a first start from nothing', aStartingJob(), look({}, { startedAt: ago(1) })],
    ['the job as it goes on from its first savepoint', job, look({ restored: first(ago(minutes(60))), completed: 8 })],
    ['the job as it goes on from nothing', aJob({ newestCheckpoint: KNOWN }), look({ completed: 25 })],
    ['an automatic failover to its newest checkpoint', job, look({ restored: own(ago(minutes(1))), completed: 8 })],
    ['a failover to a checkpoint that nobody saw yet', job, look({ restored: own(ago(minutes(1)), 26), completed: 9 })],
    ['a failover before the first checkpoint of its own', aJob({ restore }), look({ restored: first(ago(minutes(1))) })],
    ['a rescale, which restores like a failover', job, look({ restored: own(ago(minutes(1))), completed: 8 }, { restarts: 1 })],
    ['a JobManager with high availability, from its newest checkpoint (B7)', job, look({ restored: own(ago(minutes(1))) }, { startedAt: ago(minutes(1)) })],
    ['a JobManager that is still initialising: it has no checkpoints yet', job, look({ off: true }, { startedAt: ago(minutes(1)) })],
    ['Flink not telling anything of checkpoints', job, aLook({ startedAt: ago(minutes(1)) })],
    ['Flink not telling when it began', job, aLook({ checkpoints: { completed: 0 } })],
    ['a restore of exactly the newest one', job, look({ restored: { ...first(ago(minutes(1))), id: 25 } })],
    ['a restore whose id Flink does not tell', job, look({ restored: { location: restore.location, at: ago(minutes(1)), isSavepoint: true } })],
  ])('is not told by %s', (_, each, seen) => {
    expect(wentBackInTime(each, seen)).toBe(false);
  });
});

describe('a job that went back in time', () => {
  it.each(['RUNNING', 'SUSPENDED'] as const)('is ended whatever it was to become, never with a savepoint: %s', (state) => {
    const deployment = aDeployment({ state, phase: 'RUNNING' } satisfies DeploymentOverrides);
    for (const seen of [REPLAYED, EMPTY_AGAIN, { ...EMPTY_AGAIN, ...DEPLOYING, checkpoints: EMPTY_AGAIN.checkpoints ?? { completed: 0 }, startedAt: ago(1) }])
      expect(planned({ deployment, jobs: [aJob({ newestCheckpoint: KNOWN })], look: seen })).toMatchObject({ kind: 'cancelJob', reason: 'WRONG_RESTORE' });
  });

  it('teaches no newer checkpoint: what it writes now does not count', () => {
    const seen = look({ restored: first(ago(minutes(1))), completed: 20, newest: { id: 37, at: ago(1) } });
    expect(learn(job, seen, { now: NOW, policy: DEFAULT_POLICY })).not.toHaveProperty('newestCheckpoint');
  });

  const ended = aFailedJob({
    ...job,
    state: 'FAILED',
    end: { how: 'CANCELED' },
    cancelling: 'WRONG_RESTORE',
    voidSince: ago(minutes(1)),
    collected: true,
    terminatedAt: ago(1),
  });
  const kept = aRetainedCheckpoint({ id: savepointId(2), checkpointId: 25, capturedAt: KNOWN.at });

  it('has its checkpoints from before collected, and its successor starts from the newest of them', () => {
    const { state: _, terminatedAt: __, ...live } = ended;
    expect(planned({ jobs: [{ ...live, state: 'TERMINATING', collected: false }] })).toMatchObject({ kind: 'collectCheckpoints' });
    expect(planned({ jobs: [ended], savepoints: [kept, aSavepoint()] }, NOW + minutes(1))).toMatchObject({ create: { restoreFrom: savepointId(2) } });
  });

  it('counts as an attempt, for Jobs in FAILED are attempts (D8)', () => {
    expect(planned({ deployment: aDeployment({ spec: { maxJobCreationAttempts: 1 } }), jobs: [ended], savepoints: [kept] })).toMatchObject({ kind: 'giveUp' });
  });

  it('leaves nothing to start from when that newest one cannot be found: the older one is not taken', () => {
    const older = aRetainedCheckpoint({ id: savepointId(2), checkpointId: 24 });
    expect(chooseRestore(aView({ jobs: [ended], savepoints: [older, aSavepoint({ jobId: jobId(7) })] }))).toMatchObject({ kind: 'lost' });
  });

  it('is not read from a savepoint that it wrote afterwards', () => {
    const asked = aSavepoint({ id: savepointId(3), origin: 'USER_REQUEST', capturedAt: ago(minutes(1)) });
    expect(chooseRestore(aView({ jobs: [ended], savepoints: [asked, kept] }))).toMatchObject({ kind: 'from', savepoint: { id: savepointId(2) } });
    const before = { ...asked, capturedAt: ago(minutes(2)) };
    expect(chooseRestore(aView({ jobs: [ended], savepoints: [before, kept] }))).toMatchObject({ kind: 'from', savepoint: { id: savepointId(3) } });
  });

  it('is judged by what was known before, whatever the watch saw of it afterwards', () => {
    const seen = { ...ended, newestCheckpoint: { id: 37, at: ago(2) } };
    expect(chooseRestore(aView({ jobs: [seen], savepoints: [kept] }))).toMatchObject({ kind: 'from', savepoint: { id: savepointId(2) } });
  });
});

describe('a job that never ran on the state it was meant to run on (D27)', () => {
  const ended = aFailedJob({ id: jobId(2), restore, cancelling: 'WRONG_RESTORE', end: { how: 'CANCELED' }, hadState: true, terminatedAt: ago(minutes(10)) });

  it('leaves nothing: its successor starts from the same source, not from what it wrote', () => {
    const wrote = aSavepoint({ id: savepointId(3), jobId: jobId(2), origin: 'USER_REQUEST', capturedAt: ago(minutes(11)) });
    expect(planned({ jobs: [ended], savepoints: [wrote, aSavepoint()] })).toMatchObject({ create: { restoreFrom: savepointId(1) } });
    expect(chooseRestore(aView({ jobs: [ended], savepoints: [wrote, aSavepoint()] }))).toMatchObject({ savepoint: { id: savepointId(1) } });
  });

  it('has nothing collected', () => {
    const { state: _, ...live } = ended;
    expect(planned({ jobs: [{ ...live, state: 'TERMINATING', collected: false }] })).toMatchObject({ kind: 'tearDown' });
  });

  it('waits for no savepoint that is not under way', () => {
    expect(
      planned({
        jobs: [aJob({ restore, restoreChecked: false })],
        savepoints: [anOpenSavepoint({ triggered: false, origin: 'USER_REQUEST' })],
        look: look({}),
      }),
    ).toMatchObject({
      kind: 'cancelJob',
      reason: 'WRONG_RESTORE',
    });
  });
});
