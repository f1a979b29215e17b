// Single events: what a decision tells, what it links, and when it keeps silent (vvp.md §5; D12, D20; invariant 13).
import { describe, expect, it } from 'vitest';
import type { DeploymentOverrides } from '../fixtures/a-deployment.ts';
import type { EventDraft, EventName } from '../../domain/event.ts';
import type { Job } from '../../domain/job.ts';
import { narrate } from '../../domain/narrate.ts';
import { plan } from '../../domain/plan.ts';
import { statusAfter } from '../../domain/status.ts';
import type { View } from '../../domain/view.ts';
import { aDeployment, aTemplate } from '../fixtures/a-deployment.ts';
import { aFailedJob, aFailure, aFinishedJob, aJob, aStartingJob, aTerminatedJob } from '../fixtures/a-job.ts';
import { ago, NOW } from '../fixtures/a-moment.ts';
import { deploymentId, jobId, savepointId } from '../fixtures/an-id.ts';
import { anOpenSavepoint, aSavepoint } from '../fixtures/a-savepoint.ts';
import { aLook, aView, learned, UNREACHABLE } from '../fixtures/a-view.ts';

/** Decides as the activity does: look, learn, plan, status, tell. */
function told(parts: Partial<View>): readonly EventDraft[] {
  const read = aView(parts);
  const view = learned(read);
  const step = plan(view, NOW);
  const before: Job | undefined = read.jobs.find((job) => !['FAILED', 'TERMINATED', 'FINISHED'].includes(job.state));
  return narrate(view, step, { before, status: statusAfter(view, step, NOW) });
}
const names = (parts: Partial<View>) => told(parts).map(({ name }) => name);
const running = (over: DeploymentOverrides = {}) => aDeployment({ phase: 'RUNNING', ...over });
const edited = (over: DeploymentOverrides = {}) => running({ specVersion: 2, spec: { template: aTemplate('--version 2') }, ...over });

describe('every event', () => {
  it('is about the Deployment, and about the Job and the Savepoint where there is one', () => {
    const events = told({ deployment: edited(), jobs: [aJob()], look: aLook() });
    expect(events.every((event) => event.deploymentId === deploymentId)).toBe(true);
    expect(events.find(({ name }) => name === 'NEED_TO_TRIGGER_A_SAVEPOINT')).toMatchObject({
      jobId: jobId(1),
      savepointId: savepointId(9),
      message: expect.stringContaining('1 of 4'),
    });
  });

  it('says from where to where, for which version and why', () => {
    const [opening] = told({ deployment: edited(), jobs: [aJob()], look: aLook() });
    expect(opening).toMatchObject({ name: 'STATE_TRANSITION_IS_NEEDED', message: expect.stringMatching(/RUNNING again, version 2.*STATEFUL/) });
  });
});

describe('an opening', () => {
  it('is told when a resting Deployment begins to move', () => {
    for (const phase of ['CANCELLED', 'SUSPENDED', 'FINISHED', 'FAILED'] as const)
      expect(names({ deployment: aDeployment({ phase }) })).toContain('STATE_TRANSITION_IS_NEEDED');
  });

  it('is told before its closing when a resting Deployment is at rest elsewhere at once', () => {
    const deployment = aDeployment({ phase: 'FAILED', state: 'CANCELLED', specVersion: 2 });
    expect(names({ deployment, jobs: [aFailedJob()] })).toEqual(['STATE_TRANSITION_IS_NEEDED', 'STATE_TRANSITION_IS_COMPLETED']);
  });

  it('is told for a new Deployment that wants to run', () => {
    expect(names({ deployment: aDeployment({ phase: 'TRANSITIONING', status: { because: 'created' } }) })).toContain('STATE_TRANSITION_IS_NEEDED');
  });

  it('is told where it is at once what it was meant to come to', () => {
    const deployment = aDeployment({ state: 'CANCELLED', phase: 'FAILED', specVersion: 2 });
    expect(names({ deployment, jobs: [aFinishedJob()] })).toEqual(['STATE_TRANSITION_IS_NEEDED', 'STATE_TRANSITION_IS_COMPLETED']);
  });

  it('is not told again while it moves', () => {
    expect(names({ deployment: aDeployment({ status: { transitioningSince: ago(5) } }) })).not.toContain('STATE_TRANSITION_IS_NEEDED');
  });

  it('names the upgrade strategy for upgrades only', () => {
    expect(names({ deployment: edited(), jobs: [aJob()], look: aLook() })).toContain('USING_AN_UPGRADE_STRATEGY');
    expect(names({ deployment: running({ state: 'SUSPENDED' }), jobs: [aJob()], look: aLook() })).not.toContain('USING_AN_UPGRADE_STRATEGY');
    expect(names({ deployment: running(), jobs: [aJob()], look: aLook({ status: 'FAILED' }) })).not.toContain('USING_AN_UPGRADE_STRATEGY');
  });

  // A15: ev-upgrade begins where the wait begins.
  it.each([
    ['restarts', aLook({ tasks: { total: 4, running: 1, finished: 0 } })],
    ['does not answer', UNREACHABLE],
  ])('names it also for an upgrade that waits while the job %s, and for no other wait', (_, look) => {
    expect(names({ deployment: edited(), jobs: [aJob()], look })).toContain('USING_AN_UPGRADE_STRATEGY');
    expect(names({ deployment: running({ state: 'SUSPENDED' }), jobs: [aJob()], look })).not.toContain('USING_AN_UPGRADE_STRATEGY');
  });

  // The template is the same: nothing is upgraded. The code takes every step away from RUNNING with a live job for an upgrade.
  it('names no upgrade strategy when a wrong restore is found out late', () => {
    const look = aLook({ checkpoints: { completed: 0, restored: { location: 'file:///other', isSavepoint: true } } });
    expect(names({ deployment: running(), jobs: [aJob({ restoreChecked: false })], look })).not.toContain('USING_AN_UPGRADE_STRATEGY');
  });
});

describe('a closing', () => {
  it.each([
    ['CANCELLED', 'STATE_TRANSITION_IS_COMPLETED', { state: 'CANCELLED' as const }],
    ['FINISHED', 'TRANSITIONED_TO_FINISHED_STATE', { state: 'RUNNING' as const }],
  ])('in %s is %s', (_, name, over) => {
    expect(names({ deployment: aDeployment({ ...over, status: { transitioningSince: ago(5) } }), jobs: [aFinishedJob()] })).toEqual([name]);
  });

  // Invariant 13. The code told the end of what had no beginning.
  it.each<[string, EventName, DeploymentOverrides, Partial<View>]>([
    ['SUSPENDED to CANCELLED', 'STATE_TRANSITION_IS_COMPLETED', { state: 'CANCELLED', phase: 'SUSPENDED' }, {}],
    ['CANCELLED to SUSPENDED', 'STATE_TRANSITION_IS_COMPLETED', { state: 'SUSPENDED', phase: 'CANCELLED' }, { savepoints: [aSavepoint()] }],
    ['new to CANCELLED', 'STATE_TRANSITION_IS_COMPLETED', { state: 'CANCELLED', phase: 'TRANSITIONING' }, {}],
    ['CANCELLED to FAILED', 'GENERAL_FAILURE', { phase: 'CANCELLED' }, { jobs: [aFailedJob({ hadState: true })] }],
    ['FAILED to FAILED, after an edit', 'GENERAL_FAILURE', { phase: 'FAILED', specVersion: 2 }, { jobs: [aFailedJob({ hadState: true })] }],
  ])('follows an opening also where nothing takes any time: %s', (_, closing, over, parts) => {
    const all = names({ deployment: aDeployment(over), ...parts });
    expect([all[0], all.at(-1)]).toEqual(['STATE_TRANSITION_IS_NEEDED', closing]);
  });

  it('in FAILED is the reason, once', () => {
    const deployment = aDeployment({ spec: { maxJobCreationAttempts: 1 }, status: { transitioningSince: ago(5) } });
    expect(names({ deployment, jobs: [aFailedJob()] })).toEqual(['TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS']);
    expect(names({ deployment: { ...deployment, failedSpecVersion: 1, status: { ...deployment.status, state: 'FAILED' } }, jobs: [aFailedJob()] })).toEqual([]);
  });

  it('of state that cannot be found is a GENERAL_FAILURE that begins with its code (D23)', () => {
    const [event] = told({ deployment: aDeployment({ status: { transitioningSince: ago(5) } }), jobs: [aFailedJob({ hadState: true })] });
    expect(event).toMatchObject({ name: 'GENERAL_FAILURE', message: expect.stringMatching(/^MANUAL_RESTORE_REQUIRED/) });
  });
});

describe('the news of a Job', () => {
  it('is told once, by the decision that learned it', () => {
    const jobs = [aJob({ end: { how: 'FAILED', failure: aFailure() } })];
    expect(
      names({ deployment: running(), jobs: [aJob()], look: aLook({ status: 'FAILED', failure: { reason: 'NullPointerException', text: '' } }) }),
    ).toContain('TERMINATING_A_JOB_DUE_TO_AN_UNRECOVERABLE_FAILURE');
    expect(names({ deployment: running(), jobs })).not.toContain('TERMINATING_A_JOB_DUE_TO_AN_UNRECOVERABLE_FAILURE');
  });

  it('is told of the first time that all tasks run, not after a restart', () => {
    expect(names({ jobs: [aStartingJob()], look: aLook() })).toContain('JOB_SUCCESSFULLY_STARTED');
    expect(names({ deployment: running(), jobs: [aJob()], look: aLook() })).toEqual([]);
  });

  it('names the failure', () => {
    const [event] = told({
      deployment: running(),
      jobs: [aJob()],
      look: aLook({ status: 'FAILED', failure: { reason: 'NullPointerException', text: 'at …' } }),
    });
    expect(event).toMatchObject({ jobId: jobId(1), message: 'NullPointerException' });
  });

  it('is no failure when drey meant to end it (C3)', () => {
    const jobs = [aJob({ state: 'TERMINATING', cancelling: 'CANCELLED' })];
    for (const status of ['FAILED', 'CANCELED'])
      expect(names({ deployment: aDeployment({ state: 'CANCELLED', status: { transitioningSince: ago(5) } }), jobs, look: aLook({ status }) })).toEqual([]);
  });

  it('is no end of a bounded job when a stop was under way', () => {
    const parts = { deployment: running({ state: 'SUSPENDED' }), jobs: [aJob()], savepoints: [anOpenSavepoint()], look: aLook({ status: 'FINISHED' }) };
    expect(names(parts)).not.toContain('JOB_SUCCESSFULLY_FINISHED');
  });
});

describe('a cancel', () => {
  const deployment = aDeployment({ state: 'CANCELLED', status: { transitioningSince: ago(5) } });
  it('is told when it begins and not when it is asked for again', () => {
    expect(names({ deployment, jobs: [aJob()], look: aLook() })).toEqual([
      'FOUND_A_JOB_TO_TERMINATE',
      'AWAIT_FOR_A_CLUSTER_TO_TEARDOWN',
      'AWAITING_A_JOB_TO_TERMINATE',
    ]);
    expect(names({ deployment, jobs: [aJob({ state: 'TERMINATING', cancelling: 'CANCELLED' })], look: aLook() })).toEqual([]);
  });
});

describe('a place that is missing (D20)', () => {
  const place = { kind: 'missing', because: 'the deployment target "blue" does not exist' } as const;
  it('is told once', () => {
    expect(names({ place })).toContain('REFERENCED_DEPLOYMENT_TARGET_DOES_NOT_EXIST');
    expect(names({ place, deployment: aDeployment({ status: { transitioningSince: ago(5), because: place.because } }) })).toEqual([]);
  });
});

describe('SUSPENDED without a job (D12)', () => {
  const deployment = aDeployment({ state: 'SUSPENDED', phase: 'FINISHED', specVersion: 2 });

  it('tells COULD_NOT_FIND_A_JOB_TO_SUSPEND when there is no state either', () => {
    expect(names({ deployment, jobs: [aFinishedJob()] })).toEqual(['STATE_TRANSITION_IS_NEEDED', 'COULD_NOT_FIND_A_JOB_TO_SUSPEND', 'GENERAL_FAILURE']);
  });

  // D12 writes the event first and then goes to SUSPENDED or FAILED; the code tells it for FAILED only.
  it('tells it also when a completed Savepoint lets it be SUSPENDED', () => {
    expect(names({ deployment, jobs: [aFinishedJob()], savepoints: [aSavepoint()] })).toContain('COULD_NOT_FIND_A_JOB_TO_SUSPEND');
  });

  it('does not tell it after a suspension that worked', () => {
    const suspending = aDeployment({ state: 'SUSPENDED', status: { transitioningSince: ago(5) } });
    expect(names({ deployment: suspending, jobs: [aTerminatedJob()], savepoints: [aSavepoint()] })).toEqual(['STATE_TRANSITION_IS_COMPLETED']);
  });
});
