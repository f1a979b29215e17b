// The workflow of a Deployment in virtual time: what ends a run, what does not, and how the next one goes on.
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { fenced, moved } from '../../activities/failures.ts';
import { AWAIT_RUNNING, aRun, ends, FETCH, hangs, isAsked, isIdle, PAUSE, REST, SUBMIT, takes, TEAR_DOWN, types } from '../fixtures/sandbox/a-run.ts';
import { until, untilClosed } from '../fixtures/sandbox/calm.ts';
import { createSandbox, type Sandbox } from '../fixtures/sandbox/sdk-sandbox.ts';
import { cancelRun, reset, signalWithStart } from '../fixtures/sandbox/temporal.ts';

describe('the end of a run', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox(inject('workflowBundle'));
  });
  afterAll(() => sandbox.close());

  it.each([
    ['lost its fence', fenced],
    ['finds that the Deployment moved on', moved],
  ])('acquires a fence again when it %s, and decides again', async (_, failure) => {
    let isFirst = true;
    const temporal = aRun(sandbox, [TEAR_DOWN, REST], {
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
    const temporal = aRun(sandbox, [TEAR_DOWN, REST], hangs('tearDown'));
    signalWithStart(temporal);
    await untilClosed(temporal);
    expect(types(temporal)).toEqual(['acquireFence', 'decide', 'tearDown', 'decide']);
    expect(temporal.wrong).toEqual([]);
  });

  it('fails visibly on a failure that no rule foresees', async () => {
    const temporal = aRun(sandbox, [TEAR_DOWN, REST], {
      work: () => {
        throw ApplicationFailure.nonRetryable('nobody foresaw it', 'Unforeseen');
      },
    });
    signalWithStart(temporal);
    await untilClosed(temporal);
    expect(ends(temporal)).toEqual(['fail']);
  });

  it('continues as a new run that acquires a fence of its own and decides', async () => {
    const temporal = aRun(sandbox, [TEAR_DOWN, REST], { suggestsContinueAsNew: (turns) => turns === 3 });
    signalWithStart(temporal);
    await untilClosed(temporal);
    expect(ends(temporal)).toEqual(['continueAsNew', 'complete']);
    expect(types(temporal)).toEqual(['acquireFence', 'decide', 'tearDown', 'acquireFence', 'decide']);
    expect(temporal.asked.at(3)?.order).toEqual({ id: 'D1', runId: 'run-2' });
  });

  it('ends when an operator cancels it, after the deed under way, and the next run goes on', async () => {
    let isDone = false;
    const temporal = aRun(sandbox, [TEAR_DOWN, REST], { work: () => void (isDone = true), ...takes('tearDown', 900) });
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

  it('counts as cancelled, not as failed, when the deed under way comes to nothing', async () => {
    const temporal = aRun(sandbox, [TEAR_DOWN], hangs('tearDown'));
    signalWithStart(temporal);
    await until(temporal, isAsked(temporal, 'tearDown'));
    cancelRun(temporal);
    await untilClosed(temporal);
    expect(ends(temporal)).toEqual(['cancelled']);
    expect(temporal.wrong).toEqual([]);
  });

  it.each([
    ['waits', AWAIT_RUNNING],
    ['pauses', PAUSE],
    ['fetches an artifact', FETCH],
    ['lingers', REST],
  ])('ends at once when an operator cancels it while it %s', async (_, step) => {
    const temporal = aRun(sandbox, [step], hangs('awaitRunning', 'fetchArtifact'));
    signalWithStart(temporal);
    await until(temporal, isIdle(temporal));
    const asked = temporal.clock.now();
    cancelRun(temporal);
    await untilClosed(temporal);
    expect(ends(temporal)).toEqual(['cancelled']);
    expect(temporal.clock.now() - asked).toBeLessThan(100);
    expect(temporal.wrong).toEqual([]);
  });

  it('goes on from where an operator reset it to', async () => {
    const temporal = aRun(sandbox, [AWAIT_RUNNING, AWAIT_RUNNING, REST], takes('awaitRunning', 900));
    signalWithStart(temporal);
    await until(temporal, isAsked(temporal, 'awaitRunning', 2));
    reset(temporal, 1);
    await untilClosed(temporal);
    expect(ends(temporal)).toEqual(['reset', 'complete']);
    expect(temporal.wrong).toEqual([]);
  });

  it('ends DELETED when there is nothing left to look at', async () => {
    const temporal = aRun(sandbox, [{ kind: 'gone' }]);
    signalWithStart(temporal);
    await untilClosed(temporal);
    expect(temporal.closed[0]?.result).toMatchObject({ phase: 'DELETED' });
  });

  it('replays to the same commands after every turn', async () => {
    const temporal = aRun(sandbox, [FETCH, SUBMIT, TEAR_DOWN, REST], { forgets: () => true });
    signalWithStart(temporal);
    await untilClosed(temporal);
    expect(temporal.closed[0]?.turns.length).toBeGreaterThan(8);
    expect(temporal.wrong).toEqual([]);
  });
});
