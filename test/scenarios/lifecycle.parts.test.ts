// The life of a Deployment on the simulated Flink, in application and in session mode: HTTP in, real Temporal, real store.
import { beforeAll, describe, expect, it } from 'vitest';
import type { JobId, SessionClusterId } from '../../domain/ids.ts';
import { type Doc, isOutdated, newest, runningJob, type TestPlatform } from '../fixtures/a-platform.ts';
import { ENTRY_CLASS, withSimulatedPlatform } from '../fixtures/a-simulated-platform.ts';
import type { SimulatedClusters } from '../fixtures/simulated-clusters.ts';
import type { FlinkSim } from '../flink-sim/start-flink-sim.ts';

describe.each(['application', 'session'] as const)('a Deployment in %s mode', (mode) => {
  let clusters: SimulatedClusters;
  let platform: TestPlatform;
  withSimulatedPlatform((own) => ({ clusters, platform } = own));
  beforeAll(async () => {
    if (mode === 'session') {
      await platform.call('POST', 'sessionclusters', {
        metadata: { name: 'shared' },
        spec: { state: 'RUNNING', deploymentTargetName: 'default', flinkVersion: '1.20' },
      });
      await platform.until('sessionclusters/shared', ({ status }) => status.state === 'RUNNING');
    }
  });

  const spec = (over: object = {}, artifact: object = {}) => ({
    state: 'RUNNING',
    ...(mode === 'session' ? { sessionClusterName: 'shared' } : { deploymentTargetName: 'default' }),
    ...over,
    template: {
      spec: {
        artifact: { kind: 'JAR', jarUri: platform.jarUri, entryClass: ENTRY_CLASS, flinkVersion: '1.20', ...artifact },
        flinkConfiguration: { 'execution.checkpointing.interval': '50ms' },
      },
    },
  });
  const create = async (name: string, over: object = {}, artifact: object = {}): Promise<string> => {
    const { status, body } = await platform.call('POST', 'deployments', { metadata: { name }, spec: spec(over, artifact) });
    expect(status, JSON.stringify(body)).toBe(201);
    return body.metadata.id;
  };
  const state = (name: string, wanted: string) => platform.until(`deployments/${name}`, (d) => d.status.state === wanted);
  const jobsOf = async (id: string): Promise<readonly Doc[]> => (await platform.call('GET', `jobs?deploymentId=${id}`)).body.items;
  const savepointsOf = async (id: string): Promise<readonly Doc[]> => (await platform.call('GET', `savepoints?deploymentId=${id}`)).body.items;
  const eventsOf = async (id: string): Promise<string[]> =>
    (await platform.call('GET', `events?deploymentId=${id}`)).body.items.map((e) => e.metadata.name).toReversed();
  const simOf = async (jobId: string): Promise<FlinkSim> => {
    if (mode === 'application') return clusters.ofJob(jobId as JobId);
    const cluster = (await platform.call('GET', 'sessionclusters/shared')).body;
    return clusters.ofSession(cluster.metadata.id as SessionClusterId, 1);
  };
  const flinkId = (jobId: string): string => jobId.replaceAll('-', '');

  it('comes to run, and Flink knows the job under the id of the Job', async () => {
    const id = await create('starts');
    const running = await state('starts', 'RUNNING');
    const job = newest(await jobsOf(id));
    expect(runningJob(running)).toBe(job.metadata.id);
    expect(job.status.state).toBe('STARTED');
    expect(job.spec.savepointLocation).toBeUndefined();
    expect((await simOf(job.metadata.id)).job(flinkId(job.metadata.id)).status).toBe('RUNNING');
    expect(await eventsOf(id)).toEqual(
      expect.arrayContaining(['STATE_TRANSITION_IS_NEEDED', 'CREATING_A_NEW_JOB', 'JOB_SUCCESSFULLY_STARTED', 'STATE_TRANSITION_IS_COMPLETED']),
    );
  });

  it('is suspended with a savepoint and resumes from exactly it', async () => {
    const id = await create('suspends');
    await state('suspends', 'RUNNING');
    await platform.call('PATCH', 'deployments/suspends', { spec: { state: 'SUSPENDED' } });
    await state('suspends', 'SUSPENDED');
    const savepoint = newest((await savepointsOf(id)).filter((s) => s.metadata.origin === 'SUSPEND'));
    expect(savepoint.status.state).toBe('COMPLETED');
    expect(newest(await jobsOf(id)).status.state).toBe('TERMINATED');
    await platform.call('PATCH', 'deployments/suspends', { spec: { state: 'RUNNING' } });
    await state('suspends', 'RUNNING');
    const second = newest(await jobsOf(id));
    expect(second.spec.savepointLocation).toBe(savepoint.spec.savepointLocation);
  });

  it('is upgraded STATEFUL through a savepoint of its own', async () => {
    const id = await create('stateful', { upgradeStrategy: { kind: 'STATEFUL' } });
    await state('stateful', 'RUNNING');
    await platform.call('PATCH', 'deployments/stateful', { spec: { template: { spec: { artifact: { mainArgs: '--version 2' } } } } });
    await platform.until(
      'deployments/stateful',
      (d) => d.status.state === 'RUNNING' && d.metadata.annotations['com.dataartisans.appmanager.controller.deployment.spec.version'] === '2',
    );
    await platform.until(`jobs?deploymentId=${id}`, ({ items }) => items.length === 2 && newest(items).status.state === 'STARTED');
    const [second, first] = (await jobsOf(id)) as [Doc, Doc];
    const savepoint = newest((await savepointsOf(id)).filter((s) => s.metadata.origin === 'SUSPEND'));
    expect(first.status.state).toBe('TERMINATED');
    expect(second.spec.savepointLocation).toBe(savepoint.spec.savepointLocation);
    expect(second.spec.artifact.mainArgs).toBe('--version 2');
  });

  it('is upgraded STATELESS without a savepoint, from its newest retained checkpoint', async () => {
    const id = await create('stateless', { upgradeStrategy: { kind: 'STATELESS' } });
    await state('stateless', 'RUNNING');
    const first = newest(await jobsOf(id));
    (await simOf(first.metadata.id)).takeCheckpoint(flinkId(first.metadata.id));
    await platform.call('PATCH', 'deployments/stateless', { spec: { template: { spec: { artifact: { mainArgs: '--version 2' } } } } });
    await platform.until(`jobs?deploymentId=${id}`, ({ items }) => items.length === 2 && newest(items).status.state === 'STARTED');
    const origins = (await savepointsOf(id)).map((s) => s.metadata.origin);
    expect(origins).not.toContain('SUSPEND');
    expect(origins).toContain('RETAINED_CHECKPOINT');
    expect(newest(await jobsOf(id)).spec.savepointLocation).toContain('/chk-');
  });

  it('keeps the old job under upgradeStrategy NONE and says that it is outdated', async () => {
    const id = await create('none', { upgradeStrategy: { kind: 'NONE' } });
    await state('none', 'RUNNING');
    await platform.call('PATCH', 'deployments/none', { spec: { template: { spec: { artifact: { mainArgs: '--version 2' } } } } });
    const seen = await platform.until('deployments/none', isOutdated);
    expect(seen.status.state).toBe('RUNNING');
    expect(await jobsOf(id)).toHaveLength(1);
  });

  it('is cancelled, and deleted with everything of it', async () => {
    const id = await create('cancelled');
    await state('cancelled', 'RUNNING');
    expect((await platform.call('DELETE', 'deployments/cancelled')).status).toBe(409);
    await platform.call('PATCH', 'deployments/cancelled', { spec: { state: 'CANCELED' } });
    await state('cancelled', 'CANCELLED');
    const job = newest(await jobsOf(id));
    expect(job.status.state).toBe('TERMINATED');
    expect((await platform.call('DELETE', 'deployments/cancelled')).status).toBe(200);
    expect((await platform.call('GET', 'deployments/cancelled')).status).toBe(404);
    expect((await platform.call('GET', `jobs/${job.metadata.id}`)).status).toBe(404);
  });

  it('ends FINISHED with a bounded job, and stays so', async () => {
    const id = await create('bounded');
    await state('bounded', 'RUNNING');
    const job = newest(await jobsOf(id));
    (await simOf(job.metadata.id)).finishJob(flinkId(job.metadata.id));
    await platform.deps.store.transaction((tx) => platform.deps.store.deployments.raiseIntent(tx, id as never));
    await platform.call('POST', 'savepoints', { metadata: { deploymentId: id } });
    await state('bounded', 'FINISHED');
    expect(newest(await jobsOf(id)).status.state).toBe('FINISHED');
  });

  it('ends FAILED after maxJobCreationAttempts, with the reason on each Job', async () => {
    const id = await create(
      'broken',
      { maxJobCreationAttempts: 3 },
      mode === 'session' ? { entryClass: 'com.example.Absent' } : { jarUri: 'file:///nowhere/job.jar' },
    );
    await state('broken', 'FAILED');
    const jobs = await jobsOf(id);
    expect(jobs.map((j) => j.status.state)).toEqual(['FAILED', 'FAILED', 'FAILED']);
    for (const job of jobs) expect(job.status.failure.reason).not.toBe('');
    expect((await eventsOf(id)).filter((name) => name === 'TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS')).toHaveLength(1);
    await platform.call('PATCH', 'deployments/broken', { spec: { template: { spec: { artifact: { entryClass: ENTRY_CLASS, jarUri: platform.jarUri } } } } });
    await state('broken', 'RUNNING');
  });

  it('takes a savepoint that a user asks for, and goes on running', async () => {
    const id = await create('asked');
    await state('asked', 'RUNNING');
    const { status, body } = await platform.call('POST', 'savepoints', { metadata: { deploymentId: id } });
    expect(status).toBe(201);
    const done = await platform.until(`savepoints/${body.metadata.id}`, (s) => s.status.state !== 'STARTED');
    expect(done.status.state).toBe('COMPLETED');
    expect((await platform.call('GET', 'deployments/asked')).body.status.state).toBe('RUNNING');
  });
});
