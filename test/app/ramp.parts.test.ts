// Two builds of the workers beside each other, on a real Temporal server and in a namespace of their own, because the task queue's name is fixed.
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { NativeConnection } from '@temporalio/worker';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { Activities } from '../../activities/create-activities.ts';
import { ramp, type RampOrder } from '../../app/ramp.ts';
import { prepareServer, release } from '../../app/release.ts';
import { endStrandedRuns } from '../../app/stranded-runs.ts';
import { type RunningWorker, startWorker } from '../../app/worker.ts';
import { NUDGE_SIGNAL, TASK_QUEUE, WORKFLOW } from '../../workflows/contract.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { REST } from '../fixtures/sandbox/a-run.ts';

const namespace = `ramp-${randomUUID().slice(0, 8)}`;
/** Two cores may have much to do. */
const PATIENT = { timeout: 30_000 };
const said: string[] = [];
let connection: Connection;
let client: Client;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  connection = await Connection.connect({ address: inject('temporalAddress') });
  client = new Client({ connection, namespace });
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs('1 day') });
  await vi.waitFor(() => prepareServer({ client, connection, namespace, hash: 'one' }), { ...PATIENT, interval: 200 });
});
afterAll(async () => {
  await Promise.allSettled(closing.map((each) => each()));
  await connection.close();
});

const order = (buildId: string): RampOrder => ({
  client,
  connection,
  namespace,
  buildId,
  steps: [10, 50],
  holdMs: 200,
  patienceMs: 30_000,
  say: (line) => said.push(line),
});

/** `decide` is all that such a worker does. */
async function work(buildId: string, decide: () => Promise<unknown>, codePath = inject('workflowBundle')): Promise<RunningWorker> {
  const native = await NativeConnection.connect({ address: inject('temporalAddress') });
  const activities = { acquireFence: async () => 1, decide } as unknown as Activities;
  const bundle = { codePath, hash: buildId };
  const worker = await startWorker({ connection: native, namespace, bundle, activities, logger: pino({ level: 'silent' }), buildId });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= worker.stop().then(() => native.close()));
  closing.push(stop);
  return { ...worker, stop };
}

async function nudge(name: string): Promise<string> {
  const workflowId = `deployment/default/${name}/${randomUUID()}`;
  await client.workflow.signalWithStart(WORKFLOW.deploymentTransition, { workflowId, taskQueue: TASK_QUEUE, args: [{ id: 'x' }], signal: NUDGE_SIGNAL });
  return workflowId;
}

const buildOf = async (workflowId: string): Promise<string | undefined> =>
  (await client.workflow.getHandle(workflowId).describe()).raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId ?? undefined;

/** Where new runs go is known everywhere only after a moment. */
async function nudgeTakenBy(build: string): Promise<string> {
  return vi.waitFor(
    async () => {
      const workflowId = await nudgeTaken(`for-${build}`);
      expect(await buildOf(workflowId)).toBe(build);
      return workflowId;
    },
    { ...PATIENT, interval: 500 },
  );
}

async function nudgeTaken(name: string): Promise<string> {
  const workflowId = await nudge(name);
  await vi.waitFor(async () => expect(await buildOf(workflowId)).toBeTypeOf('string'), { ...PATIENT, interval: 100 });
  return workflowId;
}

/** A release that gives the build its first part of the new runs, which is told apart from its end. */
async function begun(wish: RampOrder): Promise<{ readonly end: Promise<void> }> {
  const end = ramp(wish);
  end.catch(() => undefined);
  await vi.waitFor(() => expect(said.at(-1)).toContain(`build ${wish.buildId} gets ${wish.steps[0]} %`), { ...PATIENT, interval: 100 });
  return { end };
}

const statusOf = async (workflowId: string): Promise<string> => (await client.workflow.getHandle(workflowId).describe()).status.name;

describe('a new build of the workers', () => {
  const asked: string[] = [];
  let open = '';
  let isHeld = true;

  const decideIn = (build: string) => async () => {
    asked.push(build);
    while (isHeld && build === 'a') await new Promise((resolve) => setTimeout(resolve, 50));
    return REST;
  };

  it('that no worker has is refused, and named', async () => {
    await expect(ramp({ ...order('nobody'), patienceMs: 1 })).rejects.toThrow(/No worker of build nobody polls .* --build/);
  });

  it('takes new runs once it is released', async () => {
    await work('a', decideIn('a'));
    await ramp(order('a'));
    expect(said).toEqual(['build a gets 10 % of the new runs', 'build a gets 50 % of the new runs', 'build a is current']);
    open = await nudge('open');
    await expect.poll(() => asked, PATIENT).toEqual(['a']);
    await expect.poll(() => buildOf(open), PATIENT).toBe('a');
  });

  it('takes all new runs after its release, while a run that is open stays with the old build', async () => {
    await work('b', decideIn('b'));
    await ramp(order('b'));
    await nudgeTakenBy('b');
    expect(await endStrandedRuns(order('b'), { olderThanMs: 0, because: 'test' })).toBe(0);
    // Nor does a platform take its place that starts in the same namespace.
    expect(await release({ client, connection, namespace, hash: 'two' })).toBe(0);
    expect(await statusOf(open)).toBe('RUNNING');
    isHeld = false;
    await expect.poll(() => statusOf(open), PATIENT).toBe('COMPLETED');
    expect(await buildOf(open)).toBe('a');
  });

  it('leaves a run alone that no worker has taken yet', async () => {
    const waiting = await nudge('waiting');
    expect(await endStrandedRuns(order('b'), { olderThanMs: 0, because: 'test' })).toBe(0);
    await expect.poll(() => statusOf(waiting), PATIENT).toBe('COMPLETED');
  });

  it('that fails at its runs gets no more of them, and the old build stays', async () => {
    const broken = join(temporaryFolder(), 'workflows.js');
    await writeFile(broken, (await readFile(inject('workflowBundle'), 'utf8')).replaceAll('deploymentTransition', 'renamedTransition'));
    const c = await work('c', decideIn('c'), broken);
    const { end } = await begun({ ...order('c'), steps: [50], holdMs: 4000 });
    const many = await Promise.all(Array.from({ length: 12 }, (_, i) => nudge(`many-${i}`)));
    await expect(end).rejects.toThrow(/Build c fails at deployment\/default\/many/);
    await c.stop();
    // What it failed at is done by the old build.
    for (const each of many) await expect.poll(() => statusOf(each), PATIENT).toBe('COMPLETED');
    expect(new Set(await Promise.all(many.map(buildOf)))).toEqual(new Set(['b']));
  });

  it('whose worker dies while it gets a part of the runs is not brought into use', async () => {
    const e = await work('e', decideIn('e'));
    const { end } = await begun({ ...order('e'), steps: [1], holdMs: 6000, polledWithinMs: 1000 });
    await e.stop();
    await expect(end).rejects.toThrow(/workers of build e are gone/);
  });

  it('that takes none of its runs gets no more of them, and the old build does those', async () => {
    const f = await work('f', decideIn('f'));
    const { end } = await begun({ ...order('f'), steps: [99], holdMs: 12_000, takenWithinMs: 3000 });
    await f.stop();
    const left = await Promise.all(Array.from({ length: 6 }, (_, i) => nudge(`left-${i}`)));
    await expect(end).rejects.toThrow(/No worker of build f takes the runs/);
    for (const each of left) await expect.poll(() => statusOf(each), PATIENT).toBe('COMPLETED');
  });

  it('that can decide nothing gets no more runs', async () => {
    const g = await work('g', () => Promise.reject(new Error('a table is missing')));
    const { end } = await begun({ ...order('g'), steps: [99], holdMs: 8000 });
    await Promise.all(Array.from({ length: 6 }, (_, i) => nudge(`undecided-${i}`)));
    await expect(end).rejects.toThrow(/Build g fails at deployment\/default\/undecided/);
    await g.stop();
    await vi.waitFor(async () => expect(await endStrandedRuns(order('b'), { because: 'test', olderThanMs: 0, polledWithinMs: 6000 })).toBeGreaterThan(0), {
      ...PATIENT,
      interval: 500,
    });
  });

  it('is released once, however often that is asked for', async () => {
    said.length = 0;
    await ramp(order('b'));
    expect(said).toEqual(['build b is current already']);
  });

  it('may be gone, and then the runs that it left open are ended, each look going on where the last one ran out of time', async () => {
    isHeld = true;
    const d = await work('d', decideIn('a'));
    await ramp({ ...order('d'), steps: [] });
    const left = [await nudgeTakenBy('d'), await nudgeTakenBy('d')];
    await ramp({ ...order('b'), steps: [] });
    isHeld = false;
    await d.stop();
    const stranded = { because: 'its build is gone', polledWithinMs: 6000, forMs: 0 };
    expect(await endStrandedRuns(order('b'), { ...stranded, olderThanMs: 600_000 })).toBe(0);
    const one = async (): Promise<void> => expect(await endStrandedRuns(order('b'), { ...stranded, olderThanMs: 0 })).toBe(1);
    await vi.waitFor(one, { ...PATIENT, interval: 500 });
    await vi.waitFor(one, { ...PATIENT, interval: 500 });
    expect(await Promise.all(left.map(statusOf))).toEqual(['TERMINATED', 'TERMINATED']);
  });

  it('that Temporal only remembers is refused like one that it never saw', async () => {
    await expect(ramp({ ...order('d'), patienceMs: 1, polledWithinMs: 1000 })).rejects.toThrow(/No worker of build d polls/);
  });
});
