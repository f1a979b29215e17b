// Waking against a real Temporal server: what a run started by a nudge looks like, and what happens when nobody answers.
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { parseId } from '../../domain/ids.ts';
import type { WakeDeployment } from '../../domain/wake.ts';
import { prepareServer } from '../../app/release.ts';
import { createWake } from '../../functions/wake.ts';
import { SWEEP_SCHEDULE, TASK_QUEUE } from '../../workflows/contract.ts';

let connection: Connection;
let client: Client;
/** Not before its calls have ended: a call that is cut off is made again, over a channel that is closed. */
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  connection = await Connection.connect({ address: inject('temporalAddress') });
  client = new Client({ connection });
});
afterAll(async () => {
  await Promise.all([connection.close(), ...closing.map((close) => close())]);
});

function aTarget(overrides: Partial<WakeDeployment> = {}): WakeDeployment {
  const id = parseId<'DeploymentId'>(randomUUID());
  return { id, namespace: 'default', name: 'clicks', summary: 'clicks: start', desired: 'RUNNING', specVersion: 3, priority: 2, ...overrides };
}

describe('waking a Deployment', () => {
  it('starts one titled run with its search attributes, and signals it when it is open', async () => {
    const wake = createWake({ client: () => client, taskQueue: `wake-${randomUUID()}` });
    const target = aTarget({ summary: `clicks: RUNNING → ${'ä'.repeat(300)}` });
    expect(await wake.deployment(target)).toBe(true);
    expect(await wake.deployment(target)).toBe(true);

    const handle = client.workflow.getHandle(`deployment/default/clicks/${target.id}`);
    const { raw, typedSearchAttributes, priority } = await handle.describe();
    expect(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value])).toEqual(
      expect.arrayContaining([
        ['DreyNamespace', 'default'],
        ['DreyDeployment', 'clicks'],
        ['DreyDesired', 'RUNNING'],
        ['DreyVersion', 3],
      ]),
    );
    expect(priority?.priorityKey).toBe(2);
    const summary = Buffer.from(raw.executionConfig?.userMetadata?.summary?.data ?? []).toString();
    expect(summary).toContain('clicks: RUNNING → ää');
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(202);
    const { events } = await handle.fetchHistory();
    expect(events?.filter((event) => event.workflowExecutionSignaledEventAttributes)).toHaveLength(2);
    expect(JSON.stringify(events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data)).toBeDefined();
    await handle.terminate();
  });

  it('says false within 3 s when Temporal does not answer, and does not throw', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const lazy = Connection.lazy({ address: `127.0.0.1:${(silent.address() as AddressInfo).port}` });
    const wake = createWake({ client: () => new Client({ connection: lazy }), taskQueue: 'q' });
    const started = performance.now();
    expect(await wake.deployment(aTarget())).toBe(false);
    expect(performance.now() - started).toBeLessThan(3500);
    closing.push(async () => (await lazy.close(), silent.close()));
  });

  it('twice while a sweep is open has one more sweep come after it, not beside it', async () => {
    const namespace = `wake-${randomUUID().slice(0, 8)}`;
    await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs('1 day') });
    const there = new Client({ connection, namespace });
    await vi.waitFor(() => prepareServer({ client: there, connection, namespace, hash: 'one', everyMs: 3_600_000 }), { timeout: 20_000, interval: 200 });
    const schedule = there.schedule.getHandle(SWEEP_SCHEDULE);
    const begun = async (count: number): Promise<void> =>
      vi.waitFor(async () => expect((await schedule.describe()).info.numActionsTaken).toBe(count), { timeout: 20_000, interval: 100 });
    const endOpenSweep = async (): Promise<void> => {
      const { runningActions } = (await schedule.describe()).info;
      await there.workflow.getHandle(runningActions[0]?.workflow.workflowId ?? '').terminate();
    };
    const wake = createWake({ client: () => there, taskQueue: TASK_QUEUE });
    expect(await wake.sweep()).toBe(true);
    await begun(1);
    expect([await wake.sweep(), await wake.sweep()]).toEqual([true, true]);
    const { info } = await schedule.describe();
    expect([info.numActionsTaken, info.runningActions.length]).toEqual([1, 1]);
    await endOpenSweep();
    await begun(2);
    await endOpenSweep();
    await vi.waitFor(async () => expect((await schedule.describe()).info.runningActions).toEqual([]), { timeout: 20_000, interval: 100 });
    expect((await schedule.describe()).info.numActionsTaken).toBe(2);
  });

  it('says false when the schedule is not there yet', async () => {
    const elsewhere = new Client({ connection, namespace: 'not-there' });
    expect(await createWake({ client: () => elsewhere, taskQueue: 'q' }).sweep()).toBe(false);
  });
});
