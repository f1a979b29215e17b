// latency: what drey adds to a stateful upgrade. Pairs of the same upgrade, raw and through drey, interleaved on one session cluster.
import { createDreyClient, type DreyClient } from './drey-client.ts';
import { toTable } from './percentiles.ts';
import { startPlatform, type Platform } from './platform.ts';
import { run, upgrade, uploadJar, type RawJob } from './raw-flink.ts';

const ENTRY_CLASS = 'org.apache.flink.streaming.examples.windowing.TopSpeedWindowing';
const JAR = 'maven:org.apache.flink:flink-examples-streaming:1.20.0:TopSpeedWindowing';
const CHECKPOINTING = { 'execution.checkpointing.interval': '10s' };
const WARM_UP = 5;

export interface LatencyOptions {
  readonly pairs: number;
  readonly print: (line: string) => void;
}

export async function latency({ pairs, print }: LatencyOptions): Promise<void> {
  const platform = await startPlatform(print);
  try {
    const drey = createDreyClient(platform.url);
    await startSessionCluster(drey);
    print('session cluster RUNNING');
    let deployed = await startDeployment(drey);
    print('Deployment RUNNING');
    const raw = await prepareRaw(platform, deployed);
    let rawJob = await run(raw);
    const rawMs: number[] = [];
    const dreyMs: number[] = [];
    for (let pair = -WARM_UP; pair < pairs; pair += 1) {
      const first = await timed(() => upgrade(raw, rawJob));
      rawJob = first.value;
      const second = await timed(() => upgradeDeployment(drey, deployed, pair));
      deployed = second.value;
      if (pair < 0) continue;
      rawMs.push(first.ms);
      dreyMs.push(second.ms);
      if ((pair + 1) % 25 === 0) print(`${pair + 1} of ${pairs} pairs`);
    }
    const added = dreyMs.map((ms, i) => ms - (rawMs[i] ?? Number.NaN));
    print(
      toTable([
        { name: 'raw Flink REST, ms', values: rawMs },
        { name: 'through drey, ms', values: dreyMs },
        { name: 'added by drey (pairwise), ms', values: added },
      ]),
    );
  } finally {
    await platform.stop();
  }
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly ms: number }> {
  const start = performance.now();
  const value = await work();
  return { value, ms: performance.now() - start };
}

async function startSessionCluster(drey: DreyClient): Promise<void> {
  const resources = { jobmanager: { cpu: 1, memory: '2g' }, taskmanager: { cpu: 1, memory: '3g' } };
  await drey.create('sessionclusters', {
    metadata: { name: 'bench' },
    spec: { state: 'RUNNING', deploymentTargetName: 'default', flinkVersion: '1.20', numberOfTaskManagers: 1, resources },
  });
  await drey.until('sessionclusters/bench', ({ status }) => status.state === 'RUNNING', 180_000);
}

async function startDeployment(drey: DreyClient): Promise<string> {
  await drey.create('deployments', {
    metadata: { name: 'bench' },
    spec: {
      state: 'RUNNING',
      sessionClusterName: 'bench',
      upgradeStrategy: { kind: 'STATEFUL' },
      restoreStrategy: { kind: 'LATEST_STATE' },
      template: {
        spec: { artifact: { kind: 'JAR', jarUri: JAR, entryClass: ENTRY_CLASS, flinkVersion: '1.20' }, parallelism: 1, flinkConfiguration: CHECKPOINTING },
      },
    },
  });
  const seen = await drey.until('deployments/bench', ({ status }) => status.state === 'RUNNING', 180_000);
  return seen.status.running?.jobId ?? '';
}

/** PATCH of the template → the API reports RUNNING with a new Job. */
async function upgradeDeployment(drey: DreyClient, before: string, turn: number): Promise<string> {
  await drey.patch('deployments/bench', { spec: { template: { spec: { flinkConfiguration: { 'bench.turn': String(turn) } } } } });
  const seen = await drey.until('deployments/bench', ({ status }) => status.state === 'RUNNING' && status.running?.jobId !== before, 60_000);
  return seen.status.running?.jobId ?? '';
}

/** The same jar on the same cluster, with the settings that drey gives its own job. */
async function prepareRaw(platform: Platform, dreyJobId: string): Promise<RawJob> {
  const url = await platform.sessionClusterUrl();
  const jarId = await uploadJar(url, await platform.jarOf(dreyJobId));
  return {
    url,
    jarId,
    entryClass: ENTRY_CLASS,
    savepointRoot: `file://${platform.home}/raw-savepoints`,
    flinkConfiguration: {
      ...CHECKPOINTING,
      'state.checkpoints.dir': `file://${platform.home}/raw-checkpoints`,
      'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION',
    },
  };
}
