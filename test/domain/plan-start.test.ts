// A start: how often, when, from which state and with whose template (design.md §4 rules 4 to 6; D8, D20 to D23).
import { describe, expect, it } from 'vitest';
import type { View } from '../../domain/view.ts';
import { aDeployment, aTemplate } from '../fixtures/a-deployment.ts';
import { aFailedJob, aFailure, aFinishedJob, aTerminatedJob, LOCAL, SESSION } from '../fixtures/a-job.ts';
import { ago, hours, minutes, seconds } from '../fixtures/a-moment.ts';
import { jobId, savepointId } from '../fixtures/an-id.ts';
import { aCopiedSavepoint, aRetainedCheckpoint, aSavepoint } from '../fixtures/a-savepoint.ts';
import { planned } from '../fixtures/a-view.ts';

/** J1 … Jn failed, the last of them `sinceMs` ago; newest first. */
const failures = (n: number, sinceMs = hours(1), spacingMs = minutes(1)) =>
  Array.from({ length: n }, (_, i) => {
    const failedAt = ago(sinceMs + i * spacingMs);
    return aFailedJob({ id: jobId(n - i), createdAt: failedAt - 1000, terminatedAt: failedAt, failure: aFailure(`reason ${n - i}`, failedAt) });
  });

describe('a first start', () => {
  it('makes a Job of its own for the spec, without state', () => {
    expect(planned()).toMatchObject({ kind: 'fetchArtifact', jobId: jobId(9), attempt: 1, create: { restoreFrom: null, templateOf: 'spec' } });
  });

  it('says why it starts empty', () => {
    expect(planned()).toMatchObject({ because: expect.stringContaining('without state') });
  });
});

describe('attempts to start', () => {
  it.each([1, 2, 3])('after %i failures of 4 the next attempt is made', (n) => {
    expect(planned({ jobs: failures(n) })).toMatchObject({ kind: 'fetchArtifact', jobId: jobId(9), attempt: n + 1 });
  });

  it('gives up exactly at the limit and names the last reason', () => {
    const step = planned({ jobs: failures(4) });
    expect(step).toMatchObject({ kind: 'giveUp', code: 'TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS' });
    expect(step).toMatchObject({ because: expect.stringMatching(/4 of 4.*reason 4/) });
  });

  it('gives up after one failure when one attempt is allowed', () => {
    expect(planned({ deployment: aDeployment({ spec: { maxJobCreationAttempts: 1 } }), jobs: failures(1) })).toMatchObject({ kind: 'giveUp' });
  });

  it('gives up although the target is missing: the attempts are spent', () => {
    expect(planned({ jobs: failures(4), place: { kind: 'missing', because: 'no target' } })).toMatchObject({ kind: 'giveUp' });
  });

  it('goes on, attempt after attempt, while failures expire as fast as they come (D3)', () => {
    const deployment = aDeployment({ spec: { jobFailureExpirationTime: '10 min' } });
    expect(planned({ deployment, jobs: failures(50, minutes(1), minutes(4)) })).toMatchObject({ kind: 'fetchArtifact', attempt: 4 });
  });
});

describe('the pause between two attempts', () => {
  it.each([
    [1, 1],
    [2, 2],
    [3, 4],
    [4, 8],
    [6, 32],
    [7, 60],
    [12, 60],
  ])('after %i failures is %i s, and up to a fifth less so that many do not come back together', (n, pause) => {
    const deployment = aDeployment({ spec: { maxJobCreationAttempts: 99 } });
    const first = planned({ deployment, jobs: failures(n, 0) });
    const forMs = first.kind === 'pause' ? first.forMs : 0;
    expect(forMs).toBeLessThanOrEqual(seconds(pause));
    expect(forMs).toBeGreaterThanOrEqual(seconds(pause) * 0.8);
    expect(planned({ deployment, jobs: failures(n, forMs - 1) })).toMatchObject({ kind: 'pause', forMs: 1 });
    expect(planned({ deployment, jobs: failures(n, forMs) })).toMatchObject({ kind: 'fetchArtifact' });
  });

  it('is cut short by a new specVersion (D21)', () => {
    expect(planned({ deployment: aDeployment({ specVersion: 2 }), jobs: failures(3, 0) })).toMatchObject({ kind: 'fetchArtifact', attempt: 1 });
  });

  it('does not come after a job that was cancelled or finished', () => {
    expect(planned({ jobs: [aTerminatedJob({ terminatedAt: ago(0) })], savepoints: [aRetainedCheckpoint()] })).toMatchObject({ kind: 'fetchArtifact' });
  });
});

describe('a place that is not there (D20)', () => {
  const missing: View['place'] = { kind: 'missing', because: 'the deployment target "blue" does not exist' };
  const notReady: View['place'] = { kind: 'notReady', place: SESSION, because: 'TARGET_NOT_READY: the session cluster "shared" is STOPPED' };

  it.each([missing, notReady])('is waited for in TRANSITIONING, to be looked at again: $kind', (place) => {
    expect(planned({ place })).toMatchObject({ kind: 'rest', phase: 'TRANSITIONING', because: place.because, wakeInMs: expect.any(Number) });
  });

  it('costs no attempt: the next start is the one that was due', () => {
    const jobs = failures(2);
    expect(planned({ jobs, place: missing })).toMatchObject({ kind: 'rest', phase: 'TRANSITIONING' });
    expect(planned({ jobs })).toMatchObject({ kind: 'fetchArtifact', attempt: 3 });
  });
});

describe('a retry', () => {
  const restore = { savepointId: savepointId(1), location: 'file:///blobs/1' };
  const failed = aFailedJob({ id: jobId(2), restore, createdAt: ago(minutes(20)) });

  it('keeps the source of the attempt that failed', () => {
    expect(planned({ jobs: [failed, aTerminatedJob()], savepoints: [aSavepoint()] })).toMatchObject({ create: { restoreFrom: savepointId(1) } });
  });

  it('after four failures and a corrected template still starts from that source, at attempt 1', () => {
    const deployment = aDeployment({ specVersion: 2, spec: { template: aTemplate('--version 2') } });
    expect(planned({ deployment, jobs: [failed], savepoints: [aSavepoint()] })).toMatchObject({
      attempt: 1,
      create: { restoreFrom: savepointId(1), templateOf: 'spec' },
    });
  });

  it('starts from a Savepoint that was registered meanwhile', () => {
    const registered = aCopiedSavepoint({ id: savepointId(2), capturedAt: ago(minutes(1)), createdAt: ago(minutes(1)) });
    expect(planned({ jobs: [failed], savepoints: [registered, aSavepoint()] })).toMatchObject({ create: { restoreFrom: savepointId(2) } });
  });

  it('starts from what the failed attempt left, when it had come further', () => {
    const ran = aFailedJob({ id: jobId(2), restore, hadState: true, startedAt: ago(minutes(15)) });
    const left = aRetainedCheckpoint({ id: savepointId(2), jobId: jobId(2), capturedAt: ago(minutes(11)) });
    expect(planned({ jobs: [ran], savepoints: [left, aSavepoint()] })).toMatchObject({ create: { restoreFrom: savepointId(2) } });
  });

  // design.md rule 4, D27: "retry the same source". The code takes the checkpoint of the job that ran on the wrong state.
  it('after a wrong restore keeps the source, although the wrong job left checkpoints', () => {
    const wrong = aFailedJob({ id: jobId(2), restore, hadState: true, cancelling: 'WRONG_RESTORE', end: { how: 'CANCELED' }, startedAt: ago(minutes(15)) });
    const left = aRetainedCheckpoint({ id: savepointId(2), jobId: jobId(2), capturedAt: ago(minutes(11)) });
    expect(planned({ jobs: [wrong], savepoints: [left, aSavepoint()] })).toMatchObject({ create: { restoreFrom: savepointId(1) } });
  });

  it('after a wrong restore without checkpoints keeps the source and counts the attempt (D27)', () => {
    const wrong = aFailedJob({ id: jobId(2), restore, cancelling: 'WRONG_RESTORE', end: { how: 'CANCELED' }, startedAt: ago(minutes(15)) });
    expect(planned({ jobs: [wrong], savepoints: [aSavepoint()] })).toMatchObject({ attempt: 2, create: { restoreFrom: savepointId(1) } });
  });

  // scenarios.md A: "Savepoints in PENDING_DELETION … are never a source". The code keeps it because the attempt before had it.
  it('does not keep a source that is being deleted', () => {
    const savepoints = [aSavepoint({ state: 'PENDING_DELETION' }), aSavepoint({ id: savepointId(2), capturedAt: ago(hours(1)) })];
    expect(planned({ jobs: [failed], savepoints })).not.toMatchObject({ create: { restoreFrom: savepointId(1) } });
  });
});

describe('whose template is started', () => {
  const edited = (upgrade: 'NONE' | 'STATELESS' | 'STATEFUL', status = {}) =>
    aDeployment({ upgrade, specVersion: 2, spec: { template: aTemplate('--version 2') }, status });
  const ranAndFailed = aFailedJob({ startedAt: ago(hours(1)), hadState: true });
  const savepoints = [aRetainedCheckpoint()];

  it('under NONE, that of the job that failed (D22)', () => {
    expect(planned({ deployment: edited('NONE'), jobs: [ranAndFailed], savepoints })).toMatchObject({
      create: { templateOf: jobId(1), restoreFrom: savepointId(1) },
    });
  });

  it('under NONE, that of the job that somebody cancelled at Flink', () => {
    const { cancelling: _, ...cancelledOutside } = aTerminatedJob();
    expect(planned({ deployment: edited('NONE'), jobs: [cancelledOutside], savepoints })).toMatchObject({ create: { templateOf: jobId(1) } });
  });

  it.each(['STATELESS', 'STATEFUL'] as const)("under %s, today's", (upgrade) => {
    expect(planned({ deployment: edited(upgrade), jobs: [ranAndFailed], savepoints })).toMatchObject({
      create: { templateOf: 'spec', restoreFrom: savepointId(1) },
    });
  });

  it("under NONE, today's once the user has stopped and started it", () => {
    expect(planned({ deployment: edited('NONE', { leftJobId: jobId(1) }), jobs: [aTerminatedJob()], savepoints })).toMatchObject({
      create: { templateOf: 'spec' },
    });
  });

  it("under NONE, today's when no job ever came to run: a corrected template is taken (A11)", () => {
    expect(planned({ deployment: edited('NONE'), jobs: [aFailedJob()] })).toMatchObject({ create: { templateOf: 'spec', restoreFrom: null } });
  });

  // D22, A23: recovery keeps J1's template until the user stops and starts. The code forgets it when J2 fails before it runs.
  it("under NONE, still J1's after a recovery that did not come to run either", () => {
    const second = aFailedJob({ id: jobId(2), specVersion: 2, terminatedAt: ago(minutes(5)) });
    const step = planned({ deployment: edited('NONE'), jobs: [second, ranAndFailed], savepoints });
    expect(step).not.toMatchObject({ create: { templateOf: 'spec' } });
  });
});

describe('state that cannot be found', () => {
  it('is asked for rather than given up: nothing is started, neither empty nor from an older one (D23)', () => {
    const lost = aFailedJob({ hadState: true, startedAt: ago(hours(1)) });
    const older = aSavepoint({ jobId: jobId(7), capturedAt: ago(hours(9)) });
    expect(planned({ jobs: [lost], savepoints: [older] })).toMatchObject({
      kind: 'giveUp',
      code: 'MANUAL_RESTORE_REQUIRED',
      because: expect.stringMatching(/^MANUAL_RESTORE_REQUIRED/),
    });
  });

  it('keeps nobody from starting empty with restoreStrategy NONE', () => {
    const lost = aFailedJob({ hadState: true, startedAt: ago(hours(1)) });
    expect(planned({ deployment: aDeployment({ restore: 'NONE' }), jobs: [lost] })).toMatchObject({ kind: 'fetchArtifact', create: { restoreFrom: null } });
  });
});

describe('a start on another place', () => {
  it('is as good as any other when the target was changed while nothing ran', () => {
    const place = { kind: 'ready', place: SESSION } as const;
    expect(planned({ place, jobs: [aFinishedJob({ place: LOCAL })] })).toMatchObject({ kind: 'fetchArtifact' });
  });
});
