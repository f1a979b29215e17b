// Rows B4, B5, B6 and B11: a submit that does not get through, ids that must never come twice, two writers at the same moment, and a
// wake that nobody hears. On a platform in the test's process; nothing is killed here.
import { Context } from '@temporalio/activity';
import { beforeAll, describe, expect, it } from 'vitest';
import { Registry } from 'prom-client';
import type { DeploymentId, SessionClusterId } from '../../domain/ids.ts';
import { toFlinkJobId } from '../../domain/ids.ts';
import type { LocalClusters } from '../../flink/flink.ts';
import { createHttpApp } from '../../functions/app.ts';
import { deploymentWorkflowId } from '../../workflows/contract.ts';
import type { TestPlatform } from '../fixtures/a-platform.ts';
import { ENTRY_CLASS, withSimulatedPlatform } from '../fixtures/a-simulated-platform.ts';
import { assertInvariants, type Records, recordsOf } from '../fixtures/check-invariants.ts';
import { keepSweeping } from '../fixtures/keep-sweeping.ts';
import type { SimulatedClusters } from '../fixtures/simulated-clusters.ts';
import type { FlinkSim } from '../flink-sim/start-flink-sim.ts';

/** What happens at the next calls of the clusters, before them. */
let beforeObserve: () => Promise<void> = () => Promise.resolve();
let refusedStarts = 0;
let clusters: SimulatedClusters;
let platform: TestPlatform;
let session: FlinkSim;

const watched: Partial<LocalClusters> = {
  observe: async (id) => {
    const { activityType, workflowExecution } = Context.current().info;
    if (activityType === 'decide' && workflowExecution?.workflowId.includes('/edited/')) await beforeObserve();
    return clusters.observe(id);
  },
  startApplication: async (id, order) => {
    if (refusedStarts === 0) return clusters.startApplication(id, order);
    refusedStarts -= 1;
    return { kind: 'unavailable', reason: 'the machine has no process to spare', mayHaveArrived: false };
  },
};

withSimulatedPlatform((own) => ({ clusters, platform } = own), { over: watched });
beforeAll(async () => {
  const spec = { state: 'RUNNING', deploymentTargetName: 'default', flinkVersion: '1.20' };
  const { body } = await platform.call('POST', 'sessionclusters', { metadata: { name: 'shared' }, spec });
  await platform.until('sessionclusters/shared', ({ status }) => status.state === 'RUNNING');
  session = clusters.ofSession(body.metadata.id as SessionClusterId, 1);
  session.setSlots(100);
});

const RUN = /^\/jars\/[^/]+\/run$/;
const IN_SESSION = { deploymentTargetName: null, sessionClusterName: 'shared' };

async function create(name: string, spec: object = {}, over: object = {}): Promise<DeploymentId> {
  const artifact = { kind: 'JAR', jarUri: platform.jarUri, entryClass: ENTRY_CLASS, flinkVersion: '1.20', ...over };
  const template = { spec: { artifact, flinkConfiguration: { 'execution.checkpointing.interval': '1h' } } };
  const { status, body } = await platform.call('POST', 'deployments', {
    metadata: { name },
    spec: { state: 'RUNNING', deploymentTargetName: 'default', template, ...spec },
  });
  expect(status, JSON.stringify(body)).toBe(201);
  return body.metadata.id as DeploymentId;
}

async function running(name: string, id: DeploymentId): Promise<Records> {
  await platform.until(`deployments/${name}`, ({ status }) => status.state === 'RUNNING', 40_000);
  await assertInvariants(platform.store, id, clusters.started());
  return recordsOf(platform.store, id);
}

/** How often Temporal has tried the activity that the run of this Deployment is at. */
async function attemptsUnderWay(name: string, id: DeploymentId): Promise<number> {
  const { raw } = await platform.client.workflow.getHandle(deploymentWorkflowId({ namespace: 'default', name, id })).describe();
  return raw.pendingActivities?.find(({ activityType }) => activityType?.name === 'submitJob')?.attempt ?? 0;
}

/** One Job, handed over once, and nothing counted. */
function expectNoAttempt({ jobs, events }: Records): void {
  expect(jobs.map(({ state }) => state)).toEqual(['STARTED']);
  expect(events.filter(({ name }) => name === 'FAILED_CREATING_A_NEW_JOB')).toEqual([]);
  expect(events.filter(({ name }) => name === 'JOB_SUCCESSFULLY_STARTED')).toHaveLength(1);
}

describe('a submit that does not get through', () => {
  it.each(['503', '500', 'refuse'] as const)(
    'B4 is repeated with the same Job and Flink job id while a session cluster answers it with %s',
    async (fault) => {
      const before = session.calls('POST', RUN).length;
      session.faults.next({ method: 'POST', path: RUN, do: fault, times: 3 });
      const id = await create(`fault-${fault}`, IN_SESSION);
      const records = await running(`fault-${fault}`, id);
      expectNoAttempt(records);
      const asked = session.calls('POST', RUN).slice(before);
      expect(asked.length).toBeGreaterThanOrEqual(4);
      expect([...new Set(asked.map(({ body }) => body['jobId']))]).toEqual(records.jobs.map((job) => toFlinkJobId(job.id)));
    },
    60_000,
  );

  it('B4 is repeated with the same Job while a session cluster refuses every connection', async () => {
    session.faults.next({ method: 'POST', path: RUN, do: '503', times: Number.POSITIVE_INFINITY });
    const id = await create('refused', IN_SESSION);
    await expect.poll(() => attemptsUnderWay('refused', id), { timeout: 20_000 }).toBeGreaterThan(1);
    const [before] = (await recordsOf(platform.store, id)).jobs;
    await session.refuseConnections();
    const attempts = await attemptsUnderWay('refused', id);
    await expect.poll(() => attemptsUnderWay('refused', id), { timeout: 40_000 }).toBeGreaterThan(attempts + 1);
    session.faults.clear();
    await session.acceptConnections();
    const records = await running('refused', id);
    expectNoAttempt(records);
    expect(records.jobs.map((job) => job.id)).toEqual([before?.id]);
  }, 90_000);

  it('B4 is repeated with the same Job while a cluster of its own cannot be started', async () => {
    refusedStarts = 3;
    const id = await create('no-machine');
    const records = await running('no-machine', id);
    expectNoAttempt(records);
    expect(refusedStarts).toBe(0);
    const inFlink = clusters.started().flatMap((sim) => sim.everyJob());
    expect(inFlink.filter(({ order }) => records.jobs.some((job) => toFlinkJobId(job.id) === order.id))).toHaveLength(1);
  }, 60_000);
});

describe('a program that Flink refuses, when the answer to its first run call is lost', () => {
  it.each([
    ['its entry class is not in the jar', { entryClass: 'com.example.Absent' }, 'ClassNotFoundException: com.example.Absent'],
    ['its main() throws', { mainArgs: '--sim-main=throws' }, 'RuntimeException: main() was told to throw'],
  ])(
    'is given up like any other: %s',
    async (what, artifact, reason) => {
      session.faults.next({ method: 'POST', path: RUN, do: 'acceptThenDie' });
      const id = await create(`hopeless-${what.length}`, { ...IN_SESSION, maxJobCreationAttempts: 1 }, artifact);
      await expect.poll(async () => (await recordsOf(platform.store, id)).deployment.status.state, { timeout: 20_000 }).toBe('FAILED');
      const { jobs } = await recordsOf(platform.store, id);
      expect(jobs.map((job) => [job.state, job.failure?.reason])).toEqual([['FAILED', reason]]);
      await assertInvariants(platform.store, id, clusters.started());
    },
    40_000,
  );
});

describe('ids', () => {
  it('B5 never come twice, not in the same millisecond and not when names are used again after a delete', async () => {
    const { store } = platform;
    const fresh = Array.from({ length: 30_000 }, () => store.newId<'JobId'>());
    expect(new Set(fresh.map(toFlinkJobId)).size).toBe(fresh.length);

    const names = Array.from({ length: 4 }, (_, i) => `again-${i}`);
    const ids: string[] = [];
    for (let life = 0; life < 3; life += 1) ids.push(...(await Promise.all(names.map((name) => oneLife(name)))).flat());
    expect(ids.length).toBe(names.length * 3 * 2);
    expect(new Set(ids).size).toBe(ids.length);
    const jobs = clusters.started().flatMap((sim) => sim.everyJob());
    expect(new Set(jobs.map(({ order }) => order.id)).size).toBe(jobs.length);
  }, 120_000);

  /** Created, started, cancelled and deleted: its id and that of its Job, which stays known. */
  async function oneLife(name: string): Promise<readonly string[]> {
    const { store } = platform;
    const id = await create(name);
    await platform.until(`deployments/${name}`, ({ status }) => status.state === 'RUNNING', 40_000);
    await platform.call('PATCH', `deployments/${name}`, { spec: { state: 'CANCELLED' } });
    await platform.until(`deployments/${name}`, ({ status }) => status.state === 'CANCELLED', 40_000);
    const { jobs } = await recordsOf(store, id);
    expect((await platform.call('DELETE', `deployments/${name}`)).status).toBe(200);
    for (const job of jobs) expect(await store.jobs.wasEverKnown(store.read, job.id)).toBe(true);
    return [id, ...jobs.map((job) => job.id)];
  }
});

describe('two writers', () => {
  it('B6 lose nothing of each other when a user edits between what a decision reads and what it writes', async () => {
    const id = await create('edited');
    await running('edited', id);
    const versions: number[] = [];
    beforeObserve = async () => {
      const n = versions.length + 1;
      if (n > 3) return;
      versions.push(n);
      const edit = {
        metadata: { labels: { edit: `${n}` } },
        spec: { maxSavepointCreationAttempts: 4 + n, template: { spec: { artifact: { mainArgs: `--edit ${n}` } } } },
      };
      const { status, body } = await platform.call('PATCH', 'deployments/edited', edit);
      expect(status).toBe(200);
      versions[n - 1] = (body.metadata as unknown as { readonly resourceVersion: number }).resourceVersion;
    };
    await platform.call('PATCH', 'deployments/edited', { spec: { template: { spec: { artifact: { mainArgs: '--edit 0' } } } } });
    await expect.poll(() => versions.length, { timeout: 20_000 }).toBe(3);
    const upgraded = (records: Records): boolean =>
      records.deployment.settledVersion === records.deployment.intentVersion && records.deployment.status.state === 'RUNNING';
    await expect.poll(async () => upgraded(await recordsOf(platform.store, id)), { timeout: 40_000 }).toBe(true);
    beforeObserve = () => Promise.resolve();
    const { deployment, jobs } = await recordsOf(platform.store, id);
    expect([deployment.labels, deployment.spec.maxSavepointCreationAttempts]).toEqual([{ edit: '3' }, 7]);
    expect(jobs[0]?.template.spec.artifact).toMatchObject({ mainArgs: '--edit 3' });
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
    expect(new Set(versions).size).toBe(3);
    await assertInvariants(platform.store, id, clusters.started());
  }, 90_000);
});

describe('an edit that was stored by a process that died before it woke anybody', () => {
  it('B11 is taken up by the sweep within a minute', async () => {
    const id = await create('unheard');
    const before = await running('unheard', id);
    const wake = { deployment: died, sessionCluster: died, sweep: died };
    const dying = createHttpApp({
      store: platform.store,
      wake,
      flink: platform.deps.flink,
      reach: () => Promise.resolve(undefined),
      readiness: () => ({ ready: true, reasons: [] }),
      registry: new Registry(),
      logger: { error: () => undefined },
      settings: { version: '0.0.0', auth: { kind: 'none', admins: [] }, allowedHosts: [], lenient: false, localTargets: true },
    });
    const stopSweeping = await keepSweeping(platform);
    const body = JSON.stringify({ spec: { template: { spec: { artifact: { mainArgs: '--heard' } } } } });
    const headers = { 'content-type': 'application/json' };
    void dying.request('http://localhost/api/v1/namespaces/default/deployments/unheard', { method: 'PATCH', headers, body });
    await expect.poll(async () => (await recordsOf(platform.store, id)).deployment.specVersion).toBe(before.deployment.specVersion + 1);
    await expect.poll(async () => (await recordsOf(platform.store, id)).jobs.map(({ state }) => state), { timeout: 60_000 }).toEqual(['STARTED', 'TERMINATED']);
    await stopSweeping();
    const { jobs } = await running('unheard', id);
    expect(jobs[0]?.template.spec.artifact).toMatchObject({ mainArgs: '--heard' });
  }, 90_000);

  /** Never answers, and nobody is told. */
  function died(): Promise<boolean> {
    return new Promise(() => undefined);
  }
});
