// What a namespace's DeploymentDefaults instruct holds for Deployments that are there; and artifacts that are only kept. On real parts: HTTP in, real
// Temporal, real store, simulated Flink.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type JobId, parseId } from '../../domain/ids.ts';
import { type Doc, runningJob, runsAfter, type TestPlatform } from '../fixtures/a-platform.ts';
import { ENTRY_CLASS, withSimulatedPlatform } from '../fixtures/a-simulated-platform.ts';
import { keepSweeping } from '../fixtures/keep-sweeping.ts';
import type { SimulatedClusters } from '../fixtures/simulated-clusters.ts';

const REQUIRE_STATE = 'drey.dev/require-state';
let clusters: SimulatedClusters;
let platform: TestPlatform;
let stopSweeping: () => Promise<void>;
withSimulatedPlatform((own) => ({ clusters, platform } = own));
beforeAll(async () => {
  stopSweeping = await keepSweeping(platform);
});
afterAll(() => stopSweeping());

const instruct = async (word: string | null): Promise<void> => {
  const { status } = await platform.call('PATCH', 'deployment-defaults', { metadata: { annotations: { [REQUIRE_STATE]: word } } });
  expect(status).toBe(200);
};

/** A running Deployment that would start every next job empty, with a completed checkpoint. */
async function withState(name: string): Promise<string> {
  const artifact = { kind: 'JAR', jarUri: platform.jarUri, entryClass: ENTRY_CLASS, flinkVersion: '1.20' };
  const flinkConfiguration = { 'execution.checkpointing.interval': '1h' };
  const spec = { deploymentTargetName: 'default', restoreStrategy: { kind: 'NONE' }, template: { spec: { artifact, flinkConfiguration } } };
  await platform.call('POST', 'deployments', { metadata: { name }, spec });
  const job = runningJob(await platform.until(`deployments/${name}`, ({ status }) => status.state === 'RUNNING'));
  clusters.ofJob(job as JobId).takeCheckpoint(job.replaceAll('-', ''));
  return job;
}

const upgrade = (name: string) => platform.call('PATCH', `deployments/${name}`, { spec: { template: { spec: { artifact: { mainArgs: '--version 2' } } } } });
const isHeldUp = ({ status, metadata }: Doc): boolean =>
  (status.running?.conditions.some(({ type, status: holds }) => type === 'UpToDate' && holds === 'False') ?? false) &&
  (metadata.annotations['drey.dev/because'] ?? '').includes(REQUIRE_STATE);

it('A17: drey.dev/require-state of the namespace holds up an upgrade of a Deployment that was there before, until it is taken away', async () => {
  const job = await withState('silent');
  await instruct('true');
  await upgrade('silent');
  await platform.until('deployments/silent', isHeldUp);
  const jobs = (await platform.call('GET', 'jobs')).body.items.filter(({ metadata }) => metadata.id !== job);
  expect(jobs).toEqual([]);
  await instruct(null);
  const after = runningJob(await platform.until('deployments/silent', runsAfter(job)));
  expect((await platform.call('GET', `jobs/${after}`)).body.spec.savepointLocation).toBeUndefined();
});

it('A17: a Deployment that says "false" is upgraded whatever its namespace requires', async () => {
  const job = await withState('own');
  await instruct('true');
  await platform.call('PATCH', 'deployments/own', { metadata: { annotations: { [REQUIRE_STATE]: 'false' } } });
  await upgrade('own');
  const after = runningJob(await platform.until('deployments/own', runsAfter(job)));
  expect(after).not.toBe(job);
});

it('G8: other defaults of the namespace leave a running Deployment as it is, also when it is edited; a new one takes them', async () => {
  const job = await withState('old');
  const { metadata, spec } = (await platform.call('GET', 'deployments/old')).body;
  const eventsOf = async () => (await platform.call('GET', `events?deploymentId=${metadata.id}`)).body.items.map((event) => event.metadata.name);
  const before = await eventsOf();
  const defaults = { maxSavepointCreationAttempts: 9, template: { spec: { parallelism: 3, flinkConfiguration: { 'my.default': 'new' } } } };
  expect((await platform.call('PATCH', 'deployment-defaults', { spec: defaults })).status).toBe(200);
  const labelled = (await platform.call('PATCH', 'deployments/old', { metadata: { labels: { team: 'a' } } })).body;
  expect(labelled.spec).toEqual(spec);
  // An instruction calls for a look: what is seen then is what was settled before.
  await platform.call('PATCH', 'deployments/old', { metadata: { annotations: { [REQUIRE_STATE]: 'false' } } });
  const id = parseId<'DeploymentId'>(metadata.id);
  await expect.poll(async () => isSettled(await platform.store.deployments.findById(platform.store.read, id)), { timeout: 20_000 }).toBe(true);
  expect([runningJob((await platform.call('GET', 'deployments/old')).body), await eventsOf()]).toEqual([job, before]);
  const artifact = { kind: 'JAR', jarUri: platform.jarUri };
  const fresh = await platform.call('POST', 'deployments', {
    metadata: { name: 'fresh' },
    spec: { state: 'CANCELLED', deploymentTargetName: 'default', template: { spec: { artifact } } },
  });
  expect(fresh.body.spec).toMatchObject(defaults);
});

function isSettled(deployment: { readonly settledVersion: number; readonly intentVersion: number } | undefined): boolean {
  return deployment !== undefined && deployment.settledVersion === deployment.intentVersion;
}

it.each([
  ['SQLSCRIPT', { sqlScript: 'INSERT INTO a SELECT 1' }],
  ['PYTHON', { pythonArtifactUri: 's3://b/job.py' }],
])('an artifact of kind %s is not run: the Deployment fails after its attempts and says why', async (kind, artifact) => {
  const name = kind.toLowerCase();
  const spec = { deploymentTargetName: 'default', maxJobCreationAttempts: 2, template: { spec: { artifact: { kind, flinkVersion: '1.20', ...artifact } } } };
  const { id } = (await platform.call('POST', 'deployments', { metadata: { name }, spec })).body.metadata;
  await platform.until(`deployments/${name}`, ({ status }) => status.state === 'FAILED');
  const jobs = (await platform.call('GET', `jobs?deploymentId=${id}`)).body.items;
  const because = `artifacts of kind ${kind} cannot be run yet; use kind JAR`;
  expect(jobs.map(({ status }) => [status.state, status.failure.reason])).toEqual([
    ['FAILED', because],
    ['FAILED', because],
  ]);
});
