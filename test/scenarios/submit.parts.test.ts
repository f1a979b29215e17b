// Run calls whose answer is lost and that are wanted no more, and session clusters that do not come up, or change, under their Deployments.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toFlinkJobId, type JobId, type SessionClusterId } from '../../domain/ids.ts';
import { type Doc, newest, type TestPlatform } from '../fixtures/a-platform.ts';
import { ENTRY_CLASS, withSimulatedPlatform } from '../fixtures/a-simulated-platform.ts';
import { keepSweeping } from '../fixtures/keep-sweeping.ts';
import type { SimulatedClusters } from '../fixtures/simulated-clusters.ts';
import type { FlinkSim } from '../flink-sim/start-flink-sim.ts';

const PATIENCE_MS = 60_000;
const LIMIT = { timeout: 180_000 };
const RUN = /^\/jars\/[^/]+\/run$/;

let clusters: SimulatedClusters;
let platform: TestPlatform;
let stopSweeping: () => Promise<void>;
/** Session clusters whose JobManager dies right after its start. */
let diesAtStart = false;

withSimulatedPlatform((own) => ({ clusters, platform } = own), {
  over: {
    startSession: async (id, incarnation, order) => {
      const answer = await clusters.startSession(id, incarnation, order);
      if (diesAtStart) await clusters.kill(id);
      return answer;
    },
  },
});
beforeAll(async () => {
  stopSweeping = await keepSweeping(platform);
});
afterAll(() => stopSweeping());

const clusterIs = (name: string, state: string): Promise<Doc> => platform.until(`sessionclusters/${name}`, ({ status }) => status.state === state, PATIENCE_MS);
const isIn = (name: string, state: string): Promise<Doc> => platform.until(`deployments/${name}`, ({ status }) => status.state === state, PATIENCE_MS);
const get = async (path: string): Promise<Doc> => (await platform.call('GET', path)).body;
const jobOf = async (name: string): Promise<Doc> => newest((await get(`jobs?deploymentId=${(await get(`deployments/${name}`)).metadata.id}`)).items);

async function orderCluster(name: string, over: object = {}): Promise<string> {
  const spec = { state: 'RUNNING', deploymentTargetName: 'default', flinkVersion: '1.20', ...over };
  const { status, body } = await platform.call('POST', 'sessionclusters', { metadata: { name }, spec });
  expect(status, body.message).toBe(201);
  return body.metadata.id;
}

async function aCluster(name: string): Promise<FlinkSim> {
  const id = await orderCluster(name);
  await clusterIs(name, 'RUNNING');
  return clusters.ofSession(id as SessionClusterId, 1);
}

async function deploy(name: string, sessionClusterName: string): Promise<void> {
  const artifact = { kind: 'JAR', jarUri: platform.jarUri, entryClass: ENTRY_CLASS, flinkVersion: '1.20' };
  const template = { spec: { artifact, flinkConfiguration: { 'execution.checkpointing.interval': '50ms' } } };
  const { status, body } = await platform.call('POST', 'deployments', { metadata: { name }, spec: { state: 'RUNNING', sessionClusterName, template } });
  expect(status, body.message).toBe(201);
}

/** Waits for that many run calls, answered or not. */
const runCalls = async (sim: FlinkSim, count: number): Promise<void> => {
  await platform.until('deployments', () => sim.calls('POST', RUN).length >= count, PATIENCE_MS);
};

const eventsOf = async (name: string): Promise<readonly string[]> =>
  (await get(`events?sessionClusterId=${(await get(`sessionclusters/${name}`)).metadata.id}`)).items.map(({ metadata }) => metadata.name);

describe('a run call whose answer is not known, of a Deployment that is cancelled meanwhile', LIMIT, () => {
  it('is not sent again: its id is burned, so that a late one can start nothing', async () => {
    const sim = await aCluster('burns');
    sim.faults.next({ method: 'POST', path: RUN, do: 'refuse', times: Infinity });
    await deploy('burned', 'burns');
    await runCalls(sim, 1);
    await platform.call('PATCH', 'deployments/burned', { spec: { state: 'CANCELLED' } });
    const before = sim.calls('POST', RUN).length;
    await runCalls(sim, before + 1);
    sim.faults.clear();
    await isIn('burned', 'CANCELLED');
    const job = await jobOf('burned');
    const flinkJobId = toFlinkJobId(job.metadata.id as JobId);
    expect(sim.job(flinkJobId).status).toBe('FAILED');
    expect(sim.job(flinkJobId).initialised).toBe(false);
    const late = sim.calls('POST', RUN).at(-1);
    expect(late?.body['savepointPath']).toContain('cannot-exist');
    expect(job.status.state).toBe('TERMINATED');
  });

  it('whose jar was lost with its JobManager needs no burning: nothing can start it any more', async () => {
    const sim = await aCluster('loses');
    sim.faults.next({ method: 'POST', path: RUN, do: 'refuse', times: Infinity });
    await deploy('lost', 'loses');
    await runCalls(sim, 1);
    await sim.restartJobManager();
    await platform.call('PATCH', 'deployments/lost', { spec: { state: 'CANCELLED' } });
    await isIn('lost', 'CANCELLED');
    expect(sim.everyJob()).toEqual([]);
    expect(['TERMINATED', 'FAILED']).toContain((await jobOf('lost')).status.state);
  });

  it('that did arrive is seen: the job is cancelled, and only then is it CANCELLED', async () => {
    const sim = await aCluster('arrives');
    sim.faults.next({ method: 'POST', path: RUN, do: 'acceptThenDie' });
    sim.faults.next({ method: 'POST', path: RUN, do: 'refuse', times: 2 });
    await deploy('arrived', 'arrives');
    await runCalls(sim, 1);
    await platform.call('PATCH', 'deployments/arrived', { spec: { state: 'CANCELLED' } });
    await isIn('arrived', 'CANCELLED');
    expect(sim.liveJobs()).toEqual([]);
    expect(sim.everyJob().map(({ status }) => status)).toEqual(['CANCELED']);
  });
});

describe('a session cluster', LIMIT, () => {
  it('of a Flink version that nobody has is FAILED, and its Deployment waits without an attempt; corrected, both run', async () => {
    await orderCluster('too-new', { flinkVersion: '9.9' });
    const { status } = await clusterIs('too-new', 'FAILED');
    expect(status.failure.reason).toContain('cannot run Flink 9.9');
    expect(await eventsOf('too-new')).toContain('TERMINATING_A_SESSION_CLUSTER_DUE_TO_AN_UNRECOVERABLE_FAILURE');
    await deploy('waits', 'too-new');
    await isIn('waits', 'TRANSITIONING');
    expect((await platform.call('PATCH', 'sessionclusters/too-new', { spec: { state: 'STOPPED' } })).status).toBe(200);
    await clusterIs('too-new', 'STOPPED');
    expect((await platform.call('PATCH', 'sessionclusters/too-new', { spec: { state: 'RUNNING', flinkVersion: '1.20' } })).status).toBe(200);
    await isIn('waits', 'RUNNING');
    expect((await get(`jobs?deploymentId=${(await get('deployments/waits')).metadata.id}`)).items).toHaveLength(1);
  });

  it('whose JobManager dies before it is up is FAILED with the reason, and is not started again and again', async () => {
    diesAtStart = true;
    const id = await orderCluster('dies');
    const { status } = await clusterIs('dies', 'FAILED');
    diesAtStart = false;
    expect(status.failure.reason).toContain('it does not come up');
    expect(clusters.simsOf(id as SessionClusterId)).toHaveLength(1);
    await platform.call('PATCH', 'sessionclusters/dies', { spec: { state: 'STOPPED' } });
    await clusterIs('dies', 'STOPPED');
    await platform.call('PATCH', 'sessionclusters/dies', { spec: { state: 'RUNNING' } });
    await clusterIs('dies', 'RUNNING');
  });

  it('gets more TaskManagers while the job on it runs on', async () => {
    await aCluster('grows');
    await deploy('stays', 'grows');
    await isIn('stays', 'RUNNING');
    expect((await platform.call('PATCH', 'sessionclusters/grows', { spec: { numberOfTaskManagers: 3 } })).status).toBe(200);
    await platform.until(
      'sessionclusters/grows',
      ({ metadata, status }) => status.state === 'RUNNING' && clusters.ofSession(metadata.id as SessionClusterId, 1).liveJobs().length === 1,
      PATIENCE_MS,
    );
    const { metadata } = await get('sessionclusters/grows');
    await platform.until('deployments/stays', () => taskManagersOf(metadata.id as SessionClusterId) === 3, PATIENCE_MS);
    await clusterIs('grows', 'RUNNING');
    expect((await jobOf('stays')).status.state).toBe('STARTED');
  });

  it('that loses its JobManager is started anew, and its Deployment goes on from its newest checkpoint', async () => {
    await aCluster('again');
    await deploy('follows', 'again');
    await isIn('follows', 'RUNNING');
    const { metadata } = await get('sessionclusters/again');
    const first = await jobOf('follows');
    clusters.ofSession(metadata.id as SessionClusterId, 1).takeCheckpoint(toFlinkJobId(first.metadata.id as JobId));
    await clusters.kill(metadata.id as SessionClusterId);
    await platform.until('deployments/follows', ({ status }) => status.state === 'RUNNING' && status.running?.jobId !== first.metadata.id, PATIENCE_MS);
    expect(clusters.simsOf(metadata.id as SessionClusterId)).toHaveLength(2);
    expect((await jobOf('follows')).spec.savepointLocation).toMatch(/\/chk-\d+$/);
  });
});

function taskManagersOf(id: SessionClusterId): number {
  return clusters.ofSession(id, 1).taskManagers();
}
