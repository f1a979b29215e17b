// The whole text of the events: what a person reads in the log, word by word.
import { describe, expect, it } from 'vitest';
import type { Phase } from '../../domain/deployment.ts';
import { narrate } from '../../domain/narrate.ts';
import { plan } from '../../domain/plan.ts';
import { statusAfter } from '../../domain/status.ts';
import type { Step } from '../../domain/step.ts';
import type { View } from '../../domain/view.ts';
import { aDeployment, aTemplate } from '../fixtures/a-deployment.ts';
import { aJob, aStartingJob, LOCAL, SESSION } from '../fixtures/a-job.ts';
import { NOW } from '../fixtures/a-moment.ts';
import { jobId, savepointId } from '../fixtures/an-id.ts';
import { anOpenSavepoint } from '../fixtures/a-savepoint.ts';
import { aLook, aView, GONE, learned } from '../fixtures/a-view.ts';

const textsOf = (events: ReturnType<typeof narrate>) => events.map(({ name, message }) => `${name} ${message}`);

/** Decides as the activity does. */
function told(parts: Partial<View>): readonly string[] {
  const read = aView(parts);
  const view = learned(read);
  const step = plan(view, NOW);
  return textsOf(narrate(view, step, { before: read.jobs.at(-1), status: statusAfter(view, step, NOW) }));
}

/** What this step of a Deployment that rests in `phase` tells. */
function toldOf(step: Step, parts: Partial<View> = {}, phase: Phase = 'TRANSITIONING') {
  const view = aView({ deployment: aDeployment({ phase, status: { because: 'as before', transitioningSince: NOW } }), ...parts });
  return textsOf(narrate(view, step, { before: undefined, status: view.deployment.status }));
}

const running = { deployment: aDeployment({ phase: 'RUNNING' }) };
const edited = aDeployment({ phase: 'RUNNING', specVersion: 2, spec: { template: aTemplate('--version 2') } });

describe('an opening', () => {
  it('names where a resting Deployment comes from, where it goes, and why', () => {
    const [opening] = told({ deployment: aDeployment({ phase: 'CANCELLED' }) });
    expect(opening).toBe('STATE_TRANSITION_IS_NEEDED CANCELLED → RUNNING, version 1: start without state: there is none yet');
  });

  it('names only where a new Deployment goes', () => {
    const [opening] = told({ deployment: aDeployment({ phase: 'TRANSITIONING', status: { because: 'created' } }) });
    expect(opening).toBe('STATE_TRANSITION_IS_NEEDED RUNNING, version 1: start without state: there is none yet');
  });

  it('says that a running Deployment is to run again, and by which strategy', () => {
    const [opening, strategy] = told({ deployment: edited, jobs: [aJob()], look: aLook() });
    expect(opening).toBe('STATE_TRANSITION_IS_NEEDED RUNNING again, version 2: upgradeStrategy is STATEFUL and the template changed');
    expect(strategy).toBe('USING_AN_UPGRADE_STRATEGY upgradeStrategy STATEFUL replaces the running job');
  });

  it('names the strategy of an upgrade without state as well', () => {
    const deployment = aDeployment({ phase: 'RUNNING', upgrade: 'STATELESS', specVersion: 2, spec: { template: aTemplate('--version 2') } });
    expect(told({ deployment, jobs: [aJob()], look: aLook() })).toContain('USING_AN_UPGRADE_STRATEGY upgradeStrategy STATELESS replaces the running job');
  });

  it('names no strategy when a running job is suspended, or recovers', () => {
    const suspended = aDeployment({ phase: 'RUNNING', state: 'SUSPENDED', specVersion: 2 });
    expect(told({ deployment: suspended, jobs: [aJob()], look: aLook() }).join()).not.toContain('USING_AN_UPGRADE_STRATEGY');
    expect(told({ ...running, jobs: [aJob()], look: GONE }).join()).not.toContain('USING_AN_UPGRADE_STRATEGY');
  });
});

describe('what a look taught', () => {
  it('is that all tasks run', () => {
    expect(told({ deployment: aDeployment({ phase: 'TRANSITIONING' }), jobs: [aStartingJob()], look: aLook() })).toContain(
      'JOB_SUCCESSFULLY_STARTED all tasks of the job run',
    );
  });

  it.each([
    ['CANCELED', {}, 'FOUND_A_STOPPED_JOB_AND_WILL_TERMINATE_IT the job was cancelled from outside'],
    ['FINISHED', {}, 'JOB_SUCCESSFULLY_FINISHED the job came to its end'],
    [
      'FINISHED',
      { checkpoints: { completed: 1, stoppedWith: { id: 7, at: NOW, location: 'file:///outside/savepoint-7' } } },
      'FOUND_A_STOPPED_JOB_AND_WILL_TERMINATE_IT somebody else stopped the job with a savepoint',
    ],
  ])('is how the job ended: %s', (status, more, text) => {
    expect(told({ ...running, jobs: [aJob()], look: aLook({ status, tasks: { total: 4, running: 0, finished: 0 }, ...more }) })).toContain(text);
  });

  it('is why a job is given up whose JobManager is gone', () => {
    expect(told({ ...running, jobs: [aJob()], look: GONE })).toContain(
      'TERMINATING_A_JOB_DUE_TO_AN_UNRECOVERABLE_FAILURE the JobManager process ended with exit code 239',
    );
  });

  it.each([
    ['an open suspension of this Job', anOpenSavepoint({ origin: 'SUSPEND', jobId: jobId(1) }), false],
    ['an open suspension of another Job', anOpenSavepoint({ origin: 'SUSPEND', jobId: jobId(2) }), true],
    ['an open savepoint of a user', anOpenSavepoint({ origin: 'USER_REQUEST', jobId: jobId(1) }), true],
  ])('is told as an end of the job or not, beside %s', (_, savepoint, isTold) => {
    const look = aLook({ status: 'FINISHED', tasks: { total: 4, running: 0, finished: 4 } });
    const names = told({ ...running, jobs: [aJob()], savepoints: [savepoint], look }).map((text) => text.split(' ')[0]);
    expect(names.includes('JOB_SUCCESSFULLY_FINISHED')).toBe(isTold);
  });
});

describe('a step', () => {
  it('that begins a Job counts the attempt', () => {
    expect(told({ deployment: aDeployment({ phase: 'CANCELLED' }) })).toContain('CREATING_A_NEW_JOB attempt 1: start without state: there is none yet');
  });

  it('that suspends counts the savepoint attempt, once', () => {
    const step: Step = { kind: 'stopWithSavepoint', jobId: jobId(1), savepointId: savepointId(9), attempt: 2, of: 4, because: 'it is to be suspended' } as Step;
    expect(toldOf(step)).toEqual(['CREATING_A_SAVEPOINT_BEFORE_SUSPENSION it is to be suspended', 'NEED_TO_TRIGGER_A_SAVEPOINT savepoint attempt 2 of 4']);
    expect(toldOf(step, { savepoints: [anOpenSavepoint({ id: savepointId(9) })] })).toEqual([]);
  });

  it('that cancels is told until the cancel was sent, also of a Job that is not live any more', () => {
    const step = { kind: 'cancelJob', jobId: jobId(1), reason: 'CANCELLED', because: 'it is to be cancelled' } as Step;
    const waits = 'AWAITING_A_JOB_TO_TERMINATE the next step comes when the job is gone';
    expect(toldOf(step, { jobs: [aJob({ place: SESSION })] })).toEqual(['FOUND_A_JOB_TO_TERMINATE it is to be cancelled', waits]);
    expect(toldOf(step, { jobs: [aJob({ place: LOCAL })] })[1]).toBe('AWAIT_FOR_A_CLUSTER_TO_TEARDOWN JobManager and TaskManagers are to end');
    expect(toldOf(step)).toEqual(['FOUND_A_JOB_TO_TERMINATE it is to be cancelled']);
    expect(toldOf(step, { jobs: [aJob({ cancelling: { reason: 'CANCELLED', since: NOW } as never })] })).toEqual([]);
  });

  it.each(['CANCELLED', 'FAILED', 'FINISHED'] as const)('that suspends a Deployment that is %s says that there is no job', (phase) => {
    const step = { kind: 'rest', phase: 'SUSPENDED', because: 'nothing runs' } as Step;
    expect(toldOf(step, {}, phase)).toContain('COULD_NOT_FIND_A_JOB_TO_SUSPEND nothing runs');
    expect(toldOf(step, {}, 'SUSPENDED')).not.toContain('COULD_NOT_FIND_A_JOB_TO_SUSPEND nothing runs');
  });

  it('that waits for a target says so once, and only when it is the target that is missing', () => {
    const step = { kind: 'rest', phase: 'TRANSITIONING', because: 'the target "a" does not exist' } as Step;
    const missing = { place: { kind: 'missing', because: 'the target "a" does not exist' } } as Partial<View>;
    const text = 'REFERENCED_DEPLOYMENT_TARGET_DOES_NOT_EXIST the target "a" does not exist';
    expect(toldOf(step, missing)).toEqual([text]);
    expect(toldOf({ ...step, because: 'as before' } as Step, missing)).toEqual([]);
    expect(toldOf(step)).toEqual([]);
    expect(toldOf({ ...step, phase: 'RUNNING' } as Step, missing)).toEqual([]);
  });

  it('that gives up a suspension says twice why', () => {
    const step = { kind: 'giveUp', code: 'COULD_NOT_FIND_A_JOB_TO_SUSPEND', because: 'nothing to suspend' } as Step;
    expect(toldOf(step).slice(-2)).toEqual([
      'COULD_NOT_FIND_A_JOB_TO_SUSPEND nothing to suspend',
      'GENERAL_FAILURE COULD_NOT_FIND_A_JOB_TO_SUSPEND: nothing to suspend',
    ]);
  });
});

it('a closing names the state and the reason', () => {
  const view = aView({ deployment: aDeployment({ phase: 'TRANSITIONING' }) });
  const status = { ...view.deployment.status, state: 'RUNNING' as const, because: 'it runs' };
  expect(textsOf(narrate(view, { kind: 'rest', phase: 'RUNNING', because: 'it runs' } as Step, { before: undefined, status }))).toContain(
    'STATE_TRANSITION_IS_COMPLETED now RUNNING: it runs',
  );
});
