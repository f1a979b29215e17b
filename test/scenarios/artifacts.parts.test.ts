// A Deployment that runs what was uploaded, on the simulated Flink: from a folder and from S3 (moto). HTTP in, real Temporal, real store.
import { createHash } from 'node:crypto';
import { access, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forgetDeleted } from '../../activities/prune.ts';
import { parseId, type SessionClusterId } from '../../domain/ids.ts';
import { createS3 } from '../../flink/storage/s3.ts';
import { runningJob, startTestPlatform, type TestPlatform } from '../fixtures/a-platform.ts';
import { createSimulatedClusters, type SimulatedClusters } from '../fixtures/simulated-clusters.ts';
import { type Moto, startMoto } from '../fixtures/start-moto.ts';
import { aJar, writeJar } from '../flink-sim/a-jar.ts';

const ENTRY_CLASS = 'com.example.Job';
const ARTIFACTS = '/artifacts/v1/namespaces/default/artifacts';

const motos: Moto[] = [];
afterAll(async () => {
  for (const moto of motos) await moto.stop();
});

async function blobRootIn(kind: 'folder' | 's3') {
  if (kind === 'folder') return {};
  const moto = await startMoto();
  motos.push(moto);
  return { blobRoot: `s3://${await moto.bucket()}/drey`, s3: createS3(moto.settings) };
}

describe.each(['folder', 's3'] as const)('an artifact uploaded to a blob root of kind %s', (kind) => {
  let clusters: SimulatedClusters;
  let platform: TestPlatform;
  beforeAll(async () => {
    clusters = createSimulatedClusters();
    const folder = await mkdtemp(join(tmpdir(), 'drey-jar-'));
    platform = await startTestPlatform({ clusters, jar: writeJar(join(folder, 'job.jar'), ENTRY_CLASS), ...(await blobRootIn(kind)) });
  });
  afterAll(async () => {
    await platform.stopWorker();
    await clusters.closeAll();
    await platform.stop();
  });

  /** Its address. */
  const upload = async (name: string, content: Uint8Array): Promise<string> => {
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(content)]), name);
    const { status, body } = await platform.send(`${ARTIFACTS}:upload`, { method: 'POST', body: form, headers: { Authorization: 'Bearer t' } });
    expect(status).toBe(200);
    return (body as unknown as { artifact: { uri: string } }).artifact.uri;
  };
  const deploy = async (name: string, artifact: object, place: object = { deploymentTargetName: 'default' }): Promise<void> => {
    const spec = {
      state: 'RUNNING',
      maxJobCreationAttempts: 1,
      ...place,
      template: { spec: { artifact: { kind: 'JAR', entryClass: ENTRY_CLASS, flinkVersion: '1.20', ...artifact } } },
    };
    const { status, body } = await platform.call('POST', 'deployments', { metadata: { name }, spec });
    expect(status, JSON.stringify(body)).toBe(201);
  };
  const state = (name: string, wanted: string) => platform.until(`deployments/${name}`, ({ status }) => status.state === wanted);
  const jobOf = async (name: string) => {
    const id = runningJob(await state(name, 'RUNNING'));
    return platform.store.jobs.find(platform.store.read, 'default', parseId<'JobId'>(id));
  };
  const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

  it('is run, with its dependencies, and the Deployment can be cancelled and started again', async () => {
    const [jar, library] = [aJar(ENTRY_CLASS, 'com.example.One'), aJar('com.example.Library')];
    const artifact = { jarUri: await upload('job one.jar', jar), additionalDependencies: [await upload('library.jar', library)] };
    await deploy('one', artifact);
    const job = await jobOf('one');
    expect([job?.artifact?.sha256, job?.artifact?.dependencies.map((each) => each.sha256)]).toEqual([sha256(jar), [sha256(library)]]);
    await platform.call('PATCH', 'deployments/one', { spec: { state: 'CANCELLED' } });
    await state('one', 'CANCELLED');
    const newer = aJar(ENTRY_CLASS, 'com.example.Two');
    await upload('job one.jar', newer);
    await platform.call('PATCH', 'deployments/one', { spec: { state: 'RUNNING' } });
    expect((await jobOf('one'))?.artifact?.sha256).toBe(sha256(newer));
  });

  /** Runs on a session cluster that takes no jars until `meanwhile` is over. */
  const deployWhileNoJarIsTaken = async (name: string, jarUri: string, meanwhile: () => Promise<unknown>): Promise<void> => {
    const shared = { state: 'RUNNING', deploymentTargetName: 'default', flinkVersion: '1.20' };
    await platform.call('PUT', `sessionclusters/shared-${name}`, { metadata: { name: `shared-${name}` }, spec: shared });
    const cluster = await platform.until(`sessionclusters/shared-${name}`, ({ status }) => status.state === 'RUNNING');
    const sim = clusters.ofSession(cluster.metadata.id as SessionClusterId, 1);
    sim.faults.next({ method: 'POST', path: /^\/jars\/upload$/, do: '503', times: Infinity });
    await deploy(name, { jarUri }, { sessionClusterName: `shared-${name}` });
    await expect.poll(() => sim.calls('POST', /^\/jars\/upload$/).length, { timeout: 20_000 }).toBeGreaterThan(0);
    await meanwhile();
    sim.faults.clear();
  };
  /** As for a worker on another machine than the one that fetched it. */
  const forgetFetched = async (): Promise<void> => {
    const { items } = (await platform.call('GET', 'jobs')).body;
    const job = await platform.store.jobs.find(platform.store.read, 'default', parseId<'JobId'>(items[0]?.metadata.id ?? ''));
    await rm(dirname(job?.artifact?.path ?? ''), { recursive: true });
  };

  it('is the same for every try of one Job, whatever was uploaded meanwhile', async () => {
    const jar = aJar(ENTRY_CLASS, 'com.example.Frozen');
    const jarUri = await upload('changing.jar', jar);
    await deployWhileNoJarIsTaken('changing', jarUri, () => upload('changing.jar', aJar('com.example.Other')));
    expect((await jobOf('changing'))?.artifact?.sha256).toBe(sha256(jar));
  });

  const isHere = (path: string | undefined): Promise<boolean> =>
    access(path ?? '').then(
      () => true,
      () => false,
    );

  it('leaves the disk once a shared cluster has it, also where another worker uploaded it, and stays for a cluster that runs from the file', async () => {
    const jarUri = await upload('leaving.jar', aJar(ENTRY_CLASS));
    await deploy('staying', { jarUri });
    const own = await jobOf('staying');
    await deployWhileNoJarIsTaken('leaving', jarUri, () => Promise.resolve());
    const shared = await jobOf('leaving');
    await expect.poll(() => isHere(shared?.artifact?.path), { timeout: 20_000 }).toBe(false);
    const [kept, left] = [dirname(own?.artifact?.path ?? ''), dirname(shared?.artifact?.path ?? '')];
    await cp(kept, left, { recursive: true });
    await forgetDeleted(platform.deps);
    expect([await isHere(left), await isHere(own?.artifact?.path)]).toEqual([false, true]);
    await platform.call('PATCH', 'deployments/staying', { spec: { state: 'CANCELLED' } });
    await state('staying', 'CANCELLED');
    await forgetDeleted(platform.deps);
    expect(await isHere(kept)).toBe(false);
  });

  it('that another worker fetched is fetched again by the one that goes on', async () => {
    const jarUri = await upload('moving.jar', aJar(ENTRY_CLASS));
    await deployWhileNoJarIsTaken('moving', jarUri, forgetFetched);
    expect((await jobOf('moving'))?.state).toBe('STARTED');
  });

  it('that another worker fetched and that changed meanwhile fails the attempt, and says so', async () => {
    const jarUri = await upload('moved.jar', aJar(ENTRY_CLASS));
    await deployWhileNoJarIsTaken('moved', jarUri, async () => {
      await upload('moved.jar', aJar(ENTRY_CLASS, 'com.example.Other'));
      await forgetFetched();
    });
    await state('moved', 'FAILED');
    const { items } = (await platform.call('GET', 'jobs')).body;
    expect(items[0]?.status.failure.reason).toContain('has changed meanwhile');
  });

  it('of another namespace is not run, whatever else drey could read', async () => {
    const jarUri = (await upload('private.jar', aJar(ENTRY_CLASS))).replace('/namespaces/default/', '/namespaces/other/');
    await platform.deps.flink.uploads.put({ namespace: 'other', filename: 'private.jar' }, [aJar(ENTRY_CLASS)] as unknown as AsyncIterable<Uint8Array>);
    await deploy('thief', { jarUri });
    await state('thief', 'FAILED');
    const { items } = (await platform.call('GET', 'jobs')).body;
    expect(items[0]?.status.failure.reason).toBe('private.jar is an uploaded artifact of another namespace than "default"');
  });

  it('that is not there fails the attempt with its name', async () => {
    const jarUri = (await upload('gone.jar', aJar(ENTRY_CLASS))).replace('gone.jar', 'never.jar');
    await deploy('missing', { jarUri });
    await state('missing', 'FAILED');
    const { items } = (await platform.call('GET', 'jobs')).body;
    expect(items[0]?.status.failure.reason).toContain('never.jar');
  });
});
