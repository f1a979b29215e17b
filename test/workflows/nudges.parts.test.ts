// The workflow of a Deployment, moment by moment, in virtual time: which nudge is seen when, and what a nudge may end.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { fenced } from '../../activities/failures.ts';
import {
  AWAIT_RUNNING,
  aRun,
  ends,
  FETCH,
  hangs,
  isAsked,
  isIdle,
  type Moment,
  nudgedRun,
  PAUSE,
  REST,
  SUBMIT,
  takes,
  TEAR_DOWN,
  types,
} from '../fixtures/sandbox/a-run.ts';
import { until, untilClosed } from '../fixtures/sandbox/calm.ts';
import { createSandbox, type Sandbox } from '../fixtures/sandbox/sdk-sandbox.ts';
import { signalWithStart } from '../fixtures/sandbox/temporal.ts';

describe('a nudge of a run', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox(inject('workflowBundle'));
  });
  afterAll(() => sandbox.close());

  it('decides, rests, lingers for three seconds and ends', async () => {
    const temporal = aRun(sandbox, [TEAR_DOWN, REST]);
    signalWithStart(temporal);
    const started = temporal.clock.now();
    await untilClosed(temporal);
    expect(types(temporal)).toEqual(['acquireFence', 'decide', 'tearDown', 'decide']);
    expect(temporal.closed[0]?.result).toEqual({ phase: 'RUNNING', because: 'the job runs' });
    expect(temporal.clock.now() - started).toBeGreaterThan(3000);
    expect(temporal.wrong).toEqual([]);
  });

  it.each<[string, Moment]>([
    ['while the last decision is made', (boundary, about) => boundary === 'activityScheduled' && about === 'decide'],
    ['in the task that hears the last decision', (boundary, about) => boundary === 'activityResolves' && about === 'decide'],
    ['in the task in which the linger time ends', (boundary) => boundary === 'timerFires'],
    ['while the run is closing', (boundary) => boundary === 'closing'],
  ])('sees a nudge that comes %s', async (_, at) => {
    const temporal = await nudgedRun(sandbox, [REST], at);
    expect(types(temporal)).toEqual(['acquireFence', 'decide', 'decide']);
    expect(temporal.wrong).toEqual([]);
  });

  it('is not closed while there is a signal it was not told', async () => {
    const temporal = await nudgedRun(sandbox, [REST], (boundary) => boundary === 'closing');
    expect(temporal.refused).toBe(1);
    expect(ends(temporal)).toEqual(['complete']);
  });

  it('sees a nudge that comes with the answer of a deed, by the decision that follows it anyway', async () => {
    const temporal = await nudgedRun(sandbox, [TEAR_DOWN, REST], (boundary, about) => boundary === 'activityResolves' && about === 'tearDown');
    expect(types(temporal)).toEqual(['acquireFence', 'decide', 'tearDown', 'decide']);
    expect(temporal.wrong).toEqual([]);
  });

  it.each([
    ['a wait', AWAIT_RUNNING],
    ['a pause', PAUSE],
  ])('ends %s at once when it is nudged', async (_, step) => {
    const temporal = aRun(sandbox, [step, REST], hangs('awaitRunning'));
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
    const temporal = aRun(sandbox, [TEAR_DOWN, REST], takes('tearDown', 9000));
    signalWithStart(temporal);
    await until(temporal, isAsked(temporal, 'tearDown'));
    const nudged = temporal.clock.now();
    signalWithStart(temporal);
    await until(temporal, isAsked(temporal, 'decide', 2));
    expect(temporal.clock.now() - nudged).toBeGreaterThan(9000);
  });

  it('keeps the end of a wait that comes together with a nudge', async () => {
    const temporal = await nudgedRun(sandbox, [SUBMIT, REST], (boundary, about) => boundary === 'activityResolves' && about === 'awaitRunning');
    expect(types(temporal)).toEqual(['acquireFence', 'decide', 'submitJob', 'awaitRunning', 'decide']);
    expect(temporal.wrong).toEqual([]);
  });

  it('goes on to fetch an artifact that is still wanted when it is nudged', async () => {
    const temporal = aRun(sandbox, [FETCH, FETCH, REST], takes('fetchArtifact', 9000));
    signalWithStart(temporal);
    await until(temporal, isAsked(temporal, 'fetchArtifact'));
    signalWithStart(temporal);
    await untilClosed(temporal);
    expect(types(temporal)).toEqual(['acquireFence', 'decide', 'fetchArtifact', 'decide', 'uploadJar', 'decide']);
    expect(temporal.wrong).toEqual([]);
  });

  it.each([
    ['fetch of an artifact', 'fetchArtifact', ['fetchArtifact']],
    ['upload of a jar', 'uploadJar', ['fetchArtifact', 'uploadJar']],
  ] as const)('drops the %s that is no longer wanted', async (_, dropped, asked) => {
    const temporal = aRun(sandbox, [FETCH, TEAR_DOWN, TEAR_DOWN, REST], hangs(dropped));
    signalWithStart(temporal);
    await until(temporal, isAsked(temporal, dropped));
    signalWithStart(temporal);
    await untilClosed(temporal);
    expect(types(temporal)).toEqual(['acquireFence', 'decide', ...asked, 'decide', 'decide', 'tearDown', 'decide']);
    expect(temporal.open?.activities.size ?? 0).toBe(0);
  });

  it('fetches no artifact twice at a time when its fence is lost meanwhile', async () => {
    const temporal = aRun(sandbox, [FETCH, fenced(), FETCH, REST], hangs('fetchArtifact'));
    signalWithStart(temporal);
    await until(temporal, isAsked(temporal, 'fetchArtifact'));
    signalWithStart(temporal);
    await until(temporal, isAsked(temporal, 'fetchArtifact', 2));
    expect([...(temporal.open?.activities.values() ?? [])].map(({ call }) => call.type)).toEqual(['fetchArtifact']);
  });
});
