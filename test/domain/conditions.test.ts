// The conditions of a Deployment in every state: which, with which reason a program can read, and since when (vvp.md §1.2; scenarios "Ours").
import { describe, expect, it } from 'vitest';
import type { Condition, ConditionType, DeploymentStatus } from '../../domain/deployment.ts';
import { plan } from '../../domain/plan.ts';
import { statusAfter } from '../../domain/status.ts';
import type { View } from '../../domain/view.ts';
import { aDeployment, aTemplate, type DeploymentOverrides } from '../fixtures/a-deployment.ts';
import { aFailedJob, aFinishedJob, aJob, aStartingJob, aTerminatedJob, RETAINED, SESSION } from '../fixtures/a-job.ts';
import { ago, hours, minutes, NOW, seconds } from '../fixtures/a-moment.ts';
import { jobId, savepointId } from '../fixtures/an-id.ts';
import { anOpenSavepoint, aSavepoint } from '../fixtures/a-savepoint.ts';
import { aLook, aView, DEPLOYING, GONE, learned, RESTARTING, STARTING, UNKNOWN_JOB, UNREACHABLE } from '../fixtures/a-view.ts';

/** The status after a decision as the activity makes it: look, learn, plan, status. */
function statusOf(parts: Partial<View>, now = NOW): DeploymentStatus {
  const view = learned(aView(parts), now);
  return statusAfter(view, plan(view, now), now);
}
const conditions = (parts: Partial<View>) => statusOf(parts).conditions;
const find = (type: ConditionType, parts: Partial<View>) => conditions(parts).find((c) => c.type === type);
const running = (over: DeploymentOverrides = {}) => aDeployment({ phase: 'RUNNING', ...over });
const edited = (over: DeploymentOverrides = {}) => running({ specVersion: 2, spec: { template: aTemplate('--version 2') }, ...over });
const REQUIRED = { annotations: { 'drey.dev/require-state': 'true' } };

describe('UpToDate and StateSafe', () => {
  it.each<[string, Partial<View>]>([
    ['RUNNING', { deployment: running(), jobs: [aJob()], look: aLook() }],
    ['TRANSITIONING', { jobs: [aStartingJob()], look: DEPLOYING }],
    ['SUSPENDED', { deployment: aDeployment({ state: 'SUSPENDED', phase: 'SUSPENDED' }), savepoints: [aSavepoint()] }],
    ['CANCELLED', { deployment: aDeployment({ state: 'CANCELLED', phase: 'CANCELLED' }) }],
    ['FAILED', { deployment: aDeployment({ phase: 'FAILED', failedSpecVersion: 1 }), jobs: [aFailedJob()] }],
    ['FINISHED', { deployment: aDeployment({ phase: 'FINISHED' }), jobs: [aFinishedJob()] }],
  ])('are there in %s', (state, parts) => {
    const status = statusOf(parts);
    expect(status.state).toBe(state);
    expect(status.conditions.map(({ type }) => type)).toEqual(expect.arrayContaining(['UpToDate', 'StateSafe']));
  });

  it('are all there is while no Job is live: the others are about a job', () => {
    expect(conditions({ deployment: aDeployment({ state: 'CANCELLED' }), jobs: [aTerminatedJob()] }).map(({ type }) => type)).toEqual([
      'UpToDate',
      'StateSafe',
    ]);
  });

  it('are joined by the health of the job once it started', () => {
    expect(conditions({ deployment: running(), jobs: [aJob()], look: aLook({ checkpoints: { completed: 1 } }) }).map(({ type }) => type)).toEqual([
      'UpToDate',
      'StateSafe',
      'ClusterUnreachable',
      'JobFailing',
      'JobUnstable',
      'CheckpointsStalled',
    ]);
    expect(conditions({ jobs: [aStartingJob()], look: DEPLOYING }).map(({ type }) => type)).toEqual(['UpToDate', 'StateSafe', 'ClusterUnreachable']);
  });
});

describe('UpToDate', () => {
  const upToDate = (parts: Partial<View>) => find('UpToDate', parts);
  const jobs = [aJob()];

  it.each<[string, Partial<View>]>([
    ['RUNS_SPEC', { deployment: running(), jobs, look: aLook() }],
    ['RUNS_SPEC', { deployment: running(), jobs, look: UNREACHABLE }],
    ['RUNS_SPEC', { deployment: running(), jobs, look: RESTARTING }],
    ['RUNS_SPEC', { deployment: running({ upgrade: 'NONE' }), jobs, look: aLook() }],
    ['RUNS_SPEC', { deployment: running(), jobs, savepoints: [anOpenSavepoint({ origin: 'USER_REQUEST' })], look: aLook() }],
    ['RUNS_SPEC', { deployment: running(), jobs, savepoints: [anOpenSavepoint({ origin: 'USER_REQUEST', triggered: false })], look: aLook() }],
    ['RUNS_SPEC', { deployment: running(), jobs, look: aLook({ missingTaskManagers: 1 }) }],
    ['AT_REST', { deployment: aDeployment({ state: 'CANCELLED' }), jobs: [aTerminatedJob()] }],
    ['AT_REST', { deployment: aDeployment({ state: 'SUSPENDED' }), jobs: [aTerminatedJob()], savepoints: [aSavepoint()] }],
    ['AT_REST', { deployment: aDeployment(), jobs: [aFinishedJob()] }],
  ])('is True with %s', (reason, parts) => {
    expect(upToDate(parts)).toMatchObject({ status: 'True', reason });
  });

  it('stays True when only strategies, limits or metadata change (A20)', () => {
    const deployment = running({
      specVersion: 2,
      upgrade: 'STATELESS',
      restore: 'LATEST_SAVEPOINT',
      labels: { env: 'b' },
      spec: { maxJobCreationAttempts: 9 },
    });
    expect(upToDate({ deployment, jobs, savepoints: [aSavepoint()], look: aLook() })).toMatchObject({ status: 'True' });
  });

  it.each<[string, string, Partial<View>]>([
    ['UPGRADE_STRATEGY_NONE', 'A23', { deployment: edited({ upgrade: 'NONE' }), jobs, look: aLook() }],
    ['UPGRADE_STRATEGY_NONE', 'A23, a FINISHED job', { deployment: edited({ upgrade: 'NONE', phase: 'FINISHED' }), jobs: [aFinishedJob()] }],
    [
      'UPGRADE_STRATEGY_NONE',
      'A23, also while a user takes a savepoint',
      { deployment: edited({ upgrade: 'NONE' }), jobs, savepoints: [anOpenSavepoint({ origin: 'USER_REQUEST' })], look: aLook() },
    ],
    [
      'UPGRADE_STRATEGY_NONE',
      'A23, also while a TaskManager is brought back',
      { deployment: edited({ upgrade: 'NONE' }), jobs, look: aLook({ missingTaskManagers: 1 }) },
    ],
    ['AWAITING_SAVEPOINT', 'A14', { deployment: edited(), jobs, savepoints: [anOpenSavepoint({ origin: 'USER_REQUEST' })], look: aLook() }],
    [
      'AWAITING_SAVEPOINT',
      'A14, before a suspension',
      { deployment: running({ state: 'SUSPENDED' }), jobs, savepoints: [anOpenSavepoint({ origin: 'USER_REQUEST' })], look: aLook() },
    ],
    ['AWAITING_HEALTHY_JOB', 'A15, restarting', { deployment: edited(), jobs, look: RESTARTING }],
    ['AWAITING_HEALTHY_JOB', 'A15, its JobManager is silent', { deployment: edited(), jobs, look: UNREACHABLE }],
    ['AWAITING_HEALTHY_JOB', 'A15, its JobManager does not know it yet', { deployment: edited(), jobs, look: UNKNOWN_JOB }],
    ['AWAITING_HEALTHY_JOB', 'A15, a suspension', { deployment: running({ state: 'SUSPENDED' }), jobs, look: UNREACHABLE }],
    ['CLUSTER_UNREACHABLE', 'A, "cancel when reachable"', { deployment: edited({ upgrade: 'STATELESS' }), jobs, look: UNREACHABLE }],
    ['CLUSTER_UNREACHABLE', 'E5', { deployment: running({ state: 'CANCELLED' }), jobs, look: UNREACHABLE }],
    ['AWAITING_SUBMIT_OUTCOME', 'rule 1', { jobs: [aStartingJob({ submit: 'OPEN', openCalls: 1 })], look: UNREACHABLE }],
    [
      'TARGET_NOT_READY',
      'G4',
      { deployment: edited(), jobs, look: aLook(), place: { kind: 'notReady', place: SESSION, because: 'TARGET_NOT_READY: it is STOPPED' } },
    ],
    ['TARGET_NOT_READY', 'G11', { place: { kind: 'missing', because: 'no target' } }],
    ['STATE_WOULD_BE_DISCARDED', 'A17', { deployment: edited({ restore: 'NONE', ...REQUIRED }), jobs, look: aLook() }],
    ['NO_RESTORE_SOURCE', 'A2', { deployment: edited({ upgrade: 'STATELESS', ...REQUIRED }), jobs: [aJob({ flinkConfiguration: {} })], look: aLook() }],
    ['AWAITING_NEXT_ATTEMPT', 'D3', { jobs: [aFailedJob({ terminatedAt: ago(seconds(0.1)) })] }],
    ['TRANSITIONING', 'a start', { jobs: [aStartingJob()], look: STARTING }],
    ['TRANSITIONING', 'an upgrade', { deployment: edited(), jobs, look: aLook() }],
    ['TRANSITIONING', 'a stop under way', { deployment: running({ state: 'SUSPENDED' }), jobs, savepoints: [anOpenSavepoint()], look: aLook() }],
    ['TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS', '7', { deployment: aDeployment({ spec: { maxJobCreationAttempts: 1 } }), jobs: [aFailedJob()] }],
    ['MANUAL_RESTORE_REQUIRED', 'A7', { jobs: [aFailedJob({ hadState: true, terminatedAt: ago(hours(1)) })] }],
  ])('is False with %s (%s)', (reason, _, parts) => {
    const told = upToDate(parts);
    expect(told).toMatchObject({ status: 'False', reason });
    expect(told?.message).not.toBe('');
  });

  it('keeps the reason for which drey gave up as long as it is FAILED', () => {
    const first = statusOf({ deployment: aDeployment({ spec: { maxJobCreationAttempts: 1 } }), jobs: [aFailedJob()] });
    const deployment = aDeployment({ spec: { maxJobCreationAttempts: 1 }, failedSpecVersion: 1, status: first });
    const later = statusOf({ deployment, jobs: [aFailedJob()] }, NOW + minutes(5));
    expect(later.conditions).toEqual(first.conditions);
  });

  it('of a FAILED Deployment whose reason was never told is False all the same', () => {
    const deployment = aDeployment({ failedSpecVersion: 1, phase: 'FAILED', status: { because: 'the attempts are spent' } });
    expect(upToDate({ deployment, jobs: [aFailedJob()] })).toMatchObject({ status: 'False', reason: 'FAILED', message: 'the attempts are spent' });
  });

  it('says since which version the job is outdated', () => {
    expect(upToDate({ deployment: edited({ upgrade: 'NONE' }), jobs, look: aLook() })?.message).toContain('version 2');
  });
});

describe('ClusterUnreachable', () => {
  const unreachable = (look: View['look'], before: readonly Condition[] = []) =>
    find('ClusterUnreachable', { deployment: running({ status: { conditions: before } }), jobs: [aJob()], look });
  const WAS: Condition = { type: 'ClusterUnreachable', status: 'True', reason: 'NO_ANSWER', message: 'x', lastTransitionTime: 1, lastUpdateTime: 1 };

  it('is True with what went wrong, and False as soon as anything answers (C1)', () => {
    expect(unreachable(UNREACHABLE)).toMatchObject({ status: 'True', message: 'connection refused' });
    for (const look of [aLook(), RESTARTING, UNKNOWN_JOB]) expect(unreachable(look, [WAS])).toMatchObject({ status: 'False', lastTransitionTime: NOW });
  });

  it('is kept as it was while there is nothing to tell it by', () => {
    expect(unreachable(GONE, [WAS])).toEqual(WAS);
    expect(unreachable(STARTING)).toBeUndefined();
  });
});

describe('the times of a condition', () => {
  const BEFORE: Condition = { type: 'UpToDate', status: 'True', reason: 'RUNS_SPEC', message: '', lastTransitionTime: 1, lastUpdateTime: 2 };
  const after = (before: Condition, parts: Partial<View>) =>
    find('UpToDate', { deployment: edited({ status: { conditions: [before] } }), jobs: [aJob()], savepoints: [], ...parts });

  it('both move with the status', () => {
    expect(after(BEFORE, { look: RESTARTING })).toMatchObject({ status: 'False', lastTransitionTime: NOW, lastUpdateTime: NOW });
  });

  it('lastTransitionTime stays while only the reason or the message changes', () => {
    const was = { ...BEFORE, status: 'False', reason: 'TARGET_NOT_READY' } as const;
    expect(after(was, { look: RESTARTING })).toMatchObject({ reason: 'AWAITING_HEALTHY_JOB', lastTransitionTime: 1, lastUpdateTime: NOW });
    const told = after(was, { look: RESTARTING });
    expect(after({ ...was, reason: 'AWAITING_HEALTHY_JOB' }, { look: RESTARTING })).toMatchObject({
      message: told?.message,
      lastTransitionTime: 1,
      lastUpdateTime: NOW,
    });
  });

  it('neither moves while nothing changes', () => {
    const deployment = running({ status: { conditions: [BEFORE] } });
    expect(find('UpToDate', { deployment, jobs: [aJob()], look: aLook() })).toEqual(BEFORE);
  });

  it('of one condition do not depend on another', () => {
    const status = statusOf({ deployment: running({ status: { conditions: [BEFORE] } }), jobs: [aJob()], look: UNREACHABLE });
    expect(status.conditions.find(({ type }) => type === 'UpToDate')).toEqual(BEFORE);
    expect(status.conditions.find(({ type }) => type === 'ClusterUnreachable')).toMatchObject({ lastTransitionTime: NOW });
  });
});

it('the Savepoint that an upgrade waits for is the one of a user, not the suspension itself', () => {
  const savepoints = [anOpenSavepoint({ id: savepointId(2) }), aSavepoint({ origin: 'USER_REQUEST', jobId: jobId(7) })];
  expect(find('UpToDate', { deployment: edited(), jobs: [aJob({ flinkConfiguration: RETAINED })], savepoints, look: aLook() })).toMatchObject({
    reason: 'TRANSITIONING',
  });
});
