// Suspension: a stateful job ends only through a completed savepoint of its own (design.md §4 rule 2; vvp.md §2.6; scenarios A13 to A15).
import { describe, expect, it } from 'vitest';
import { aDeployment, aTemplate } from '../fixtures/a-deployment.ts';
import { aFailure, aJob } from '../fixtures/a-job.ts';
import { ago, hours, minutes, seconds } from '../fixtures/a-moment.ts';
import { jobId, savepointId } from '../fixtures/an-id.ts';
import { aFailedSavepoint, anOpenSavepoint, aSavepoint } from '../fixtures/a-savepoint.ts';
import { aLook, NOTHING, planned, RESTARTING, UNREACHABLE } from '../fixtures/a-view.ts';

const suspended = aDeployment({ state: 'SUSPENDED', phase: 'RUNNING' });
const upgrade = aDeployment({ phase: 'RUNNING', spec: { template: aTemplate('--version 2') } });
const both = [
  ['a suspension', suspended],
  ['a STATEFUL upgrade', upgrade],
] as const;

/** S1 … Sn failed, the last of them `sinceMs` ago; newest first. */
const failures = (n: number, sinceMs: number) =>
  Array.from({ length: n }, (_, i) => aFailedSavepoint({ id: savepointId(n - i), failure: aFailure(`reason ${n - i}`, ago(sinceMs + minutes(i))) }));

describe.each(both)('%s', (_, deployment) => {
  const decided = (savepoints: readonly Parameters<typeof aSavepoint>[0][] | ReturnType<typeof failures>, look = aLook()) =>
    planned({ deployment, jobs: [aJob()], savepoints: savepoints as ReturnType<typeof failures>, look });

  it('stops the job with a savepoint and never cancels it', () => {
    expect(decided([])).toMatchObject({ kind: 'stopWithSavepoint', jobId: jobId(1), savepointId: savepointId(9), attempt: 1, of: 4 });
  });

  it('takes a savepoint of its own, however new the last one is', () => {
    const byUser = aSavepoint({ origin: 'USER_REQUEST', capturedAt: ago(0) });
    expect(decided([byUser])).toMatchObject({ kind: 'stopWithSavepoint', savepointId: savepointId(9) });
  });

  it('waits for the savepoint before stopping a stateful job', () => {
    expect(decided([anOpenSavepoint()])).toMatchObject({ kind: 'awaitSavepoint', jobId: jobId(1), savepointId: savepointId(1) });
    expect(decided([anOpenSavepoint()], RESTARTING)).toMatchObject({ kind: 'awaitSavepoint', savepointId: savepointId(1) });
  });

  it('sends a request that was recorded but not sent, and makes no second one', () => {
    expect(decided([anOpenSavepoint({ triggered: false })])).toMatchObject({ kind: 'stopWithSavepoint', savepointId: savepointId(1), attempt: 1 });
  });

  it.each([1, 2, 3])('after %i failed savepoints tries again, the job still running', (n) => {
    expect(decided(failures(n, hours(1)))).toMatchObject({ kind: 'stopWithSavepoint', savepointId: savepointId(9), attempt: n + 1, of: 4 });
  });

  it.each([
    [1, 1],
    [2, 2],
    [3, 4],
  ])('pauses after %i failures for %i s', (n, pause) => {
    expect(decided(failures(n, 0))).toMatchObject({ kind: 'pause', forMs: seconds(pause) });
    expect(decided(failures(n, seconds(pause)))).toMatchObject({ kind: 'stopWithSavepoint' });
  });

  it('gives up exactly at the limit, names the last reason, and leaves the job running', () => {
    expect(decided(failures(4, hours(1)))).toMatchObject({
      kind: 'giveUp',
      code: 'TOO_MANY_FAILED_SUSPENSION_ATTEMPTS',
      because: expect.stringMatching(/4 of 4.*keeps running.*reason 4/),
    });
  });

  it('starts from attempt 1 after a completed savepoint', () => {
    const savepoints = [aSavepoint({ id: savepointId(5), jobId: jobId(7) }), ...failures(4, hours(2))];
    expect(decided(savepoints)).toMatchObject({ kind: 'stopWithSavepoint', attempt: 1 });
  });

  it('starts from attempt 1 with a new specVersion, without a pause', () => {
    expect(planned({ deployment: { ...deployment, specVersion: 2 }, jobs: [aJob()], savepoints: failures(4, 0), look: aLook() })).toMatchObject({
      kind: 'stopWithSavepoint',
      attempt: 1,
    });
  });

  it('does not count the failed requests of users', () => {
    expect(decided(failures(4, 0).map((s) => ({ ...s, origin: 'USER_REQUEST' as const })))).toMatchObject({ kind: 'stopWithSavepoint', attempt: 1 });
  });

  it.each([
    ['is restarting', RESTARTING],
    ['has one task that does not run', aLook({ tasks: { total: 4, running: 3, finished: 0 } })],
    ['has no tasks yet', aLook({ tasks: { total: 0, running: 0, finished: 0 } })],
    ['is failing', aLook({ status: 'FAILING' })],
  ])('waits in AWAITING_HEALTHY_JOB while the job %s; no attempt is made (A15)', (__, look) => {
    expect(decided([], look)).toMatchObject({
      kind: 'rest',
      phase: 'TRANSITIONING',
      because: expect.stringContaining('AWAITING_HEALTHY_JOB'),
      wakeInMs: expect.any(Number),
    });
  });

  it('takes a job for healthy whose other tasks have finished', () => {
    expect(decided([], aLook({ tasks: { total: 4, running: 3, finished: 1 } }))).toMatchObject({ kind: 'stopWithSavepoint' });
  });

  // A15 "no savepoint triggered, none counted", A13 (b) "next try only when all tasks run again". The code sends it at once.
  it('does not send a recorded request while the job restarts', () => {
    expect(decided([anOpenSavepoint({ triggered: false })], RESTARTING)).toMatchObject({ kind: 'rest', phase: 'TRANSITIONING' });
  });

  it('awaits a savepoint under way although the job ended meanwhile', () => {
    const failed = aJob({ end: { how: 'FAILED', failure: aFailure() } });
    expect(planned({ deployment, jobs: [failed], savepoints: [anOpenSavepoint()], look: NOTHING })).toMatchObject({ kind: 'awaitSavepoint' });
  });

  it('stays FAILED after giving up, and lets the job run', () => {
    const gaveUp = { ...deployment, failedSpecVersion: 1, status: { ...deployment.status, state: 'FAILED' as const, because: 'spent' } };
    for (const look of [aLook(), RESTARTING]) {
      expect(planned({ deployment: gaveUp, jobs: [aJob()], savepoints: failures(4, hours(1)), look })).toEqual({
        kind: 'rest',
        phase: 'FAILED',
        because: 'spent',
      });
    }
  });

  // Invariant 7. The code falls back to TRANSITIONING, with an opening event that nothing closes.
  it('stays FAILED after giving up, also while the cluster does not answer: only an edit leaves FAILED', () => {
    const gaveUp = { ...deployment, failedSpecVersion: 1, status: { ...deployment.status, state: 'FAILED' as const, because: 'spent' } };
    expect(planned({ deployment: gaveUp, jobs: [aJob()], savepoints: failures(4, hours(1)), look: UNREACHABLE })).toMatchObject({
      kind: 'rest',
      phase: 'FAILED',
    });
  });
});

// Invariant 6: nobody else starts processes of the Job's own cluster, so the job would never be healthy again. The code does this for
// desired RUNNING only; a suspension waits in AWAITING_HEALTHY_JOB for ever.
it('a dead TaskManager is brought back before a suspension too', () => {
  expect(planned({ deployment: suspended, jobs: [aJob()], look: { ...RESTARTING, missingTaskManagers: 1 } })).toMatchObject({ kind: 'ensureCluster' });
});

describe('a change of mind while a suspension is under way', () => {
  const open = anOpenSavepoint();

  it.each([
    ['RUNNING again', aDeployment({ specVersion: 2 })],
    ['a STATELESS upgrade', aDeployment({ specVersion: 2, upgrade: 'STATELESS', spec: { template: aTemplate('--version 3') } })],
    ['a STATEFUL upgrade', aDeployment({ specVersion: 2, spec: { template: aTemplate('--version 3') } })],
    ['CANCELLED', aDeployment({ specVersion: 2, state: 'CANCELLED' })],
  ])('to %s awaits what Flink was asked for (rule 3)', (_, deployment) => {
    expect(planned({ deployment, jobs: [aJob()], savepoints: [open], look: aLook() })).toMatchObject({ kind: 'awaitSavepoint', savepointId: savepointId(1) });
  });

  it('to RUNNING drops a request that was not sent yet', () => {
    expect(planned({ deployment: aDeployment({ specVersion: 2 }), jobs: [aJob()], savepoints: [{ ...open, triggered: false }], look: aLook() })).toMatchObject({
      kind: 'rest',
      phase: 'RUNNING',
    });
  });

  it('to a later template keeps the one request (A25)', () => {
    const deployment = aDeployment({ specVersion: 3, spec: { template: aTemplate('--version 3') } });
    expect(planned({ deployment, jobs: [aJob()], savepoints: [{ ...open, triggered: false }], look: aLook() })).toMatchObject({
      kind: 'stopWithSavepoint',
      savepointId: savepointId(1),
    });
  });
});
