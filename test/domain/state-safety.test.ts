// StateSafe: told before anything is lost, whether the next start would have the state it should have (scenarios A2, A7, A17, A21, A22, C6, D1).
import { describe, expect, it } from 'vitest';
import type { Condition, RestoreKind } from '../../domain/deployment.ts';
import type { Job } from '../../domain/job.ts';
import { stateSafety } from '../../domain/state-safety.ts';
import type { View } from '../../domain/view.ts';
import { aDeployment, type DeploymentOverrides } from '../fixtures/a-deployment.ts';
import { aFailedJob, aFailure, aFinishedJob, aJob, aStartingJob, aTerminatedJob } from '../fixtures/a-job.ts';
import { ago, minutes } from '../fixtures/a-moment.ts';
import { savepointId } from '../fixtures/an-id.ts';
import { aRetainedCheckpoint, aSavepoint } from '../fixtures/a-savepoint.ts';
import { aLook, aView, NOTHING, UNREACHABLE } from '../fixtures/a-view.ts';

const RETENTION = 'execution.checkpointing.externalized-checkpoint-retention';
const NOT_RETAINED = { flinkConfiguration: { [RETENTION]: 'NO_EXTERNALIZED_CHECKPOINTS' } };
const DELETED_ON_CANCEL = { flinkConfiguration: { [RETENTION]: 'DELETE_ON_CANCELLATION' } };
const SEES = aLook({ checkpoints: { completed: 3 } });
const OFF = aLook({ checkpoints: { completed: 0, off: true } });

const safety = (parts: Partial<View> & { readonly about?: DeploymentOverrides }) => {
  const { about = {}, ...view } = parts;
  return stateSafety(aView({ deployment: aDeployment(about), look: SEES, ...view }));
};
const whileRuns = (restore: RestoreKind, job: Partial<Job>, parts: Partial<View> = {}) =>
  safety({ about: { restore, phase: 'RUNNING' }, jobs: [aJob(job)], ...parts });

describe('while a job runs', () => {
  it.each<[string, RestoreKind, Partial<Job>, Partial<View>, string, string]>([
    ['LATEST_STATE with retention and a checkpoint', 'LATEST_STATE', {}, {}, 'True', 'CHECKPOINTS_RETAINED'],
    ['LATEST_STATE with retention, before the first checkpoint', 'LATEST_STATE', { hadState: false }, {}, 'Unknown', 'NO_STATE_YET'],
    [
      'the same of a job that restored a Savepoint',
      'LATEST_STATE',
      { hadState: false, restore: { savepointId: savepointId(1), location: 'file:///1' } },
      {},
      'True',
      'CHECKPOINTS_RETAINED',
    ],
    [
      'LATEST_STATE without retention, a Savepoint there (A21)',
      'LATEST_STATE',
      NOT_RETAINED,
      { savepoints: [aSavepoint()] },
      'False',
      'NO_RETAINED_CHECKPOINTS',
    ],
    ['LATEST_STATE without retention and without a Savepoint (A2)', 'LATEST_STATE', NOT_RETAINED, {}, 'False', 'CHECKPOINTS_NOT_RETAINED'],
    ['retention that a cancel discards (A2)', 'LATEST_STATE', DELETED_ON_CANCEL, {}, 'False', 'CHECKPOINTS_NOT_RETAINED'],
    ['LATEST_STATE without retention, before any state', 'LATEST_STATE', { ...NOT_RETAINED, hadState: false }, {}, 'False', 'NO_RETAINED_CHECKPOINTS'],
    ['checkpointing off (C6)', 'LATEST_STATE', { hadState: false }, { look: OFF }, 'False', 'NO_RETAINED_CHECKPOINTS'],
    ['restoreStrategy NONE (A17)', 'NONE', {}, { savepoints: [aSavepoint()] }, 'False', 'STATE_DISCARDED_BY_STRATEGY'],
    ['LATEST_SAVEPOINT with a Savepoint (A22)', 'LATEST_SAVEPOINT', {}, { savepoints: [aSavepoint()] }, 'True', 'SAVEPOINT_KNOWN'],
    ['LATEST_SAVEPOINT with nothing but a checkpoint', 'LATEST_SAVEPOINT', {}, { savepoints: [aRetainedCheckpoint()] }, 'False', 'NO_SAVEPOINT'],
    ['LATEST_SAVEPOINT before any state', 'LATEST_SAVEPOINT', { hadState: false }, {}, 'Unknown', 'NO_STATE_YET'],
  ])('%s', (_, restore, job, parts, status, reason) => {
    expect(whileRuns(restore, job, parts)).toMatchObject({ type: 'StateSafe', status, reason });
  });

  it('a job that started without the state of the one before is not safe before its own first checkpoint', () => {
    expect(whileRuns('LATEST_STATE', { hadState: false }, { deployment: aDeployment({ hadState: true, phase: 'RUNNING' }) })).toMatchObject({
      status: 'False',
      reason: 'CHECKPOINTS_NOT_RETAINED',
    });
  });

  it('is judged by the configuration the job was started with, not by an edit since (A2)', () => {
    const spec = { template: { spec: { ...aDeployment().spec.template.spec, flinkConfiguration: { [RETENTION]: 'RETAIN_ON_CANCELLATION' } } } };
    expect(safety({ about: { specVersion: 2, spec }, jobs: [aJob(NOT_RETAINED)] })).toMatchObject({ status: 'False' });
  });

  it('says what is wrong in a sentence', () => {
    for (const job of [NOT_RETAINED, { ...NOT_RETAINED, hadState: false }]) expect(whileRuns('LATEST_STATE', job).message).toMatch(/checkpoints .*Savepoint/);
    expect(whileRuns('LATEST_SAVEPOINT', {}).message).toMatch(/Savepoint/);
  });
});

// Invariant 8 and C1: what was known stays known while the cluster is silent.
describe('silence', () => {
  it.each([UNREACHABLE, aLook(), NOTHING])('does not make a job safe that does not checkpoint (C6): %j', (look) => {
    const was: Condition = { ...whileRuns('LATEST_STATE', { hadState: false }, { look: OFF }), lastTransitionTime: 1, lastUpdateTime: 1 };
    const deployment = aDeployment({ phase: 'RUNNING', status: { conditions: [was] } });
    expect(whileRuns('LATEST_STATE', { hadState: false }, { deployment, look })).toMatchObject({ status: 'False', reason: 'NO_RETAINED_CHECKPOINTS' });
  });

  it('does not make an unsafe one of a safe one', () => {
    expect(whileRuns('LATEST_STATE', {}, { look: UNREACHABLE })).toMatchObject({ status: 'True' });
  });

  it('is over when Flink tells that checkpoints are on again', () => {
    const was: Condition = { ...whileRuns('LATEST_STATE', { hadState: false }, { look: OFF }), lastTransitionTime: 1, lastUpdateTime: 1 };
    const deployment = aDeployment({ phase: 'RUNNING', status: { conditions: [was] } });
    expect(whileRuns('LATEST_STATE', {}, { deployment, look: SEES })).toMatchObject({ status: 'True', reason: 'CHECKPOINTS_RETAINED' });
  });
});

describe('between two jobs, and while one starts', () => {
  const gone = { end: { how: 'GONE' as const, failure: aFailure() } };

  it.each<[string, Partial<View> & { readonly about?: DeploymentOverrides }, string, string]>([
    ['nothing ever ran', {}, 'True', 'NOTHING_TO_LOSE'],
    ['a Savepoint to start from', { jobs: [aTerminatedJob()], savepoints: [aSavepoint()] }, 'True', 'RESTORE_SOURCE_KNOWN'],
    ['the same while the next one starts', { jobs: [aStartingJob()], savepoints: [aSavepoint()] }, 'True', 'RESTORE_SOURCE_KNOWN'],
    [
      'a job that ended and is not closed yet',
      { jobs: [aJob({ end: { how: 'CANCELED' }, collected: true })], savepoints: [aRetainedCheckpoint()] },
      'True',
      'RESTORE_SOURCE_KNOWN',
    ],
    ['state that should have survived is not found (A7, D1)', { jobs: [aFailedJob({ ...gone, hadState: true })] }, 'False', 'MANUAL_RESTORE_REQUIRED'],
    [
      'the same without retention: the JobManager went without a word (D1)',
      { jobs: [aFailedJob({ ...gone, ...NOT_RETAINED, hadState: true })] },
      'False',
      'MANUAL_RESTORE_REQUIRED',
    ],
    ['checkpoints that were discarded by retention (A2)', { jobs: [aTerminatedJob(NOT_RETAINED)] }, 'False', 'CHECKPOINTS_NOT_RETAINED'],
    ['a bounded job that came to its end', { jobs: [aFinishedJob()] }, 'False', 'CHECKPOINTS_NOT_RETAINED'],
    [
      'restoreStrategy NONE (A17)',
      { about: { restore: 'NONE' }, jobs: [aTerminatedJob()], savepoints: [aSavepoint()] },
      'False',
      'STATE_DISCARDED_BY_STRATEGY',
    ],
    ['restoreStrategy NONE before any state', { about: { restore: 'NONE' }, jobs: [aTerminatedJob({ hadState: false })] }, 'True', 'NOTHING_TO_LOSE'],
    [
      'drey.dev/require-state and nothing to start from',
      { about: { annotations: { 'drey.dev/require-state': 'true' } }, jobs: [aTerminatedJob(NOT_RETAINED)] },
      'False',
      'MANUAL_RESTORE_REQUIRED',
    ],
    [
      'LATEST_SAVEPOINT and nothing but a checkpoint',
      { about: { restore: 'LATEST_SAVEPOINT' }, jobs: [aTerminatedJob()], savepoints: [aRetainedCheckpoint()] },
      'False',
      'MANUAL_RESTORE_REQUIRED',
    ],
  ])('%s', (_, parts, status, reason) => {
    expect(safety({ look: NOTHING, ...parts })).toMatchObject({ status, reason });
  });

  it('names the last known location when it is lost (A7)', () => {
    const newestCheckpoint = { id: 9, at: ago(minutes(20)), location: 's3://b/chk-9' };
    expect(safety({ jobs: [aFailedJob({ ...gone, hadState: true, newestCheckpoint })] }).message).toContain('s3://b/chk-9');
  });
});
