// A real Flink runs what was uploaded: the jar of the job, and a dependency whose class is its main class.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseId } from '../../domain/ids.ts';
import { newest, runningJob } from '../fixtures/a-platform.ts';
import { type RealPlatform, startRealPlatform } from '../fixtures/a-real-platform.ts';

const EXAMPLES = 'maven:org.apache.flink:flink-examples-streaming:1.20.0';
const MAIN = 'org.apache.flink.streaming.examples.windowing.TopSpeedWindowing';
const SMALL = { jobmanager: { cpu: 1, memory: '1g' }, taskmanager: { cpu: 1, memory: '1g' } };
const LIMIT_MS = 120_000;

let real: RealPlatform;
beforeAll(async () => {
  real = await startRealPlatform();
});
afterAll(async () => {
  await real.stop();
});

/** Uploads the example of this name; its address. */
async function upload(example: string): Promise<string> {
  const { artifacts } = real.platform.deps.flink;
  const order = { jobId: parseId<'JobId'>(randomUUID()), namespace: 'default', uri: `${EXAMPLES}:${example}`, additionalDependencies: [] };
  const fetched = await artifacts.fetch(order, new AbortController().signal, () => undefined);
  if (fetched.kind !== 'done') throw new Error(fetched.reason);
  const form = new FormData();
  form.append('file', new Blob([await readFile(fetched.value.path)]), `${example}.jar`);
  const init = { method: 'POST', body: form, headers: { Authorization: 'Bearer t' } };
  const { status, body } = await real.platform.send('/artifacts/v1/namespaces/default/artifacts:upload', init);
  expect(status).toBe(200);
  return (body as unknown as { artifact: { uri: string } }).artifact.uri;
}

it('an uploaded jar runs with an uploaded dependency, is suspended, and runs on after another upload of the same name', async () => {
  const artifact = {
    kind: 'JAR',
    flinkVersion: '1.20.0',
    jarUri: await upload('WordCount'),
    entryClass: MAIN,
    additionalDependencies: [await upload('TopSpeedWindowing')],
  };
  const template = { spec: { artifact, resources: SMALL, flinkConfiguration: { 'execution.checkpointing.interval': '500ms' } } };
  const spec = { state: 'RUNNING', deploymentTargetName: 'default', template };
  const { status, body } = await real.call('POST', 'deployments', { metadata: { name: 'uploaded' }, spec });
  expect(status, JSON.stringify(body)).toBe(201);
  const running = () => real.until('deployments/uploaded', (d) => d.status.state === 'RUNNING', LIMIT_MS);
  const first = runningJob(await running());
  await upload('WordCount');
  await real.call('PATCH', 'deployments/uploaded', { spec: { state: 'SUSPENDED' } });
  await real.until('deployments/uploaded', (d) => d.status.state === 'SUSPENDED', LIMIT_MS);
  await real.call('PATCH', 'deployments/uploaded', { spec: { state: 'RUNNING' } });
  const second = runningJob(await running());
  expect(second).not.toBe(first);
  const savepoint = newest((await real.call('GET', `savepoints?jobId=${first}`)).body.items);
  expect((await real.call('GET', `jobs/${second}`)).body.spec.savepointLocation).toBe(savepoint.spec.savepointLocation);
  await real.call('PATCH', 'deployments/uploaded', { spec: { state: 'CANCELLED' } });
  await real.until('deployments/uploaded', (d) => d.status.state === 'CANCELLED', LIMIT_MS);
});
