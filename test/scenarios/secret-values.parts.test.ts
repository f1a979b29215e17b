// Secret values on the simulated Flink: they arrive, and are found nowhere else, neither when all goes well nor in failures that repeat them.
import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JobId, SessionClusterId } from '../../domain/ids.ts';
import { type Doc, newest, runningJob, runsAfter, type TestPlatform } from '../fixtures/a-platform.ts';
import { ENTRY_CLASS, withSimulatedPlatform } from '../fixtures/a-simulated-platform.ts';
import { findCanaries } from '../fixtures/find-canary.ts';
import type { SimulatedClusters } from '../fixtures/simulated-clusters.ts';

const TOKEN = `canary-${randomUUID()}`;
const FOLDER = `canary-${randomUUID()}`;
const SHARED = `canary-${randomUUID()}`;
const LATER = `canary-${randomUUID()}`;

describe('secret values', () => {
  let clusters: SimulatedClusters;
  let platform: TestPlatform;

  withSimulatedPlatform((own) => ({ clusters, platform } = own), { sweeps: true });
  beforeAll(async () => {
    await mkdir(join(platform.home, 'jobs', FOLDER));
    await copyFile(join(platform.home, 'jobs', 'job.jar'), join(platform.home, 'jobs', FOLDER, `${FOLDER}.jar`));
    await writeFile(join(platform.home, 'jobs', FOLDER, TOKEN), 'no zip');
    for (const [name, value] of Object.entries({ TOKEN, FOLDER, SHARED })) await put(name, value);
  });

  const put = async (name: string, value: string): Promise<void> => {
    const { status } = await platform.call('PUT', `secret-values/${name}`, { spec: { kind: 'Plain', value } });
    expect([200, 201]).toContain(status);
  };
  const create = async (name: string, { over = {}, artifact = {}, configuration = {} } = {}): Promise<string> => {
    const jarUri = `file://${platform.home}/jobs/\${FOLDER}/\${FOLDER}.jar`;
    const template = {
      spec: {
        artifact: { kind: 'JAR', jarUri, entryClass: ENTRY_CLASS, flinkVersion: '1.20', ...artifact },
        flinkConfiguration: { 'fs.token': 'Bearer ${TOKEN}', 'java.home': '${java.home}', 'execution.checkpointing.interval': '50ms', ...configuration },
      },
    };
    const spec = { state: 'RUNNING', deploymentTargetName: 'default', maxJobCreationAttempts: 2, ...over, template };
    const { status, body } = await platform.call('POST', 'deployments', { metadata: { name }, spec });
    expect(status, JSON.stringify(body)).toBe(201);
    return body.metadata.id;
  };
  const state = (name: string, wanted: string): Promise<Doc> => platform.until(`deployments/${name}`, (d) => d.status.state === wanted);
  const jobsOf = async (id: string): Promise<readonly Doc[]> => (await platform.call('GET', `jobs?deploymentId=${id}`)).body.items;
  const flinkId = (jobId: string): string => jobId.replaceAll('-', '');
  const configurationOf = (jobId: string) => clusters.ofJob(jobId as JobId).job(flinkId(jobId)).order.configuration;
  const isFailed = (d: Doc): boolean => d.status.state === 'FAILED';
  const nowhere = async (...canaries: readonly string[]): Promise<void> => {
    expect(await findCanaries(platform, canaries)).toEqual([]);
  };

  it('are filled in when a job starts, and shown by name', async () => {
    const id = await create('starts');
    const jobId = runningJob(await state('starts', 'RUNNING'));
    expect(configurationOf(jobId)).toMatchObject({ 'fs.token': `Bearer ${TOKEN}`, 'java.home': '${java.home}' });
    expect(newest(await jobsOf(id)).spec).toMatchObject({
      artifact: { jarUri: `file://${platform.home}/jobs/\${FOLDER}/\${FOLDER}.jar` },
      flinkConfiguration: { 'fs.token': 'Bearer ${TOKEN}' },
    });
    await nowhere(TOKEN, FOLDER);
  });

  it('that are not there fail each attempt by their name', async () => {
    const id = await create('missing', { configuration: { x: '${NOT_THERE}' } });
    await state('missing', 'FAILED');
    const jobs = await jobsOf(id);
    expect(jobs.map(({ status }) => [status.state, status.failure.reason])).toEqual(
      Array.from({ length: 2 }, () => ['FAILED', 'secret value "NOT_THERE" does not exist in namespace "default"']),
    );
  });

  it.each([
    ['an address that is refused', { jarUri: 'http://user:${TOKEN}@169.254.1.1/${TOKEN}.jar?t=${TOKEN}' }],
    ['a file that is not there', { jarUri: 'file:///nowhere/${TOKEN}/job.jar' }],
    ['no address at all', { jarUri: '${TOKEN}' }],
    ['a file that is no jar', { jarUri: 'file://HOME/jobs/${FOLDER}/${TOKEN}' }],
  ])('are hidden when the artifact cannot be fetched: %s', async (_, { jarUri }) => {
    const name = `fetch-${randomUUID().slice(0, 8)}`;
    const id = await create(name, { artifact: { jarUri: jarUri.replace('HOME', platform.home) } });
    await platform.until(`deployments/${name}`, isFailed);
    expect(newest(await jobsOf(id)).status.failure.reason).not.toBe('');
    await nowhere(TOKEN, FOLDER);
  });

  it('are hidden in what Flink says when the job fails, and in its exceptions', async () => {
    const id = await create('fails');
    const jobId = runningJob(await state('fails', 'RUNNING'));
    clusters.ofJob(jobId as JobId).failJob(flinkId(jobId), `java.io.IOException: 403 for https://host/?token=${TOKEN}&x=1`);
    await platform.until('deployments/fails', runsAfter(jobId));
    const failed = (await jobsOf(id)).find(({ metadata }) => metadata.id === jobId);
    expect(failed?.status.failure.reason).toBe('IOException: 403 for https://host/?token=******&x=1');
    await nowhere(TOKEN);
  });

  it('are hidden in why a savepoint failed', async () => {
    await create('saves');
    const jobId = runningJob(await state('saves', 'RUNNING'));
    const sim = clusters.ofJob(jobId as JobId);
    sim.failNextSavepoint('keepRunning', `java.io.IOException: no rights for ${TOKEN}`);
    const body = { metadata: { deploymentId: (await platform.call('GET', 'deployments/saves')).body.metadata.id } };
    const savepoint = (await platform.call('POST', 'savepoints', body)).body.metadata.id;
    const failed = await platform.until(`savepoints/${savepoint}`, isFailed);
    expect(failed.status.failure.reason).toBe('IOException: no rights for ******');
    sim.faults.next({ method: 'POST', path: /\/savepoints$/, do: 'reject', text: `java.io.IOException: bad ${TOKEN}` });
    const second = (await platform.call('POST', 'savepoints', body)).body.metadata.id;
    await platform.until(`savepoints/${second}`, isFailed);
    await nowhere(TOKEN);
  });

  it('that were changed since a job started are still hidden in what it says, and the next job gets the new ones', async () => {
    const id = await create('changes');
    const jobId = runningJob(await state('changes', 'RUNNING'));
    await put('TOKEN', LATER);
    clusters.ofJob(jobId as JobId).failJob(flinkId(jobId), `java.io.IOException: 403 for ${TOKEN}`);
    const next = runningJob(await platform.until('deployments/changes', runsAfter(jobId)));
    expect(configurationOf(next)).toMatchObject({ 'fs.token': `Bearer ${LATER}` });
    expect((await jobsOf(id)).find(({ metadata }) => metadata.id === jobId)?.status.failure.reason).toBe('IOException: 403 for ******');
    await nowhere(TOKEN, LATER);
  });

  it('reach session clusters and their jobs, and are hidden when a run call is refused', async () => {
    const spec = { state: 'RUNNING', deploymentTargetName: 'default', flinkVersion: '1.20', flinkConfiguration: { 'cluster.token': '${SHARED}' } };
    const cluster = (await platform.call('POST', 'sessionclusters', { metadata: { name: 'shared' }, spec })).body.metadata.id;
    await platform.until('sessionclusters/shared', (c) => c.status.state === 'RUNNING');
    const sim = clusters.ofSession(cluster as SessionClusterId, 1);
    sim.faults.next({ method: 'POST', path: /\/jars\/.*\/run/, do: 'reject', text: `java.lang.Exception: ${SHARED} or ${LATER} is wrong` });
    const id = await create('in-session', { over: { deploymentTargetName: undefined, sessionClusterName: 'shared' } });
    const jobId = runningJob(await state('in-session', 'RUNNING'));
    expect(sim.job(flinkId(jobId)).order.configuration).toMatchObject({ 'cluster.token': SHARED, 'fs.token': `Bearer ${LATER}` });
    expect((await jobsOf(id)).at(-1)?.status.failure.reason).toBe('Exception: ****** or ****** is wrong');
    await nowhere(SHARED, LATER);
  });

  it('that a session cluster names and that are not there keep it from starting, by name', async () => {
    const spec = { state: 'RUNNING', deploymentTargetName: 'default', flinkVersion: '1.20', flinkConfiguration: { 'cluster.token': '${NOT_THERE}' } };
    await platform.call('POST', 'sessionclusters', { metadata: { name: 'broken' }, spec });
    const failed = await platform.until('sessionclusters/broken', isFailed);
    expect(failed.status.failure.reason).toBe('secret value "NOT_THERE" does not exist in namespace "default"');
  });

  it('are found where they may be: the search finds what is there', async () => {
    const planted = `canary-${randomUUID()}`;
    await create('planted', { over: { state: 'CANCELLED' }, artifact: { mainArgs: planted } });
    expect(await findCanaries(platform, [planted])).toEqual(expect.arrayContaining(['GET deployments', 'GET deployments/planted', 'table deployment']));
  });
});
