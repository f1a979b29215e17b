// A namespace that is deleted is emptied in order, and gone only when nothing of it runs any more. Real Temporal, real store, simulated Flink.
import { describe, expect, it } from 'vitest';
import type { TestPlatform } from '../fixtures/a-platform.ts';
import { ENTRY_CLASS, withSimulatedPlatform } from '../fixtures/a-simulated-platform.ts';
import type { SimulatedClusters } from '../fixtures/simulated-clusters.ts';

const ENDED = ['FINISHED', 'CANCELED', 'FAILED'];
let clusters: SimulatedClusters;
let platform: TestPlatform;
withSimulatedPlatform((own) => ({ clusters, platform } = own), { sweeps: true });

const N = '/api/v1/namespaces/doomed';
const NAMESPACE = '/namespaces/v1/namespaces/doomed';

async function deploy(name: string, place: object): Promise<void> {
  const artifact = { kind: 'JAR', jarUri: platform.jarUri, entryClass: ENTRY_CLASS, flinkVersion: '1.20' };
  const spec = { state: 'RUNNING', ...place, template: { spec: { artifact } } };
  const { status, body } = await platform.call('POST', `${N}/deployments`, { metadata: { name }, spec });
  expect(status, JSON.stringify(body)).toBe(201);
}

const live = (): number => clusters.started().flatMap((sim) => sim.everyJob().filter((job) => !ENDED.includes(job.status) && job.diedAt === undefined)).length;

describe('a namespace that is deleted', () => {
  it('ends its jobs and session clusters, then goes with everything in it, and its name is free again', async () => {
    expect((await platform.call('POST', '/namespaces/v1/namespaces', { name: 'namespaces/doomed' })).status).toBe(200);
    await platform.call('POST', `${N}/deployment-targets`, { metadata: { name: 'here' }, spec: { local: {} } });
    await platform.call('POST', `${N}/sessionclusters`, {
      metadata: { name: 'shared' },
      spec: { state: 'RUNNING', deploymentTargetName: 'here', flinkVersion: '1.20' },
    });
    await platform.until(`${N}/sessionclusters/shared`, ({ status }) => status.state === 'RUNNING');
    await deploy('own', { deploymentTargetName: 'here' });
    await deploy('guest', { sessionClusterName: 'shared' });
    for (const name of ['own', 'guest']) await platform.until(`${N}/deployments/${name}`, ({ status }) => status.state === 'RUNNING', 40_000);
    expect(live()).toBe(2);

    expect((await platform.call('DELETE', NAMESPACE)).status).toBe(200);
    await expect.poll(async () => (await platform.call('GET', NAMESPACE)).status, { timeout: 60_000 }).toBe(404);
    expect(live()).toBe(0);
    expect((await platform.call('GET', `${N}/deployments`)).status).toBe(404);
    const { store } = platform;
    expect(await store.events.list(store.read, 'doomed', {})).toEqual([]);
    expect((await platform.call('POST', '/namespaces/v1/namespaces', { name: 'namespaces/doomed' })).status).toBe(200);
    expect((await platform.call('GET', `${N}/deployments`)).body.items).toEqual([]);
  }, 120_000);
});
