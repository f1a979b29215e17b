// The release step against a real Temporal server: Schedule and stranded runs. It has a namespace of its own, because the sweep's name is fixed.
import { randomUUID } from 'node:crypto';
import { Client, Connection, ScheduleOverlapPolicy } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { prepareServer, release } from '../../app/release.ts';
import { StartProblem } from '../../app/start-problem.ts';
import { SEARCH_ATTRIBUTES, SWEEP_SCHEDULE, WORKFLOW } from '../../workflows/contract.ts';

const namespace = `release-${randomUUID().slice(0, 8)}`;
let connection: Connection;
let client: Client;

beforeAll(async () => {
  connection = await Connection.connect({ address: inject('temporalAddress') });
  client = new Client({ connection, namespace });
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs('1 day') });
});
afterAll(() => connection.close());

/** Its operator service answers with this code of gRPC. */
function refusing(code: number): Connection {
  const refuse = () => Promise.reject(Object.assign(new Error('refused'), { code }));
  return Object.create(connection, { operatorService: { value: { listSearchAttributes: refuse, addSearchAttributes: refuse } } }) as Connection;
}

async function startTransition(): Promise<string> {
  const workflowId = `deployment/default/clicks/${randomUUID()}`;
  await expect
    .poll(
      () =>
        client.workflow.start(WORKFLOW.deploymentTransition, { workflowId, taskQueue: 'nobody', args: [{ id: 'x' }] }).then(
          () => true,
          () => false,
        ),
      { timeout: 20_000 },
    )
    .toBe(true);
  await expect.poll(() => isOpen(workflowId)).toBe(true);
  return workflowId;
}

async function isOpen(workflowId: string): Promise<boolean> {
  for await (const run of client.workflow.list({ query: `WorkflowId = '${workflowId}' AND ExecutionStatus = 'Running'` })) if (run) return true;
  return false;
}

describe('release', () => {
  it('prepares the server, is safe to repeat, and ends only runs that another bundle began', async () => {
    const order = { client, connection, namespace, hash: 'one' };
    await expect.poll(() => release(order).catch(String), { timeout: 20_000 }).toBe(0);
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(Object.keys(SEARCH_ATTRIBUTES)));
    const schedule = await client.schedule.getHandle(SWEEP_SCHEDULE).describe();
    expect(schedule.spec.intervals?.[0]?.every).toBe(60_000);
    expect(schedule.policies).toMatchObject({ overlap: ScheduleOverlapPolicy.BUFFER_ONE, catchupWindow: 60_000 });
    expect(schedule.action).toMatchObject({ workflowType: 'sweep', workflowRunTimeout: 90_000 });

    const open = await startTransition();
    expect(await release(order)).toBe(0);
    expect(await isOpen(open)).toBe(true);

    expect(await release({ ...order, hash: 'two' })).toBe(1);
    await expect.poll(() => isOpen(open)).toBe(false);
  });

  it('ends a sweep that a dead platform left open, so that the next one starts at once', async () => {
    await client.schedule.getHandle(SWEEP_SCHEDULE).trigger();
    await expect
      .poll(() => client.workflow.count("WorkflowType = 'sweep' AND ExecutionStatus = 'Running'").then(({ count }) => count), { timeout: 10_000 })
      .toBe(1);
    expect(await release({ client, connection, namespace, hash: 'two' })).toBe(1);
  });

  it.each([7, 12])('is possible with a key that may not see the search attributes, once they are there (%i)', async (code) => {
    await expect(prepareServer({ client, connection: refusing(code), namespace, hash: 'two' })).resolves.toBe('two');
  });

  it('names every search attribute to a key that may not add them', async () => {
    const bare = `bare-${randomUUID().slice(0, 8)}`;
    await connection.workflowService.registerNamespace({ namespace: bare, workflowExecutionRetentionPeriod: msToTs('1 day') });
    const order = { client: new Client({ connection, namespace: bare }), connection: refusing(7), namespace: bare, hash: 'one' };
    const told = () => prepareServer(order).catch((error: unknown) => (error instanceof StartProblem ? error.message : 'not yet'));
    await expect.poll(told, { timeout: 20_000 }).toContain(`namespace ${bare} lacks search attributes`);
    for (const name of Object.keys(SEARCH_ATTRIBUTES)) expect(await told()).toContain(`${name}=`);
  });

  it('does not take a server that is away for one that refuses', async () => {
    const order = { client, connection: refusing(14), namespace, hash: 'two' };
    await expect(prepareServer(order)).rejects.not.toBeInstanceOf(StartProblem);
  });
});
