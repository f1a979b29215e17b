// The workflow of a Deployment, moment by moment, in virtual time: which nudge is seen when, what a nudge may end, and how a run ends.
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { fenced, moved } from '../../activities/failures.ts';
import { NUDGE_SIGNAL, WORKFLOW } from '../../workflows/contract.ts';
import type { Fate } from '../fixtures/sandbox/activity-task.ts';
import { aTemporal, type Script, until, untilClosed } from '../fixtures/sandbox/calm.ts';
import { createSandbox, type Sandbox } from '../fixtures/sandbox/sdk-sandbox.ts';
import { cancelRun, reset, signalWithStart, type Temporal } from '../fixtures/sandbox/temporal.ts';

type Steps = readonly { readonly kind: string; readonly [key: string]: unknown }[];

const REST = { kind: 'rest', phase: 'RUNNING', because: 'the job runs' };
const AWAIT_RUNNING = { kind: 'awaitRunning', jobId: 'J1', because: '' };
const FETCH = { kind: 'fetchArtifact', jobId: 'J1', attempt: 1, because: '' };
const TEAR_DOWN = { kind: 'tearDown', jobId: 'J1', because: '' };
const PAUSE = { kind: 'pause', forMs: 600_000, because: '' };
const NEVER: Fate = { worksMs: undefined, answersMs: undefined };
const QUICK: Fate = { worksMs: 10, answersMs: 20 };

/** Attempts of these are never heard of again. */
const hangs = (...names: readonly string[]): Pick<Script, 'fateOf'> => ({ fateOf: ({ type }) => (names.includes(type) ? NEVER : QUICK) });
const takes = (name: string, ms: number): Pick<Script, 'fateOf'> => ({ fateOf: ({ type }) => (type === name ? { worksMs: ms, answersMs: ms + 10 } : QUICK) });

describe('a run of a Deployment', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox(inject('workflowBundle'));
  });
  afterAll(() => sandbox.close());

  /** Decisions in this order, the last one again and again; a run has a fence of its own. */
  const aRun = (steps: Steps, script: Partial<Script> = {}): Temporal => {
    let decided = 0;
    const work: Script['work'] = (call, fate) => {
      if (call.type === 'acquireFence') return { number: 1, runId: (call.order as { readonly runId: string }).runId };
      if (call.type === 'decide') return steps[Math.min(decided++, steps.length - 1)];
      return script.work?.(call, fate);
    };
    return aTemporal(sandbox, { ...script, work }, { type: WORKFLOW.deploymentTransition, input: { id: 'D1' }, signal: NUDGE_SIGNAL });
  };
  const types = ({ asked }: Temporal): readonly string[] => asked.map(({ type }) => type);
  const isAsked =
    (temporal: Temporal, type: string, times = 1) =>
    () =>
      types(temporal).filter((asked) => asked === type).length >= times;
  /** It has decided, and does nothing but wait. */
  const isIdle = (temporal: Temporal) => () => {
    const { open } = temporal;
    const waits = [...(open?.activities.values() ?? [])].map(({ call }) => call.type);
    return isAsked(temporal, 'decide')() && open?.isBusy === false && waits.every((type) => /^(await|fetch)/.test(type));
  };
  /** Nudges the first time that this moment comes. */
  const nudgeOnce = (at: (boundary: string, about: string) => boolean): Pick<Script, 'at'> & { temporal: Temporal | undefined } => {
    const once = {
      temporal: undefined as Temporal | undefined,
      at: (boundary: string, about: string) => {
        const { temporal } = once;
        if (temporal === undefined || !at(boundary, about)) return;
        once.temporal = undefined;
        signalWithStart(temporal);
      },
    };
    return once;
  };
  const nudgedRun = async (steps: Steps, at: (boundary: string, about: string) => boolean): Promise<Temporal> => {
    const once = nudgeOnce(at);
    const temporal = aRun(steps, once);
    once.temporal = temporal;
    signalWithStart(temporal);
    await untilClosed(temporal);
    return temporal;
  };

  it('decides, rests, lingers for three seconds and ends', async () => {
    const temporal = aRun([TEAR_DOWN, REST]);
    signalWithStart(temporal);
    const started = temporal.clock.now();
    await untilClosed(temporal);
    expect(types(temporal)).toEqual(['acquireFence', 'decide', 'tearDown', 'decide']);
    expect(temporal.closed[0]?.result).toEqual({ phase: 'RUNNING', because: 'the job runs' });
    expect(temporal.clock.now() - started).toBeGreaterThan(3000);
    expect(temporal.wrong).toEqual([]);
  });

  it.each([
    ['while the last decision is made', (boundary: string, about: string) => boundary === 'activityScheduled' && about === 'decide'],
    ['in the task that hears the last decision', (boundary: string, about: string) => boundary === 'activityResolves' && about === 'decide'],
    ['in the task in which the linger time ends', (boundary: string) => boundary === 'timerFires'],
    ['while the run is closing', (boundary: string) => boundary === 'closing'],
  ])('sees a nudge that comes %s', async (_, at) => {
    const temporal = await nudgedRun([REST], at);
    expect(types(temporal)).toEqual(['acquireFence', 'decide', 'decide']);
    expect(temporal.wrong).toEqual([]);
  });

  it('is not closed while there is a signal it was not told', async () => {
    const temporal = await nudgedRun([REST], (boundary) => boundary === 'closing');
    expect(temporal.refused).toBe(1);
    expect(temporal.closed.map(({ closed }) => closed)).toEqual(['complete']);
  });

  it('sees a nudge that comes with the answer of a deed, by the decision that follows it anyway', async () => {
    const temporal = await nudgedRun([TEAR_DOWN, REST], (boundary, about) => boundary === 'activityResolves' && about === 'tearDown');
    expect(types(temporal)).toEqual(['acquireFence', 'decide', 'tearDown', 'decide']);
    expect(temporal.wrong).toEqual([]);
  });

  it.each([
    ['a wait', AWAIT_RUNNING],
    ['a pause', PAUSE],
  ])('ends %s at once when it is nudged', async (_, step) => {
    const temporal = aRun([step, REST], hangs('awaitRunning'));
    signalWithStart(temporal);
    await until(temporal, isIdle(temporal));
    const nudged = temporal.clock.now();
    signalWithStart(temporal);
    await until(temporal, isAsked(temporal, 'decide', 2));
    expect(temporal.clock.now() - nudged).toBeLessThan(100);
    await untilClosed(temporal);
    expect(temporal.wrong).toEqual([]);
  });

  it('never ends a deed because of a nudge', async () => {
    const temporal = aRun([TEAR_DOWN, REST], takes('tearDown', 9000));
    signalWithStart(temporal);
    await until(temporal, isAsked(temporal, 'tearDown'));
    const nudged = temporal.clock.now();
    signalWithStart(temporal);
    await until(temporal, isAsked(temporal, 'decide', 2));
    expect(temporal.clock.now() - nudged).toBeGreaterThan(9000);
  });

  it('keeps the end of a wait that comes together with a nudge', async () => {
    const temporal = await nudgedRun(
      [{ kind: 'submitJob', jobId: 'J1', because: '' }, REST],
      (boundary, about) => boundary === 'activityResolves' && about === 'awaitRunning',
    );
    expect(types(temporal)).toEqual(['acquireFence', 'decide', 'submitJob', 'awaitRunning', 'decide']);
    expect(temporal.wrong).toEqual([]);
  });

  it('goes on to fetch an artifact that is still wanted when it is nudged', async () => {
    const temporal = aRun([FETCH, FETCH, REST], takes('fetchArtifact', 9000));
    signalWithStart(temporal);
    await until(temporal, isAsked(temporal, 'fetchArtifact'));
    signalWithStart(temporal);
    await untilClosed(temporal);
    expect(types(temporal)).toEqual(['acquireFence', 'decide', 'fetchArtifact', 'decide', 'uploadJar', 'decide']);
    expect(temporal.wrong).toEqual([]);
  });

  it('drops the fetch of an artifact that is no longer wanted', async () => {
    const temporal = aRun([FETCH, TEAR_DOWN, TEAR_DOWN, REST], hangs('fetchArtifact'));
    signalWithStart(temporal);
    await until(temporal, isAsked(temporal, 'fetchArtifact'));
    signalWithStart(temporal);
    await untilClosed(temporal);
    expect(types(temporal)).toEqual(['acquireFence', 'decide', 'fetchArtifact', 'decide', 'decide', 'tearDown', 'decide']);
    expect(temporal.open?.activities.size ?? 0).toBe(0);
  });

  it('fetches no artifact twice at a time when its fence is lost meanwhile', async () => {
    let looks = 0;
    const temporal = aTemporal(
      sandbox,
      {
        ...hangs('fetchArtifact'),
        work: ({ type }) => {
          if (type === 'acquireFence') return { number: 1, runId: 'r' };
          if (type !== 'decide') return undefined;
          looks += 1;
          if (looks === 2) throw fenced();
          return looks < 4 ? FETCH : REST;
        },
      },
      { type: WORKFLOW.deploymentTransition, input: { id: 'D1' }, signal: NUDGE_SIGNAL },
    );
    signalWithStart(temporal);
    await until(temporal, isAsked(temporal, 'fetchArtifact'));
    signalWithStart(temporal);
    await until(temporal, isAsked(temporal, 'fetchArtifact', 2));
    expect([...(temporal.open?.activities.values() ?? [])].filter(({ call }) => call.type === 'fetchArtifact')).toHaveLength(1);
  });

  it.each([
    ['lost its fence', fenced],
    ['finds that the Deployment moved on', moved],
  ])('acquires a fence again when it %s, and decides again', async (_, failure) => {
    let isFirst = true;
    const temporal = aRun([TEAR_DOWN, REST], {
      work: () => {
        if (!isFirst) return undefined;
        isFirst = false;
        throw failure();
      },
    });
    signalWithStart(temporal);
    await untilClosed(temporal);
    expect(types(temporal)).toEqual(['acquireFence', 'decide', 'tearDown', 'acquireFence', 'decide']);
    expect(temporal.wrong).toEqual([]);
  });

  it('decides again when a deed is out of time', async () => {
    const temporal = aRun([TEAR_DOWN, REST], hangs('tearDown'));
    signalWithStart(temporal);
    await untilClosed(temporal);
    expect(types(temporal)).toEqual(['acquireFence', 'decide', 'tearDown', 'decide']);
    expect(temporal.wrong).toEqual([]);
  });

  it('fails visibly on a failure that no rule foresees', async () => {
    const temporal = aRun([TEAR_DOWN, REST], {
      work: () => {
        throw ApplicationFailure.nonRetryable('nobody foresaw it', 'Unforeseen');
      },
    });
    signalWithStart(temporal);
    await untilClosed(temporal);
    expect(temporal.closed.map(({ closed }) => closed)).toEqual(['fail']);
  });

  it('continues as a new run that acquires a fence of its own and decides', async () => {
    const temporal = aRun([TEAR_DOWN, REST], { suggestsContinueAsNew: (turns) => turns === 3 });
    signalWithStart(temporal);
    await untilClosed(temporal);
    expect(temporal.closed.map(({ closed }) => closed)).toEqual(['continueAsNew', 'complete']);
    expect(types(temporal)).toEqual(['acquireFence', 'decide', 'tearDown', 'acquireFence', 'decide']);
    expect(temporal.asked.at(3)?.order).toEqual({ id: 'D1', runId: 'run-2' });
  });

  it('ends when an operator cancels it, after the deed under way, and the next run goes on', async () => {
    let isDone = false;
    const temporal = aRun([TEAR_DOWN, REST], { work: () => void (isDone = true), ...takes('tearDown', 900) });
    signalWithStart(temporal);
    await until(temporal, isAsked(temporal, 'tearDown'));
    cancelRun(temporal);
    await untilClosed(temporal);
    expect(isDone).toBe(true);
    expect(temporal.closed[0]?.closed).toBe('cancelled');
    signalWithStart(temporal);
    await untilClosed(temporal);
    expect(temporal.closed[1]?.closed).toBe('complete');
    expect(temporal.wrong).toEqual([]);
  });

  it.each([
    ['waits', AWAIT_RUNNING],
    ['pauses', PAUSE],
    ['fetches an artifact', FETCH],
    ['lingers', REST],
  ])('ends at once when an operator cancels it while it %s', async (_, step) => {
    const temporal = aRun([step], hangs('awaitRunning', 'fetchArtifact'));
    signalWithStart(temporal);
    await until(temporal, isIdle(temporal));
    const asked = temporal.clock.now();
    cancelRun(temporal);
    await untilClosed(temporal);
    expect(temporal.closed.map(({ closed }) => closed)).toEqual(['cancelled']);
    expect(temporal.clock.now() - asked).toBeLessThan(100);
    expect(temporal.wrong).toEqual([]);
  });

  it('goes on from where an operator reset it to', async () => {
    const temporal = aRun([AWAIT_RUNNING, AWAIT_RUNNING, REST], takes('awaitRunning', 900));
    signalWithStart(temporal);
    await until(temporal, isAsked(temporal, 'awaitRunning', 2));
    reset(temporal, 1);
    await untilClosed(temporal);
    expect(temporal.closed.map(({ closed }) => closed)).toEqual(['reset', 'complete']);
    expect(temporal.wrong).toEqual([]);
  });

  it('ends DELETED when there is nothing left to look at', async () => {
    const temporal = aRun([{ kind: 'gone' }]);
    signalWithStart(temporal);
    await untilClosed(temporal);
    expect(temporal.closed[0]?.result).toMatchObject({ phase: 'DELETED' });
  });

  it('replays to the same commands after every turn', async () => {
    const temporal = aRun([FETCH, { kind: 'submitJob', jobId: 'J1', because: '' }, TEAR_DOWN, REST], { forgets: () => true });
    signalWithStart(temporal);
    await untilClosed(temporal);
    expect(temporal.closed[0]?.turns.length).toBeGreaterThan(8);
    expect(temporal.wrong).toEqual([]);
  });
});
