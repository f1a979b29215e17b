// From which state a Job starts: the newest that the strategy allows, never an older one, never empty by accident (D19, D23; invariant 3).
import { describe, expect, it } from 'vitest';
import { chooseRestore, newestFor } from '../../domain/restore.ts';
import type { Job, JobEnd } from '../../domain/job.ts';
import type { Savepoint } from '../../domain/savepoint.ts';
import type { View } from '../../domain/view.ts';
import { aDeployment } from '../fixtures/a-deployment.ts';
import { aFailedJob, aFailure, aFinishedJob, aTerminatedJob } from '../fixtures/a-job.ts';
import { ago, days, hours, minutes } from '../fixtures/a-moment.ts';
import { jobId, savepointId } from '../fixtures/an-id.ts';
import { aCopiedSavepoint, aFailedSavepoint, anOpenSavepoint, aRetainedCheckpoint, aSavepoint } from '../fixtures/a-savepoint.ts';
import { aView } from '../fixtures/a-view.ts';

const S2 = savepointId(2);

describe('the newest Savepoint (D19)', () => {
  const older = (over: Partial<Savepoint> = {}) => aSavepoint({ capturedAt: ago(hours(2)), ...over });

  it.each<[string, Savepoint, Savepoint]>([
    ['by the moment its state was captured', older(), aSavepoint({ id: S2, capturedAt: ago(hours(1)) })],
    [
      'within one Job by the checkpoint id, whatever the clocks say',
      aRetainedCheckpoint({ checkpointId: 8, capturedAt: ago(minutes(1)) }),
      aRetainedCheckpoint({ id: S2, checkpointId: 9, capturedAt: ago(hours(9)) }),
    ],
    ['by number, not by text', aRetainedCheckpoint({ checkpointId: 9 }), aRetainedCheckpoint({ id: S2, checkpointId: 10 })],
    [
      'across Jobs by time, not by checkpoint id',
      older({ jobId: jobId(1), checkpointId: 900 }),
      aRetainedCheckpoint({ id: S2, jobId: jobId(2), checkpointId: 3 }),
    ],
    ['a registered one counts from its registration', aSavepoint({ capturedAt: ago(minutes(5)) }), aCopiedSavepoint({ id: S2, capturedAt: ago(minutes(1)) })],
    [
      'a registered one has no checkpoint id to go by',
      aRetainedCheckpoint({ checkpointId: 9 }),
      aCopiedSavepoint({ id: S2, jobId: jobId(1), checkpointId: 1, capturedAt: ago(minutes(1)) }),
    ],
    ['not by the moment the row was made', older({ createdAt: ago(0) }), aSavepoint({ id: S2, capturedAt: ago(hours(1)), createdAt: ago(days(1)) })],
  ])('is told %s', (_, other, newest) => {
    expect(newestFor('LATEST_STATE', [other, newest])?.id).toBe(S2);
    expect(newestFor('LATEST_STATE', [newest, other])?.id).toBe(S2);
  });

  it('is of any origin for LATEST_STATE, and no retained checkpoint for LATEST_SAVEPOINT', () => {
    for (const origin of ['USER_REQUEST', 'SUSPEND', 'COPIED'] as const) {
      const savepoints = [aRetainedCheckpoint({ id: S2, capturedAt: ago(minutes(1)) }), older({ origin })];
      expect(newestFor('LATEST_STATE', savepoints)?.id).toBe(S2);
      expect(newestFor('LATEST_SAVEPOINT', savepoints)?.id).toBe(savepointId(1));
    }
    expect(newestFor('LATEST_SAVEPOINT', [aRetainedCheckpoint()])).toBeUndefined();
  });

  it.each(['STARTED', 'FAILED', 'PENDING_DELETION', 'DELETING', 'FAILED_DELETION'] as const)('is never one in %s', (state) => {
    for (const strategy of ['LATEST_STATE', 'LATEST_SAVEPOINT'] as const) {
      expect(newestFor(strategy, [aSavepoint({ id: S2, state, capturedAt: ago(0) }), older()])?.id).toBe(savepointId(1));
      expect(newestFor(strategy, [aSavepoint({ state })])).toBeUndefined();
    }
  });

  it('is never one without a location', () => {
    expect(newestFor('LATEST_STATE', [anOpenSavepoint({ state: 'COMPLETED' })])).toBeUndefined();
  });
});

describe('the next Job starts', () => {
  const choose = (parts: Partial<View>, restore: 'LATEST_STATE' | 'LATEST_SAVEPOINT' | 'NONE' = 'LATEST_STATE') =>
    chooseRestore(aView({ deployment: aDeployment({ restore }), ...parts }));
  const failure = aFailure();

  it('from the newest', () => {
    expect(choose({ jobs: [aTerminatedJob()], savepoints: [aSavepoint()] })).toMatchObject({ kind: 'from', savepoint: { id: savepointId(1) } });
  });

  it('empty under NONE, whatever there is and whatever was lost (A17)', () => {
    expect(choose({ jobs: [aTerminatedJob()], savepoints: [aSavepoint()] }, 'NONE')).toMatchObject({ kind: 'empty' });
    expect(choose({ jobs: [aFailedJob({ hadState: true })] }, 'NONE')).toMatchObject({ kind: 'empty' });
  });

  it.each(['LATEST_STATE', 'LATEST_SAVEPOINT'] as const)('empty for the first time, under %s', (restore) => {
    expect(choose({}, restore)).toMatchObject({ kind: 'empty' });
    expect(choose({ jobs: [aFailedJob()], savepoints: [aFailedSavepoint()] }, restore)).toMatchObject({ kind: 'empty' });
  });

  it('from a registered location, on a Deployment that never ran', () => {
    expect(choose({ savepoints: [aCopiedSavepoint()] })).toMatchObject({ kind: 'from' });
  });

  describe('nothing is started when state should have survived and cannot be found (D23, A7)', () => {
    const ran = (end: JobEnd, retention?: string): Job => {
      const { cancelling: _, ...job } = aTerminatedJob();
      const flinkConfiguration = {
        'execution.checkpointing.interval': '10s',
        ...(retention === undefined ? {} : { 'execution.checkpointing.externalized-checkpoint-retention': retention }),
      };
      return { ...job, end, flinkConfiguration };
    };
    const FAILED: JobEnd = { how: 'FAILED', failure };
    const GONE: JobEnd = { how: 'GONE', failure };
    const CANCELED: JobEnd = { how: 'CANCELED' };

    it.each([CANCELED, FAILED, GONE])('RETAIN_ON_CANCELLATION, $how', (end) => {
      expect(choose({ jobs: [ran(end, 'RETAIN_ON_CANCELLATION')] })).toMatchObject({ kind: 'lost' });
    });

    // Invariant 3: "a checkpoint that its Job's retention keeps for the way the job ended" (flink.md §4.2). The code starts empty.
    it.each([FAILED, GONE])('DELETE_ON_CANCELLATION keeps them when the job was not cancelled, $how', (end) => {
      expect(choose({ jobs: [ran(end, 'DELETE_ON_CANCELLATION')] })).toMatchObject({ kind: 'lost' });
    });

    it.each([
      ['DELETE_ON_CANCELLATION, cancelled', ran(CANCELED, 'DELETE_ON_CANCELLATION')],
      ['NO_EXTERNALIZED_CHECKPOINTS, failed', ran(FAILED, 'NO_EXTERNALIZED_CHECKPOINTS')],
      ["no retention set, which is Flink's default of none, cancelled", ran(CANCELED)],
      ['a bounded job at its end', aFinishedJob()],
      ['a job that never completed a checkpoint', { ...ran(GONE, 'RETAIN_ON_CANCELLATION'), hadState: false }],
    ])('but it is when nothing was meant to survive: %s', (_, job) => {
      expect(choose({ jobs: [job] })).toMatchObject({ kind: 'empty' });
    });

    const lost = ran(GONE, 'RETAIN_ON_CANCELLATION');

    it('not from an older Savepoint: never back in time', () => {
      expect(choose({ jobs: [lost], savepoints: [aSavepoint({ jobId: jobId(7), capturedAt: ago(hours(9)) })] })).toMatchObject({ kind: 'lost' });
      expect(choose({ jobs: [lost], savepoints: [aCopiedSavepoint({ capturedAt: ago(hours(9)) })] })).toMatchObject({ kind: 'lost' });
    });

    it('until somebody registers a Savepoint', () => {
      expect(choose({ jobs: [lost], savepoints: [aCopiedSavepoint({ capturedAt: ago(minutes(1)) })] })).toMatchObject({ kind: 'from' });
    });

    it('also after a later attempt that never got anywhere', () => {
      expect(choose({ jobs: [aFailedJob({ id: jobId(2) }), lost] })).toMatchObject({ kind: 'lost' });
    });

    it('and says so with the word to search for, the Job, and both ways out', () => {
      expect(choose({ jobs: [lost] })).toMatchObject({
        because: expect.stringMatching(new RegExp(`^MANUAL_RESTORE_REQUIRED: .*${lost.id}.*[Rr]egister.*NONE`)),
      });
    });
  });

  it('from the last Savepoint under LATEST_SAVEPOINT, although the checkpoints since are lost: they are no source of it (A22)', () => {
    const { cancelling: _, ...job } = aTerminatedJob();
    const gone = { ...job, end: { how: 'GONE' as const, failure } };
    expect(choose({ jobs: [gone], savepoints: [aSavepoint({ jobId: jobId(7), capturedAt: ago(hours(9)) })] }, 'LATEST_SAVEPOINT')).toMatchObject({
      kind: 'from',
    });
  });

  it('from the source of a Job that restored it and died before a checkpoint of its own: nothing was lost (D4)', () => {
    const source = aSavepoint();
    const second = aFailedJob({ id: jobId(2), restore: { savepointId: source.id, location: source.location ?? '' } });
    expect(choose({ jobs: [second, aTerminatedJob()], savepoints: [source] })).toMatchObject({ kind: 'from', savepoint: { id: source.id } });
  });
});
