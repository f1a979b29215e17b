// What a namespace's DeploymentDefaults instruct holds for Deployments that are there, on real parts: HTTP in, real Temporal, real store, simulated Flink.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JobId } from '../../domain/ids.ts';
import { type Doc, runningJob, runsAfter, startTestPlatform, type TestPlatform } from '../fixtures/a-platform.ts';
import { keepSweeping } from '../fixtures/keep-sweeping.ts';
import { createSimulatedClusters, type SimulatedClusters } from '../fixtures/simulated-clusters.ts';
import { writeJar } from '../flink-sim/a-jar.ts';

const ENTRY_CLASS = 'com.example.Job';
const REQUIRE_STATE = 'drey.dev/require-state';
let clusters: SimulatedClusters;
let platform: TestPlatform;
let stopSweeping: () => Promise<void>;
beforeAll(async () => {
  clusters = createSimulatedClusters();
  const folder = await mkdtemp(join(tmpdir(), 'drey-jar-'));
  platform = await startTestPlatform({ clusters, jar: writeJar(join(folder, 'job.jar'), ENTRY_CLASS) });
  stopSweeping = await keepSweeping(platform);
});
afterAll(async () => {
  await stopSweeping();
  await platform.stopWorker();
  await clusters.closeAll();
  await platform.stop();
});

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
