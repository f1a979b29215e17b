// Secret values on real Flink: its processes get them by files that only their owner reads, and repeat them nowhere else.
import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENTRY_CLASS, javaJob } from '../fixtures/a-java-job.ts';
import { type Doc, newest, runningJob } from '../fixtures/a-platform.ts';
import { startRealPlatform, type RealPlatform } from '../fixtures/a-real-platform.ts';
import { findCanaries } from '../fixtures/find-canary.ts';

const TOKEN = `canary-${randomUUID()}`;
const FOLDER = `canary-${randomUUID()}`;
const LIMIT_MS = 90_000;

describe('secret values on Flink 1.20.0', () => {
  let platform: RealPlatform;

  beforeAll(async () => {
    platform = await startRealPlatform({ jar: (clusters) => javaJob('1.20.0', clusters) });
    await mkdir(join(platform.home, 'jobs', FOLDER));
    await copyFile(join(platform.home, 'jobs', 'job.jar'), join(platform.home, 'jobs', FOLDER, `${FOLDER}.jar`));
    for (const [name, value] of Object.entries({ TOKEN, FOLDER }))
      expect((await platform.call('PUT', `secret-values/${name}`, { spec: { kind: 'Plain', value } })).status).toBe(201);
  }, 300_000);
  afterAll(() => platform.stop());

  const create = async (name: string, configuration: object): Promise<string> => {
    const template = {
      spec: {
        artifact: { kind: 'JAR', jarUri: `file://${platform.home}/jobs/\${FOLDER}/\${FOLDER}.jar`, entryClass: ENTRY_CLASS, flinkVersion: '1.20.0' },
        flinkConfiguration: { 'execution.checkpointing.interval': '500ms', ...configuration },
      },
    };
    const spec = { state: 'RUNNING', deploymentTargetName: 'default', maxJobCreationAttempts: 1, template };
    const { status, body } = await platform.call('POST', 'deployments', { metadata: { name }, spec });
    expect(status, JSON.stringify(body)).toBe(201);
    return body.metadata.id;
  };
  const state = (name: string, wanted: string): Promise<Doc> => platform.until(`deployments/${name}`, (d) => d.status.state === wanted, LIMIT_MS);
  const nowhere = async (): Promise<void> => expect(await findCanaries(platform.platform, [TOKEN, FOLDER])).toEqual([]);

  it('reach the configuration and the options of its JVMs, while it runs and after it was suspended', async () => {
    await create('runs', { 'some.connector.token': 'Bearer ${TOKEN}', 'env.java.opts.all': '-Dsome.token=${TOKEN}' });
    const jobId = runningJob(await state('runs', 'RUNNING'));
    const folder = join(platform.home, 'clusters', 'jobs', jobId);
    for (const file of ['conf/config.yaml', 'conf/jobmanager.args', 'log/jobmanager.log']) {
      expect(await readFile(join(folder, file), 'utf8'), file).toContain(TOKEN);
      expect((await stat(join(folder, file))).mode & 0o777, file).toBe(0o600);
    }
    await nowhere();
    await platform.call('PATCH', 'deployments/runs', { spec: { state: 'SUSPENDED' } });
    await state('runs', 'SUSPENDED');
    await nowhere();
  });

  it('are hidden in the cause of a job that Flink refuses because of one', async () => {
    const id = await create('refused', { 'state.backend.type': '${TOKEN}' });
    await state('refused', 'FAILED');
    const { failure } = newest((await platform.call('GET', `jobs?deploymentId=${id}`)).body.items).status;
    expect(`${failure.reason}\n${failure.message}`).toContain('******');
    await nowhere();
  });
});
