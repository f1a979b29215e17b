// A platform whose workers are processes of their own, to be killed: PostgreSQL, HTTP app and simulated Flink live in the test's
// process and survive them. Owns no rule of what has to hold afterwards (../fixtures/check-invariants.ts).
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, inject } from 'vitest';
import type { DeploymentId, JobId, SessionClusterId } from '../../domain/ids.ts';
import { migrate } from '../../store/migrate.ts';
import { openPostgres } from '../../store/postgres.ts';
import { deploymentWorkflowId } from '../../workflows/contract.ts';
import { startTestPlatform, type TestPlatform } from '../fixtures/a-platform.ts';
import { type Records, recordsOf, storyOf } from '../fixtures/check-invariants.ts';
import { serveClusters } from '../fixtures/clusters-over-http.ts';
import { createSimulatedClusters, type SimulatedClusters } from '../fixtures/simulated-clusters.ts';
import { writeJar } from '../flink-sim/a-jar.ts';
import type { FlinkSim } from '../flink-sim/start-flink-sim.ts';
import { openPostgresStore } from '../store/open-store.ts';
import { type ChildWorker, startChildWorker } from './child-worker.ts';
import type { WorkerSettings } from './worker-orders.ts';

export const ENTRY_CLASS = 'com.example.Job';
export type Mode = 'application' | 'session';

export interface LabOptions {
  readonly mode: Mode;
  /** A database of its own, empty. */
  readonly databaseUrl: string;
  readonly temporalAddress?: string;
}

export interface CrashLab {
  readonly mode: Mode;
  readonly platform: TestPlatform;
  readonly clusters: SimulatedClusters;
  /** `over`: what is not as in the others, for example the build of the workflows. */
  startWorker(over?: Partial<WorkerSettings>): Promise<ChildWorker>;
  /** Of this lab, whatever they do. */
  killWorkers(): Promise<void>;
  create(name: string, spec?: object, artifact?: object): Promise<DeploymentId>;
  patch(name: string, spec: object): Promise<void>;
  /** Wakes it, as the sweep does when it saw something. */
  nudge(id: DeploymentId): Promise<void>;
  records(id: DeploymentId): Promise<Records>;
  /** Until nothing is left to do and `wanted` holds; throws with the story when it takes longer. */
  untilSettled(id: DeploymentId, wanted: (records: Records) => boolean, limitMs?: number): Promise<Records>;
  /** Ends the run that lingers for the next wish. */
  endRun(id: DeploymentId): Promise<void>;
  /** The simulated Flink of a Job. */
  simOf(jobId: JobId): FlinkSim;
  sims(): readonly FlinkSim[];
  stop(): Promise<void>;
}

export async function startCrashLab(options: LabOptions): Promise<CrashLab> {
  const { databaseUrl, mode } = options;
  const temporalAddress = options.temporalAddress ?? inject('temporalAddress');
  const folder = await mkdtemp(join(tmpdir(), 'drey-crash-'));
  const store = await openStore(databaseUrl);
  const clusters = createSimulatedClusters();
  const served = await serveClusters(clusters);
  const jar = writeJar(join(folder, 'job.jar'), ENTRY_CLASS);
  const platform = await startTestPlatform({ clusters, jar, home: folder, store, temporalAddress, worker: false });
  const settings: WorkerSettings = {
    temporalAddress,
    taskQueue: platform.taskQueue,
    workflowBundle: inject('workflowBundle'),
    databaseUrl,
    clustersUrl: served.url,
    home: folder,
    cache: inject('dreyCache'),
    policy: platform.deps.policy,
  };
  const workers: ChildWorker[] = [];
  const startWorker = async (over: Partial<WorkerSettings> = {}): Promise<ChildWorker> => {
    const worker = await startChildWorker({ ...settings, ...over });
    workers.push(worker);
    return worker;
  };
  const killWorkers = async (): Promise<void> => {
    await Promise.all(workers.splice(0).map((worker) => worker.kill()));
  };
  const session = mode === 'session' ? await startSession(platform, clusters, startWorker) : undefined;
  return {
    mode,
    platform,
    clusters,
    startWorker,
    killWorkers,
    ...handsOn(platform, mode),
    records: (id) => recordsOf(store, id),
    untilSettled: (id, wanted, limitMs = 120_000) => untilSettled(platform, { id, wanted, limitMs }),
    simOf: (jobId) => session ?? clusters.ofJob(jobId),
    sims: () => clusters.started(),
    async stop() {
      await killWorkers();
      await served.close();
      await clusters.closeAll();
      await platform.stop();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function openStore(url: string) {
  const kysely = openPostgres({ url, max: 1 });
  await migrate(kysely);
  await kysely.destroy();
  const store = openPostgresStore(url, 10);
  await store.transaction(async (tx) => {
    await store.namespaces.ensure(tx, 'default');
    await store.deploymentTargets.insert(tx, { namespace: 'default', name: 'default', labels: {}, annotations: {}, spec: { local: {} } });
  });
  return store;
}

/** One shared cluster with room for every Deployment of a test. */
async function startSession(platform: TestPlatform, clusters: SimulatedClusters, startWorker: () => Promise<ChildWorker>): Promise<FlinkSim> {
  const worker = await startWorker();
  const spec = { state: 'RUNNING', deploymentTargetName: 'default', flinkVersion: '1.20' };
  const { body } = await platform.call('POST', 'sessionclusters', { metadata: { name: 'shared' }, spec });
  await platform.until('sessionclusters/shared', ({ status }) => status.state === 'RUNNING');
  await worker.kill();
  const sim = clusters.ofSession(body.metadata.id as SessionClusterId, 1);
  sim.setSlots(10_000);
  return sim;
}

function handsOn(platform: TestPlatform, mode: Mode): Pick<CrashLab, 'create' | 'patch' | 'nudge' | 'endRun'> {
  const { store, wake } = platform.deps;
  const place = mode === 'session' ? { sessionClusterName: 'shared' } : { deploymentTargetName: 'default' };
  return {
    async create(name, spec = {}, artifact = {}) {
      const jar = { kind: 'JAR', jarUri: platform.jarUri, entryClass: ENTRY_CLASS, flinkVersion: '1.20', ...artifact };
      const template = { spec: { artifact: jar, flinkConfiguration: { 'execution.checkpointing.interval': '1h' } } };
      const { status, body } = await platform.call('POST', 'deployments', { metadata: { name }, spec: { state: 'RUNNING', ...place, template, ...spec } });
      expect(status, JSON.stringify(body)).toBe(201);
      return body.metadata.id as DeploymentId;
    },
    async patch(name, spec) {
      const { status, body } = await platform.call('PATCH', `deployments/${name}`, { spec });
      expect(status, JSON.stringify(body)).toBe(200);
    },
    async nudge(id) {
      const deployment = await store.deployments.findById(store.read, id);
      if (deployment === undefined) throw new Error(`there is no Deployment ${id}`);
      const { namespace, name, spec, specVersion } = deployment;
      await store.transaction((tx) => store.deployments.raiseIntent(tx, id));
      await wake.deployment({ id, namespace, name, summary: `${name}: look again`, desired: spec.state, specVersion, priority: 4 });
    },
    async endRun(id) {
      const deployment = await store.deployments.findById(store.read, id);
      const handle = platform.client.workflow.getHandle(deploymentWorkflowId({ namespace: 'default', name: deployment?.name ?? '', id }));
      // It may have ended by itself.
      await handle.terminate('the test goes on').catch(() => undefined);
    },
  };
}

interface Wish {
  readonly id: DeploymentId;
  readonly wanted: (records: Records) => boolean;
  readonly limitMs: number;
}

async function untilSettled({ store }: TestPlatform, { id, wanted, limitMs }: Wish): Promise<Records> {
  const end = performance.now() + limitMs;
  for (;;) {
    const deployment = await store.deployments.findById(store.read, id);
    const isSettled = deployment !== undefined && deployment.settledVersion >= deployment.intentVersion;
    const records = isSettled ? await recordsOf(store, id) : undefined;
    if (records !== undefined && wanted(records)) return records;
    if (performance.now() > end) throw new Error(`${deployment?.name} is not settled after ${limitMs} ms: ${storyOf(await recordsOf(store, id))}`);
    await wait(150);
  }
}
