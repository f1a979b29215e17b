import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { aTemporal, type Script, until, untilClosed } from '../fixtures/sandbox/calm.ts';
import { createSandbox, type Sandbox } from '../fixtures/sandbox/sdk-sandbox.ts';
import { signalWithStart } from '../fixtures/sandbox/temporal.ts';

describe('smoke', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox(inject('workflowBundle'));
  });
  afterAll(() => sandbox.close());
  it('runs', async () => {
    const t0 = performance.now();
    for (let i = 0; i < 50; i++) {
    const t = aTemporal(sandbox, { work: ({ type }) => (type === 'decide' ? { kind: 'rest', phase: 'RUNNING', because: '' } : { number: 1, runId: 'r' }) }, { type: 'deploymentTransition', input: { id: 'd' }, signal: 'nudge' });
    signalWithStart(t);
    await untilClosed(t);
    if (i === 0) console.log(t.trace.join('\n'), t.wrong, t.closed[0]?.result);
    }
    console.log(performance.now() - t0);
  });
});
