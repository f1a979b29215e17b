// The workflow of a session cluster in virtual time: what a nudge may end, and how a run ends.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { fenced } from '../../activities/failures.ts';
import { NUDGE_SIGNAL, WORKFLOW } from '../../workflows/contract.ts';
import { ends, hangs, isAsked, types, takes, type ScriptedStep } from '../fixtures/sandbox/a-run.ts';
import { aTemporal, type Script, until, untilClosed } from '../fixtures/sandbox/calm.ts';
import { createSandbox, type Sandbox } from '../fixtures/sandbox/sdk-sandbox.ts';
import { signalWithStart } from '../fixtures/sandbox/temporal.ts';
import type { Temporal } from '../fixtures/sandbox/temporal-state.ts';

const START: ScriptedStep = { kind: 'startSessionCluster', incarnation: 1, because: '' };
const STOP: ScriptedStep = { kind: 'stopSessionCluster', incarnation: 1, because: '' };
const AWAIT: ScriptedStep = { kind: 'awaitSessionCluster', incarnation: 1, because: '' };
const REST: ScriptedStep = { kind: 'rest', phase: 'RUNNING', because: '' };

describe('a run of a session cluster', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox(inject('workflowBundle'));
  });
  afterAll(() => sandbox.close());

  const aRun = (steps: readonly (ScriptedStep | Error)[], script: Partial<Script> = {}): Temporal => {
    let decided = 0;
    const work: Script['work'] = ({ type }) => {
      if (type === 'acquireSessionFence') return { number: 1, runId: 'R1' };
      if (type !== 'decideSessionCluster') return undefined;
      const step = steps[Math.min(decided++, steps.length - 1)];
      if (step instanceof Error) throw step;
      return step;
    };
    return aTemporal(sandbox, { ...script, work }, { type: WORKFLOW.sessionClusterTransition, input: { id: 'C1' }, signal: NUDGE_SIGNAL });
  };
  const nudgedAt = async (temporal: Temporal, type: string): Promise<void> => {
    signalWithStart(temporal);
    await until(temporal, isAsked(temporal, type));
    signalWithStart(temporal);
    await untilClosed(temporal);
  };

  it('goes on to start a cluster that is still wanted when it is nudged', async () => {
    const temporal = aRun([START, START, REST], takes('startSessionCluster', 90_000));
    await nudgedAt(temporal, 'startSessionCluster');
    expect(types(temporal)).toEqual(['acquireSessionFence', 'decideSessionCluster', 'startSessionCluster', 'decideSessionCluster', 'decideSessionCluster']);
    expect(temporal.wrong).toEqual([]);
  });

  it('drops the start of a cluster that is no longer wanted', async () => {
    const temporal = aRun([START, STOP, STOP, REST], hangs('startSessionCluster'));
    await nudgedAt(temporal, 'startSessionCluster');
    expect(types(temporal).slice(2)).toEqual([
      'startSessionCluster',
      'decideSessionCluster',
      'decideSessionCluster',
      'stopSessionCluster',
      'decideSessionCluster',
    ]);
    expect(ends(temporal)).toEqual(['complete']);
  });

  it('ends a wait at once when it is nudged', async () => {
    const temporal = aRun([AWAIT, REST], hangs('awaitSessionCluster'));
    await nudgedAt(temporal, 'awaitSessionCluster');
    expect(types(temporal)).toEqual(['acquireSessionFence', 'decideSessionCluster', 'awaitSessionCluster', 'decideSessionCluster']);
    expect(temporal.wrong).toEqual([]);
  });

  it('acquires a fence again when it lost its own', async () => {
    const temporal = aRun([fenced(), REST]);
    signalWithStart(temporal);
    await untilClosed(temporal);
    expect(types(temporal)).toEqual(['acquireSessionFence', 'decideSessionCluster', 'acquireSessionFence', 'decideSessionCluster']);
  });

  it('sees a nudge that comes while it is closing', async () => {
    let isFirst = true;
    const at: Script['at'] = (boundary) => {
      if (boundary !== 'closing' || !isFirst) return;
      isFirst = false;
      signalWithStart(temporal);
    };
    const temporal: Temporal = aRun([REST], { at });
    signalWithStart(temporal);
    await untilClosed(temporal);
    expect(types(temporal)).toEqual(['acquireSessionFence', 'decideSessionCluster', 'decideSessionCluster']);
    expect(temporal.refused).toBe(1);
  });
});
