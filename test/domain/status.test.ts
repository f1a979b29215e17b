// The status of a Deployment after a decision: phase, running, conditions, why (vvp.md §2.2, §1.2; scenarios C1, A14, A23).
import { describe, expect, it } from 'vitest';
import type { Condition, DeploymentStatus, Phase } from '../../domain/deployment.ts';
import { statusAfter } from '../../domain/status.ts';
import type { Step } from '../../domain/step.ts';
import type { View } from '../../domain/view.ts';
import { plan } from '../../domain/plan.ts';
import { aDeployment, type DeploymentOverrides, aTemplate } from '../fixtures/a-deployment.ts';
import { aJob, aTerminatedJob, SESSION } from '../fixtures/a-job.ts';
import { ago, minutes, NOW } from '../fixtures/a-moment.ts';
import { jobId, savepointId } from '../fixtures/an-id.ts';
import { anOpenSavepoint, aSavepoint } from '../fixtures/a-savepoint.ts';
import { aLook, aView, RESTARTING, UNREACHABLE } from '../fixtures/a-view.ts';

const J = { jobId: jobId(1), because: 'so it is' };
const S = { ...J, savepointId: savepointId(1) };
const after = (step: Step, view: Partial<View> = {}): DeploymentStatus => statusAfter(aView(view), step, NOW);
const decided = (view: Partial<View>): DeploymentStatus => after(plan(aView(view), NOW), view);
const phased = (phase: Phase, over: DeploymentOverrides = {}) => aDeployment({ phase, ...over });
const condition = (status: DeploymentStatus, type: Condition['type']) => status.conditions.find((c) => c.type === type);

describe('the phase', () => {
  it.each<[Step, Phase]>([
    [{ kind: 'rest', phase: 'SUSPENDED', because: '' }, 'SUSPENDED'],
    [{ kind: 'rest', phase: 'TRANSITIONING', because: '' }, 'TRANSITIONING'],
    [{ kind: 'giveUp', code: 'MANUAL_RESTORE_REQUIRED', because: '' }, 'FAILED'],
    [{ kind: 'pause', forMs: 1, because: '' }, 'TRANSITIONING'],
    [{ kind: 'fetchArtifact', attempt: 1, ...J }, 'TRANSITIONING'],
    [{ kind: 'submitJob', ...J }, 'TRANSITIONING'],
    [{ kind: 'burnJobId', ...J }, 'TRANSITIONING'],
    [{ kind: 'awaitRunning', ...J }, 'TRANSITIONING'],
    [{ kind: 'stopWithSavepoint', attempt: 1, of: 4, ...S }, 'TRANSITIONING'],
    [{ kind: 'awaitSavepoint', ...S }, 'TRANSITIONING'],
    [{ kind: 'cancelJob', reason: 'CANCELLED', ...J }, 'TRANSITIONING'],
    [{ kind: 'awaitEnd', ...J }, 'TRANSITIONING'],
    [{ kind: 'collectCheckpoints', ...J }, 'TRANSITIONING'],
    [{ kind: 'tearDown', ...J }, 'TRANSITIONING'],
  ])('after %j', (step, phase) => {
    expect(after(step, { deployment: phased('RUNNING') }).state).toBe(phase);
  });

  it.each<[string, Step]>([
    ['taking a savepoint that a user asked for', { kind: 'takeSavepoint', ...S }],
    ['waiting for it', { kind: 'awaitSavepoint', ...S }],
    ['bringing a TaskManager back', { kind: 'ensureCluster', ...J }],
  ])('stays as it was while %s', (_, step) => {
    const savepoints = [anOpenSavepoint({ origin: 'USER_REQUEST' })];
    for (const phase of ['RUNNING', 'FAILED', 'TRANSITIONING'] as const) {
      expect(after(step, { deployment: phased(phase), jobs: [aJob()], savepoints, look: aLook() }).state).toBe(phase);
    }
  });
});

// Invariant 7, design.md rule 8: FAILED is left by a new specVersion only.
it('a Deployment that gave up stays FAILED while what its job left is collected', () => {
  const deployment = phased('FAILED', { state: 'SUSPENDED', failedSpecVersion: 1 });
  expect(after({ kind: 'collectCheckpoints', ...J }, { deployment, jobs: [aJob({ end: { how: 'CANCELED' } })] }).state).toBe('FAILED');
});

describe('status.running', () => {
  const running: Step = { kind: 'rest', phase: 'RUNNING', because: 'all is well' };

  it('is there exactly while RUNNING, and names the Job and the moment', () => {
    expect(after(running, { jobs: [aJob()], look: aLook() }).running).toEqual({ jobId: jobId(1), transitionTime: NOW });
    for (const phase of ['SUSPENDED', 'CANCELLED', 'FAILED', 'FINISHED', 'TRANSITIONING'] as const) {
      expect(after({ kind: 'rest', phase, because: '' }, { jobs: [aTerminatedJob()] })).not.toHaveProperty('running');
    }
  });

  it('keeps its moment as long as the Job is the same, and takes a new one with another Job', () => {
    const before = (n: number) => phased('RUNNING', { status: { running: { jobId: jobId(n), transitionTime: ago(minutes(5)) } } });
    expect(after(running, { deployment: before(1), jobs: [aJob()], look: aLook() }).running?.transitionTime).toBe(ago(minutes(5)));
    expect(after(running, { deployment: before(7), jobs: [aJob()], look: aLook() }).running).toEqual({ jobId: jobId(1), transitionTime: NOW });
  });
});

describe('transitioningSince', () => {
  const moving: Step = { kind: 'tearDown', ...J };

  it('is the first moment of this transition, and goes with it', () => {
    expect(after(moving, { deployment: phased('RUNNING') }).transitioningSince).toBe(NOW);
    expect(after(moving, { deployment: phased('TRANSITIONING', { status: { transitioningSince: ago(9) } }) }).transitioningSince).toBe(ago(9));
    expect(
      after({ kind: 'rest', phase: 'CANCELLED', because: '' }, { deployment: phased('TRANSITIONING', { status: { transitioningSince: ago(9) } }) }),
    ).not.toHaveProperty('transitioningSince');
  });
});

describe('why', () => {
  it('is the sentence of the Step', () => {
    expect(after({ kind: 'submitJob', ...J }).because).toBe('so it is');
  });
});

describe('the Job left behind', () => {
  it.each(['CANCELLED', 'SUSPENDED'] as const)('is the newest one at a rest in %s, and stays so', (phase) => {
    const left = after({ kind: 'rest', phase, because: '' }, { jobs: [aTerminatedJob({ id: jobId(2) }), aTerminatedJob()] });
    expect(left.leftJobId).toBe(jobId(2));
    expect(after({ kind: 'submitJob', ...J }, { deployment: aDeployment({ status: left }) }).leftJobId).toBe(jobId(2));
  });

  it('is none at a rest in RUNNING or FINISHED', () => {
    expect(after({ kind: 'rest', phase: 'FINISHED', because: '' }, { jobs: [aTerminatedJob()] })).not.toHaveProperty('leftJobId');
  });
});

describe('ClusterUnreachable', () => {
  it('is True while nothing answers, in every phase, and False when it answers again (C1)', () => {
    const silent = decided({ deployment: phased('RUNNING'), jobs: [aJob()], look: UNREACHABLE });
    expect(silent.state).toBe('RUNNING');
    expect(condition(silent, 'ClusterUnreachable')).toMatchObject({ status: 'True', lastTransitionTime: NOW });
    const back = decided({ deployment: aDeployment({ status: silent }), jobs: [aJob()], look: aLook() });
    expect(condition(back, 'ClusterUnreachable')).toMatchObject({ status: 'False' });
  });
});

describe('the times of a condition', () => {
  const at = (moment: number, look: View['look'], before?: DeploymentStatus) =>
    statusAfter(
      aView({ deployment: aDeployment({ phase: 'RUNNING', ...(before === undefined ? {} : { status: before }) }), jobs: [aJob()], look }),
      { kind: 'rest', phase: 'RUNNING', because: '' },
      moment,
    );

  it('stay while nothing changed: an equal status is not written', () => {
    const first = at(1, UNREACHABLE);
    expect(at(2, UNREACHABLE, first)).toEqual(first);
  });

  it('lastUpdateTime moves with any change, lastTransitionTime with the status only', () => {
    const first = at(1, UNREACHABLE);
    const other = at(2, { kind: 'unreachable', because: 'timed out' }, first);
    expect(condition(other, 'ClusterUnreachable')).toMatchObject({ lastTransitionTime: 1, lastUpdateTime: 2, message: 'timed out' });
    expect(condition(at(3, aLook(), other), 'ClusterUnreachable')).toMatchObject({ lastTransitionTime: 3, lastUpdateTime: 3 });
  });
});

describe('UpToDate', () => {
  const spec = { template: aTemplate('--version 2') };
  const jobs = [aJob()];

  it('is True while the job runs what the spec wants', () => {
    expect(condition(decided({ deployment: phased('RUNNING'), jobs, look: aLook() }), 'UpToDate')).toMatchObject({ status: 'True' });
  });

  it('is False with UPGRADE_STRATEGY_NONE while an outdated job is left alone (A23)', () => {
    const deployment = phased('RUNNING', { upgrade: 'NONE', specVersion: 2, spec });
    expect(condition(decided({ deployment, jobs, look: aLook() }), 'UpToDate')).toMatchObject({ status: 'False', reason: 'UPGRADE_STRATEGY_NONE' });
  });

  it.each<[string, string, Partial<View>]>([
    ['AWAITING_SAVEPOINT', 'A14', { savepoints: [anOpenSavepoint({ origin: 'USER_REQUEST' })], look: aLook() }],
    ['AWAITING_HEALTHY_JOB', 'A15', { look: RESTARTING }],
    ['AWAITING_HEALTHY_JOB', 'A15', { look: UNREACHABLE }],
    ['TARGET_NOT_READY', 'G4', { look: aLook(), place: { kind: 'notReady', place: SESSION, because: 'TARGET_NOT_READY: it is STOPPED' } }],
  ])('is False with %s while an upgrade waits for that (%s)', (reason, _, view) => {
    const deployment = phased('RUNNING', { specVersion: 2, spec });
    expect(condition(decided({ deployment, jobs, ...view }), 'UpToDate')).toMatchObject({ status: 'False', reason });
  });

  it('is True at a rest in SUSPENDED (E2)', () => {
    const deployment = phased('SUSPENDED', { state: 'SUSPENDED' });
    expect(condition(decided({ deployment, savepoints: [aSavepoint()] }), 'UpToDate')).toMatchObject({ status: 'True' });
  });
});
