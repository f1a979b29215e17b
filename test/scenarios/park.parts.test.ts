// Parking: the platform stops with every Flink process of its machine, and the next start goes on from the newest state of each job.
import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parkAll } from '../../activities/park.ts';
import { toFlinkJobId, type JobId } from '../../domain/ids.ts';
import { normaliseLocation } from '../../domain/location.ts';
import type { LocalClusterId, LocalClusters } from '../../flink/flink.ts';
import type { Store } from '../../store/store.ts';
import { type Doc, newest, startTestPlatform, type TestPlatform } from '../fixtures/a-platform.ts';
import { openTestStore } from '../store/open-store.ts';
import { keepSweeping } from '../fixtures/keep-sweeping.ts';
import { createSimulatedClusters, type SimulatedClusters } from '../fixtures/simulated-clusters.ts';
import { writeJar } from '../flink-sim/a-jar.ts';
import type { FlinkSim } from '../flink-sim/start-flink-sim.ts';

const ENTRY_CLASS = 'com.example.Job';
const PATIENCE_MS = 60_000;
const LIMIT = { timeout: 180_000 };

let clusters: SimulatedClusters;
/** Whose processes do not end. */
let stuck: (id: LocalClusterId) => boolean;
let store: Store;
let home: string;
let jar: string;
let platform: TestPlatform;
let stopSweeping: () => Promise<void>;
let said: string[];
let taskQueue: string;

/** A start of drey on what the last one left. */
async function startDrey(): Promise<void> {
  const tearDown: LocalClusters['tearDown'] = (id) => (stuck(id) ? Promise.reject(new Error('it does not end')) : clusters.tearDown(id));
  platform = await startTestPlatform({ clusters: { ...clusters, tearDown }, jar, home, store, taskQueue });
  const end = await keepSweeping(platform);
  let ended: Promise<void> | undefined;
  stopSweeping = () => (ended ??= end());
}

/** As the platform stops: no worker any more, then every job is parked. */
async function stopDrey(savepointLimitMs = 10_000): Promise<void> {
  await stopSweeping();
  await platform.stopWorker();
  await parkAll(platform.deps, { savepointLimitMs, progress: (line) => said.push(line) });
  await platform.stop();
}

beforeEach(async () => {
  clusters = createSimulatedClusters();
  stuck = () => false;
  said = [];
  taskQueue = `parked-${randomUUID()}`;
  store = await openTestStore();
  home = await mkdtemp(join(tmpdir(), 'drey-parked-'));
  jar = writeJar(join(await mkdtemp(join(tmpdir(), 'drey-jar-')), 'job.jar'), ENTRY_CLASS);
  await startDrey();
});

afterEach(async () => {
  await stopSweeping();
  await platform.stopWorker();
  await clusters.closeAll();
  await platform.stop();
  await store.close();
});

const placed = { deploymentTargetName: 'default' };

async function runs(name: string, place: object = placed, interval = '50ms'): Promise<string> {
  const artifact = { kind: 'JAR', jarUri: platform.jarUri, entryClass: ENTRY_CLASS, flinkVersion: '1.20' };
  const template = { spec: { artifact, flinkConfiguration: { 'execution.checkpointing.interval': interval } } };
  const { status, body } = await platform.call('POST', 'deployments', { metadata: { name }, spec: { state: 'RUNNING', ...place, template } });
  expect(status, body.message).toBe(201);
  await isIn(name, 'RUNNING');
  return newest(await jobsOf(name)).metadata.id;
}

async function aSessionCluster(name: string): Promise<object> {
  const spec = { state: 'RUNNING', deploymentTargetName: 'default', flinkVersion: '1.20' };
  await platform.call('POST', 'sessionclusters', { metadata: { name }, spec });
  await platform.until(`sessionclusters/${name}`, ({ status }) => status.state === 'RUNNING', PATIENCE_MS);
  return { sessionClusterName: name };
}

const isIn = (name: string, state: string): Promise<Doc> => platform.until(`deployments/${name}`, ({ status }) => status.state === state, PATIENCE_MS);
const get = async (path: string): Promise<Doc> => (await platform.call('GET', path)).body;
const idOf = async (name: string): Promise<string> => (await get(`deployments/${name}`)).metadata.id;
/** Newest first. */
const jobsOf = async (name: string): Promise<readonly Doc[]> => (await get(`jobs?deploymentId=${await idOf(name)}`)).items;
const savepointsOf = async (name: string): Promise<readonly Doc[]> => (await get(`savepoints?deploymentId=${await idOf(name)}`)).items;
const flinkOf = (jobId: string): FlinkSim => clusters.ofJob(jobId as JobId);
/** One checkpoint now; its location as drey spells it. */
const takeCheckpoint = (jobId: string): string => normaliseLocation(flinkOf(jobId).takeCheckpoint(flinkIdOf(jobId)) ?? '');
const flinkIdOf = (jobId: string): string => toFlinkJobId(jobId as JobId);
const liveJobs = (): readonly string[] => clusters.started().flatMap((sim) => sim.liveJobs().map(({ order }) => order.id));

/** A run of the Deployment by another Job than this one. */
async function runsAgain(name: string, jobId: string): Promise<Doc> {
  await platform.until(
    `deployments/${name}`,
    ({ status }) => status.state === 'RUNNING' && status.running !== undefined && status.running.jobId !== jobId,
    PATIENCE_MS,
  );
  return newest(await jobsOf(name));
}

describe('a job that runs when drey stops', LIMIT, () => {
  it('ends through a savepoint, and the next start resumes from exactly that; no attempt is counted', async () => {
    const first = await runs('saved');
    await stopDrey();
    expect(liveJobs()).toEqual([]);
    expect(said).toEqual(['saved: stopped with a savepoint']);
    await startDrey();
    const second = await runsAgain('saved', first);
    const [savepoint] = (await savepointsOf('saved')).filter(({ metadata }) => metadata.origin === 'SUSPEND');
    expect(second.spec.savepointLocation).toBe(savepoint?.spec.savepointLocation);
    expect((await jobsOf('saved')).map(({ status }) => status.state)).toEqual(['STARTED', 'TERMINATED']);
  });

  it('whose savepoint does not complete in time ends with its newest checkpoint', async () => {
    const first = await runs('slow', placed, '1h');
    const checkpoint = takeCheckpoint(first);
    flinkOf(first).slowSavepoints(PATIENCE_MS);
    await stopDrey(300);
    expect(said).toEqual(['slow: stopped; its newest checkpoint is kept']);
    await startDrey();
    const second = await runsAgain('slow', first);
    expect(second.spec.savepointLocation).toBe(checkpoint);
    const suspensions = (await savepointsOf('slow')).filter(({ metadata }) => metadata.origin === 'SUSPEND');
    expect(suspensions.map(({ status }) => status.state)).toEqual(['FAILED']);
  });

  it('on a session cluster ends with it, and both come back', async () => {
    const place = await aSessionCluster('shared');
    const first = await runs('guest', place);
    await stopDrey();
    expect(liveJobs()).toEqual([]);
    expect((await store.sessionClusters.find(store.read, 'default', 'shared'))?.status.state).toBe('STOPPED');
    await startDrey();
    const second = await runsAgain('guest', first);
    expect(second.spec.savepointLocation).toMatch(/\/savepoint-/);
    expect((await get('sessionclusters/shared')).status.state).toBe('RUNNING');
  });
});

describe('a job that had ended before drey stops, and nobody saw it', LIMIT, () => {
  it('is FINISHED, and stays so', async () => {
    const first = await runs('finished');
    await stopSweeping();
    await platform.stopWorker();
    flinkOf(first).finishJob(flinkIdOf(first));
    await stopDrey();
    expect((await store.jobs.findById(store.read, first as JobId))?.state).toBe('FINISHED');
    await startDrey();
    await isIn('finished', 'FINISHED');
    expect(await jobsOf('finished')).toHaveLength(1);
  });

  it('is FAILED, which counts, and the next start recovers it from its newest checkpoint', async () => {
    const first = await runs('failed', placed, '1h');
    await stopSweeping();
    await platform.stopWorker();
    const checkpoint = takeCheckpoint(first);
    flinkOf(first).failJob(flinkIdOf(first), 'java.lang.IllegalStateException: the disk is full');
    await stopDrey();
    const closed = await store.jobs.findById(store.read, first as JobId);
    expect([closed?.state, closed?.failure?.reason]).toEqual(['FAILED', expect.stringContaining('the disk is full')]);
    await startDrey();
    expect((await runsAgain('failed', first)).spec.savepointLocation).toBe(checkpoint);
  });
});

describe('a process that does not end when drey stops', LIMIT, () => {
  it('of a job of its own is said, and the next start goes on from the savepoint of its stop', async () => {
    const first = await runs('stubborn');
    const other = await runs('willing');
    stuck = (id) => id.kind === 'job' && id.jobId === first;
    await stopDrey();
    expect(said).toContainEqual(expect.stringMatching(/^stubborn: not parked, the next start looks after it/));
    expect(said).toContain('willing: stopped with a savepoint');
    stuck = () => false;
    await startDrey();
    const second = await runsAgain('stubborn', first);
    const [savepoint] = (await savepointsOf('stubborn')).filter(({ metadata }) => metadata.origin === 'SUSPEND');
    expect([savepoint?.status.state, second.spec.savepointLocation]).toEqual(['COMPLETED', savepoint?.spec.savepointLocation]);
    await runsAgain('willing', other);
    expect(liveJobs()).toHaveLength(2);
  });

  it('and whose job could not be stopped either runs on: the next start finds it, and starts no other', async () => {
    const first = await runs('lives');
    flinkOf(first).slowSavepoints(PATIENCE_MS);
    flinkOf(first).failNextSavepoint('keepRunning');
    stuck = () => true;
    await stopDrey(300);
    expect(said).toEqual([expect.stringMatching(/^lives: not parked/)]);
    expect(liveJobs()).toEqual([flinkIdOf(first)]);
    flinkOf(first).slowSavepoints(20);
    stuck = () => false;
    await startDrey();
    await platform.until('deployments/lives', ({ status }) => status.state === 'RUNNING', PATIENCE_MS);
    expect(liveJobs()).toHaveLength(1);
    expect((await jobsOf('lives')).filter(({ status }) => status.state === 'STARTED')).toHaveLength(1);
  });

  it('of a session cluster keeps the Jobs on it open; the next start finds their savepoints', async () => {
    const place = await aSessionCluster('stuck');
    const first = await runs('guest', place);
    stuck = ({ kind }) => kind === 'session';
    await stopDrey();
    expect(said).toEqual(['session cluster stuck: not ended (Error: it does not end)', expect.stringMatching(/^guest: not parked/)]);
    expect((await store.jobs.findById(store.read, first as JobId))?.state).not.toBe('TERMINATED');
    stuck = () => false;
    await startDrey();
    const second = await runsAgain('guest', first);
    expect(second.spec.savepointLocation).toMatch(/\/savepoint-/);
    expect(liveJobs()).toHaveLength(1);
  });
});
