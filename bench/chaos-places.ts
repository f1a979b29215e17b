// Where the Deployments of the fault benchmark run: a session cluster, simulated or of real Flink processes, and the Deployments on it.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startChild, type Child } from './chaos-child.ts';
import type { ChaosClient } from './chaos-client.ts';
import { realWitness, sessionClusterUrl, simulatedWitness, type Witness } from './chaos-flink.ts';
import type { MortalPlatform } from './chaos-platform.ts';
import { argsOf } from './chaos-upgrades.ts';

const CLUSTER = 'chaos';
const SIMULATED_CLASS = 'com.example.Job';
const REAL_JOB = {
  jarUri: 'maven:org.apache.flink:flink-examples-streaming:1.20.0:TopSpeedWindowing',
  entryClass: 'org.apache.flink.streaming.examples.windowing.TopSpeedWindowing',
};
const START_LIMIT_MS = 300_000;
const POLL_MS = 100;

export interface Place {
  readonly job: { readonly jarUri: string; readonly entryClass: string };
  readonly witness: Witness;
}

export interface Setting {
  readonly client: ChaosClient;
  readonly platform: MortalPlatform;
  readonly signal: AbortSignal;
  /** Takes what has to be stopped at the end. */
  readonly own: (child: Child) => void;
}

/** A simulated Flink, which for drey is somebody else's cluster. */
export async function simulatedPlace({ client, platform, signal, own }: Setting): Promise<Place> {
  const sim = await startChild('test/flink-sim/main.ts');
  own(sim);
  const { url, historyUrl } = sim.said;
  if (url === undefined || historyUrl === undefined) throw new Error('the simulated Flink did not say where it is');
  await client.create('sessionclusters', { metadata: { name: CLUSTER }, spec: { state: 'RUNNING', external: { url } } });
  await clusterRuns(client, signal);
  const jar = join(platform.home, 'job.jar');
  await writeFile(jar, leastJar(SIMULATED_CLASS));
  return { job: { jarUri: `file://${jar}`, entryClass: SIMULATED_CLASS }, witness: simulatedWitness(historyUrl) };
}

/** What the simulation takes for a jar with this class: the marks of a zip's table around the name. */
function leastJar(entryClass: string): Buffer {
  const name = `PK\u0001\u0002${entryClass.replaceAll('.', '/')}.class`;
  return Buffer.concat([Buffer.from(`${name}PK\u0005\u0006`, 'latin1'), Buffer.alloc(18)]);
}

/** A local session cluster: real Flink processes. */
export async function realPlace({ client, platform, signal }: Setting): Promise<Place> {
  const resources = { jobmanager: { cpu: 1, memory: '2g' }, taskmanager: { cpu: 1, memory: '3g' } };
  const spec = { state: 'RUNNING', deploymentTargetName: 'default', flinkVersion: '1.20', numberOfTaskManagers: 1, resources };
  await client.create('sessionclusters', { metadata: { name: CLUSTER }, spec: { ...spec, flinkConfiguration: { 'taskmanager.numberOfTaskSlots': '8' } } });
  await clusterRuns(client, signal);
  return { job: REAL_JOB, witness: realWitness(await sessionClusterUrl(platform.home)) };
}

async function clusterRuns(client: ChaosClient, signal: AbortSignal): Promise<void> {
  const end = performance.now() + START_LIMIT_MS;
  while ((await client.sessionClusterState(CLUSTER)) !== 'RUNNING') {
    if (performance.now() > end) throw new Error('the session cluster does not come up');
    await wait(POLL_MS, undefined, { signal });
  }
}

/** Creates them and returns when all are RUNNING. */
export async function startDeployments({ client, signal }: Setting, { job }: Place, names: readonly string[]): Promise<void> {
  const artifact = { kind: 'JAR', ...job, mainArgs: argsOf(0), flinkVersion: '1.20' };
  const template = { spec: { artifact, parallelism: 1, flinkConfiguration: { 'execution.checkpointing.interval': '1s' } } };
  const spec = { state: 'RUNNING', sessionClusterName: CLUSTER, upgradeStrategy: { kind: 'STATEFUL' }, restoreStrategy: { kind: 'LATEST_STATE' }, template };
  for (const name of names) await client.create('deployments', { metadata: { name }, spec });
  const end = performance.now() + START_LIMIT_MS;
  for (const name of names) {
    for (;;) {
      const { state, because } = await client.deployment(name);
      if (state === 'RUNNING') break;
      if (state === 'FAILED' || performance.now() > end) throw new Error(`${name} is ${state}: ${because}`);
      await wait(POLL_MS, undefined, { signal });
    }
  }
}
