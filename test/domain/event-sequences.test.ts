// The events of whole transitions, as clients read them (vvp.md §5 "Plausible sequences"; scenarios.md "Event sequences").
// AWAIT… events are optional everywhere and left out here; session mode has no cluster events.
import { describe, expect, it } from 'vitest';
import type { EventName } from '../../domain/event.ts';
import { LOCAL, SESSION } from '../fixtures/a-job.ts';
import { aWorld, decide, type World } from './world/a-world.ts';
import { happen, settle } from './world/happenings.ts';

const STOP: readonly EventName[] = ['FOUND_A_JOB_TO_TERMINATE'];
const SAVEPOINT: readonly EventName[] = ['NEED_TO_TRIGGER_A_SAVEPOINT', 'SUCCESSFULLY_TRIGGERED_A_SAVEPOINT', 'TRANSITIONED_TO_COMPLETED'];
const SUSPEND: readonly EventName[] = ['CREATING_A_SAVEPOINT_BEFORE_SUSPENSION', ...SAVEPOINT, 'FOUND_A_COMPLETED_SAVEPOINT_READY_FOR_SUSPENSION'];
const JOB_FAIL: readonly EventName[] = ['TERMINATING_A_JOB_DUE_TO_AN_UNRECOVERABLE_FAILURE', 'FAILED_CREATING_A_NEW_JOB'];
const transition = (...inner: readonly (readonly EventName[])[]): readonly EventName[] => [
  'STATE_TRANSITION_IS_NEEDED',
  ...inner.flat(),
  'STATE_TRANSITION_IS_COMPLETED',
];

/** What was written since the last call. */
const told = (world: World): readonly EventName[] => world.events.splice(0).filter((name) => !name.startsWith('AWAIT'));

describe.each([
  ['application mode', LOCAL, ['SPINNING_UP_A_CLUSTER_FOR_A_JOB']],
  ['session mode', SESSION, []],
] as const)('in %s', (_, place, cluster) => {
  const ATTEMPT: readonly EventName[] = ['CREATING_A_NEW_JOB', ...cluster];
  const START: readonly EventName[] = [...ATTEMPT, 'JOB_SUCCESSFULLY_STARTED'];
  const running = (): World => {
    const world = aWorld({}, place);
    settle(world);
    return world;
  };

  it('a start', () => {
    expect(told(running())).toEqual(transition(START));
  });

  it('a cancel', () => {
    const world = running();
    told(world);
    happen(world, 'wantsCancelled');
    settle(world);
    expect(told(world)).toEqual(transition(STOP));
  });

  // ev-suspend ends with ev-stop, whose FOUND_A_JOB_TO_TERMINATE is not optional; a suspension never writes it.
  it('a suspension', () => {
    const world = running();
    told(world);
    happen(world, 'wantsSuspended');
    settle(world);
    expect(told(world)).toEqual(transition(SUSPEND, STOP));
  });

  it('a STATEFUL upgrade', () => {
    const world = running();
    told(world);
    happen(world, 'wantsAnotherTemplate');
    settle(world);
    expect(told(world)).toEqual(transition(['USING_AN_UPGRADE_STRATEGY'], SUSPEND, STOP, START));
  });

  it('a STATELESS upgrade', () => {
    const world = running();
    told(world);
    happen(world, 'wantsStateless', 'wantsAnotherTemplate');
    settle(world);
    expect(told(world)).toEqual(transition(['USING_AN_UPGRADE_STRATEGY'], STOP, START));
  });

  it('a recovery', () => {
    const world = running();
    told(world);
    happen(world, 'jobFails');
    settle(world);
    expect(told(world).toSorted()).toEqual([...transition(JOB_FAIL, START)].toSorted());
  });

  it('a job that somebody cancelled at Flink (D14)', () => {
    const world = running();
    told(world);
    happen(world, 'somebodyCancels');
    settle(world);
    expect(told(world).toSorted()).toEqual([...transition(['FOUND_A_STOPPED_JOB_AND_WILL_TERMINATE_IT'], START)].toSorted());
  });

  it('a bounded job at its end', () => {
    const world = running();
    told(world);
    happen(world, 'jobFinishes');
    settle(world);
    expect(told(world).toSorted()).toEqual(['JOB_SUCCESSFULLY_FINISHED', 'STATE_TRANSITION_IS_NEEDED', 'TRANSITIONED_TO_FINISHED_STATE']);
  });

  it('a crash loop, with one last word', () => {
    const world = aWorld({}, place);
    settle(world, 'fails');
    expect(told(world)).toEqual([
      'STATE_TRANSITION_IS_NEEDED',
      ...Array.from({ length: 3 }, () => [...ATTEMPT, ...JOB_FAIL]).flat(),
      'TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS',
    ]);
  });

  it('a suspension that fails until it is given up, with one last word', () => {
    const world = running();
    told(world);
    happen(world, 'wantsSuspended');
    for (let turn = 0; turn < 9; turn += 1) happen(world, 'decide', 'perform', 'savepointFails', 'minutePasses');
    const attempt: readonly EventName[] = ['CREATING_A_SAVEPOINT_BEFORE_SUSPENSION', 'NEED_TO_TRIGGER_A_SAVEPOINT', 'SUCCESSFULLY_TRIGGERED_A_SAVEPOINT'];
    expect(told(world)).toEqual(['STATE_TRANSITION_IS_NEEDED', ...attempt, ...attempt, 'TOO_MANY_FAILED_SUSPENSION_ATTEMPTS']);
  });

  it('an edit in the middle joins the open transition (A25)', () => {
    const world = running();
    told(world);
    happen(world, 'wantsStateless', 'wantsAnotherTemplate', 'decide', 'perform', 'wantsAnotherTemplate');
    settle(world);
    expect(told(world)).toEqual(transition(['USING_AN_UPGRADE_STRATEGY'], STOP, START));
  });

  it('nothing at all for an edit that is no upgrade, and for a user who changes nothing (A20)', () => {
    const world = running();
    told(world);
    happen(world, 'wantsStateless', 'wantsEmptyStarts', 'wantsRunning');
    settle(world);
    expect(told(world)).toEqual([]);
  });

  it('nothing at all while the cluster is silent and answers again', () => {
    const world = running();
    told(world);
    happen(world, 'silence', 'decide', 'minutePasses', 'decide', 'answersAgain', 'decide');
    expect(told(world)).toEqual([]);
  });

  it('nothing twice, however often each decision is repeated', () => {
    const once = running();
    happen(once, 'wantsAnotherTemplate');
    settle(once);
    const often = aWorld({}, place);
    const stubborn = (): void => {
      for (let turn = 0; turn < 20; turn += 1) {
        happen(often, 'tasksRun', 'savepointCompletes', 'checkpointCompletes');
        decide(often);
        decide(often);
        happen(often, 'decide', 'perform', 'perform');
      }
    };
    stubborn();
    happen(often, 'wantsAnotherTemplate');
    stubborn();
    expect(told(often)).toEqual(told(once));
  });
});
