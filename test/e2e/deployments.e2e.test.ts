// The life of a Deployment on real Flink, on the local target and on a local session cluster.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Doc, isOutdated, newest, runningJob, runsAfter } from '../fixtures/a-platform.ts';
import { startRealPlatform, type RealPlatform } from '../fixtures/a-real-platform.ts';

const EXAMPLES = 'maven:org.apache.flink:flink-examples-streaming:1.20.0';
const TOP_SPEED = { jarUri: `${EXAMPLES}:TopSpeedWindowing`, entryClass: 'org.apache.flink.streaming.examples.windowing.TopSpeedWindowing' };
const LIMIT_MS = 90_000;
const SMALL = { jobmanager: { cpu: 1, memory: '1g' }, taskmanager: { cpu: 1, memory: '1g' } };

const MODES = [
  { mode: 'application', version: '1.20.0', whole: true },
  { mode: 'session', version: '1.20.0', whole: true },
  { mode: 'application', version: '2.3.0', whole: false },
  { mode: 'session', version: '2.3.0', whole: false },
] as const;

describe.each(MODES)('a Deployment in $mode mode on Flink $version', ({ mode, version, whole }) => {
  let platform: RealPlatform;

  beforeAll(async () => {
    platform = await startRealPlatform();
    if (mode === 'session') {
      const spec = { state: 'RUNNING', deploymentTargetName: 'default', flinkVersion: version, numberOfTaskManagers: 1, resources: SMALL };
      const { status, body } = await platform.call('POST', 'sessionclusters', { metadata: { name: 'shared' }, spec });
      expect(status, JSON.stringify(body)).toBe(201);
      await platform.until('sessionclusters/shared', (c) => c.status.state === 'RUNNING', 240_000);
    }
  }, 300_000);
  afterAll(async () => {
    await platform.stop();
  });

  const place = mode === 'session' ? { sessionClusterName: 'shared' } : { deploymentTargetName: 'default' };
  const create = async (name: string, over: object = {}, artifact: object = {}): Promise<string> => {
    const template = {
      spec: {
        artifact: {
          kind: 'JAR',
          flinkVersion: version,
          ...TOP_SPEED,
          ...(version === '2.3.0' ? { jarUri: TOP_SPEED.jarUri.replace('1.20.0', '2.3.0') } : {}),
          ...artifact,
        },
        resources: SMALL,
        flinkConfiguration: { 'execution.checkpointing.interval': '500ms' },
      },
    };
    const { status, body } = await platform.call('POST', 'deployments', { metadata: { name }, spec: { state: 'RUNNING', ...place, ...over, template } });
    expect(status, JSON.stringify(body)).toBe(201);
    return body.metadata.id;
  };
  const state = (name: string, wanted: string) => platform.until(`deployments/${name}`, (d) => d.status.state === wanted, LIMIT_MS);
  const patch = (name: string, spec: object) => platform.call('PATCH', `deployments/${name}`, { spec });
  const jobsOf = async (id: string): Promise<readonly Doc[]> => (await platform.call('GET', `jobs?deploymentId=${id}`)).body.items;
  const savepointsOf = async (id: string): Promise<readonly Doc[]> => (await platform.call('GET', `savepoints?deploymentId=${id}`)).body.items;
  const cancel = async (name: string): Promise<void> => {
    await patch(name, { state: 'CANCELLED' });
    await state(name, 'CANCELLED');
    expect((await platform.call('DELETE', `deployments/${name}`)).status).toBe(200);
  };

  it('starts, is suspended with a savepoint, resumes from exactly it, and is upgraded through another', async () => {
    const id = await create('story');
    await state('story', 'RUNNING');
    await patch('story', { state: 'SUSPENDED' });
    await state('story', 'SUSPENDED');
    const savepoint = newest((await savepointsOf(id)).filter((s) => s.metadata.origin === 'SUSPEND'));
    expect(savepoint.status.state).toBe('COMPLETED');
    await patch('story', { state: 'RUNNING' });
    const resumed = await state('story', 'RUNNING');
    const second = newest(await jobsOf(id));
    expect(second.spec.savepointLocation).toBe(savepoint.spec.savepointLocation);
    const restored = await platform.restoredBy(second.metadata.id);
    expect(restored).toBe(savepoint.spec.savepointLocation);
    await patch('story', { template: { spec: { artifact: { mainArgs: '--windowSize 20' } } } });
    await platform.until('deployments/story', runsAfter(runningJob(resumed)), LIMIT_MS);
    const third = newest(await jobsOf(id));
    const suspensions = (await savepointsOf(id)).filter((s) => s.metadata.origin === 'SUSPEND');
    expect(suspensions).toHaveLength(2);
    expect(third.spec.savepointLocation).toBe(newest(suspensions).spec.savepointLocation);
    await cancel('story');
  });

  it('leaves no process behind in application mode', async () => {
    if (mode === 'application') expect(await platform.processes()).toEqual([]);
    else expect((await platform.processes()).length).toBe(2);
  });

  // What does not depend on the version of Flink is shown on one.
  if (!whole) return;

  it('is upgraded STATELESS from its newest checkpoint, and not at all under NONE', async () => {
    const id = await create('strategies', { upgradeStrategy: { kind: 'STATELESS' } });
    const first = await state('strategies', 'RUNNING');
    await platform.checkpointOf(runningJob(first));
    await patch('strategies', { template: { spec: { artifact: { mainArgs: '--windowSize 20' } } } });
    const second = await platform.until('deployments/strategies', runsAfter(runningJob(first)), LIMIT_MS);
    expect((await savepointsOf(id)).map((s) => s.metadata.origin)).not.toContain('SUSPEND');
    expect(newest(await jobsOf(id)).spec.savepointLocation).toMatch(/\/chk-\d+$/);
    await patch('strategies', { upgradeStrategy: { kind: 'NONE' }, template: { spec: { artifact: { mainArgs: '--windowSize 30' } } } });
    const outdated = await platform.until('deployments/strategies', isOutdated, LIMIT_MS);
    expect(runningJob(outdated)).toBe(runningJob(second));
    await cancel('strategies');
  });

  it('ends FINISHED with a bounded job', async () => {
    const id = await create('bounded', {}, { jarUri: `${EXAMPLES}:WordCount`, entryClass: 'org.apache.flink.streaming.examples.wordcount.WordCount' });
    await state('bounded', 'FINISHED');
    expect((await jobsOf(id)).map((j) => j.status.state)).toEqual(['FINISHED']);
    await cancel('bounded');
  });

  it('is started again when its job dies, from the newest checkpoint', async () => {
    const id = await create('dies');
    const first = await state('dies', 'RUNNING');
    await platform.checkpointOf(runningJob(first));
    await platform.killJob(runningJob(first));
    await platform.until('deployments/dies', runsAfter(runningJob(first)), LIMIT_MS);
    const second = newest(await jobsOf(id));
    expect(second.spec.savepointLocation).toMatch(/\/chk-\d+$/);
    await cancel('dies');
  });

  it.each([
    ['a jar that is none', { jarUri: 'maven:org.apache.flink:flink-examples-streaming:0.0.0-absent' }, /./],
    ['a class that the jar does not have', { entryClass: 'com.example.Absent' }, /com\.example\.Absent/],
  ])('ends FAILED after maxJobCreationAttempts with %s, with the reason on each Job', async (_, artifact, reason) => {
    const id = await create('broken', { maxJobCreationAttempts: 2 }, artifact);
    await state('broken', 'FAILED');
    const jobs = await jobsOf(id);
    expect(jobs.map((j) => j.status.state)).toEqual(['FAILED', 'FAILED']);
    for (const job of jobs) expect(`${job.status.failure.reason} ${job.status.failure.message}`).toMatch(reason);
    const names = (await platform.call('GET', `events?deploymentId=${id}`)).body.items.map((e) => e.metadata.name);
    expect(names.filter((name: string) => name === 'TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS')).toHaveLength(1);
    await cancel('broken');
  });
});
