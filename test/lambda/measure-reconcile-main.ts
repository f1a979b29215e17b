// The whole of a child process for `npm run bench -- lambda`: how large the worker's bundle is, and how long a reconcile of many quiet, running Deployments
// takes when a function does it. Their jobs run in a simulated Flink; the rows are copies of one that was started through the API. Argument: how many.
import { randomUUID } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { readConfig } from '../../app/config.ts';
import { locate } from '../../app/open-temporal.ts';
import { aJar } from '../flink-sim/a-jar.ts';
import { type FlinkSim, startFlinkSim } from '../flink-sim/start-flink-sim.ts';
import { type AwsStack, startAwsStack } from './aws-stack.ts';

const N = '/api/v1/namespaces/default';
const CLASS = 'com.example.Job';
const LIMIT_MS = 120_000;
const SWEEPS = "WorkflowType = 'sweep' AND ExecutionStatus = 'Completed'";
const RUNS = 5;
const MOST = 100;
/** A start by Temporal's schedule counts twice: the schedule's own action, and the run. */
const OF_A_START = 2;

interface Sweep {
  readonly ms: number;
  readonly actions: number;
  readonly jobs: number;
  readonly woken: number;
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (const end = performance.now() + LIMIT_MS; performance.now() < end; await wait(100)) {
    const seen = await look();
    if (seen !== undefined) return seen;
  }
  throw new Error(`${what}: not within ${LIMIT_MS / 1000} s`);
}

async function startSeed(stack: AwsStack, sim: FlinkSim): Promise<string> {
  const form = new FormData();
  form.append('file', new Blob([aJar(CLASS)]), 'job.jar');
  const headers = { authorization: `Bearer ${stack.token}` };
  const uploaded = await fetch(`${stack.url}/artifacts/v1/namespaces/default/artifacts:upload`, { method: 'POST', body: form, headers });
  const { artifact } = (await uploaded.json()) as { readonly artifact: { readonly uri: string } };
  await stack.call('POST', `${N}/sessionclusters`, { metadata: { name: 'flink' }, spec: { state: 'RUNNING', external: { url: sim.url } } });
  const template = { spec: { artifact: { kind: 'JAR', jarUri: artifact.uri, entryClass: CLASS, flinkVersion: '1.20' } } };
  await stack.call('POST', `${N}/deployments`, { metadata: { name: 'seed' }, spec: { state: 'RUNNING', sessionClusterName: 'flink', template } });
  return until('the seed runs', async () => {
    const { status } = await stack.call<{ readonly status: { readonly state: string; readonly running?: { readonly jobId: string } } }>(
      'GET',
      `${N}/deployments/seed`,
    );
    return status.state === 'RUNNING' ? status.running?.jobId : undefined;
  });
}

/** The id by which Flink knows it. drey's own is gone once its job runs. */
async function uploadToFlink(url: string): Promise<string> {
  const form = new FormData();
  form.append('jarfile', new Blob([aJar(CLASS)], { type: 'application/x-java-archive' }), 'copies.jar');
  const uploaded = await fetch(`${url}/jars/upload`, { method: 'POST', body: form });
  const { filename } = (await uploaded.json()) as { readonly filename: string };
  return basename(filename);
}

/** Copies of the seed's rows, of which none is due, and a job in Flink for each. */
async function copySeed(databaseUrl: string, sim: FlinkSim, { seed, copies }: { readonly seed: string; readonly copies: number }): Promise<void> {
  const jar = await uploadToFlink(sim.url);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const columns = async (table: string): Promise<readonly string[]> => {
      const { rows } = await client.query<{ name: string }>('select column_name as name from information_schema.columns where table_name = $1', [table]);
      return rows.map(({ name }) => name);
    };
    const [ofDeployment, ofJob] = [await columns('deployment'), await columns('job')];
    const copied = (names: readonly string[], changed: Readonly<Record<string, string>>): string =>
      names.map((name) => changed[name] ?? `"${name}"`).join(', ');
    const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');
    for (let n = 1; n <= copies; n += 1) {
      const [deployment, job] = [randomUUID(), randomUUID()];
      const status = `jsonb_set(status, '{running,jobId}', '"${job}"')`;
      const changedDeployment = copied(ofDeployment, { id: `'${deployment}'`, name: `'copy-${n}'`, status, wake_at: 'null' });
      await client.query(`insert into deployment (${quoted(ofDeployment)}) select ${changedDeployment} from deployment where name = 'seed'`);
      const changedJob = copied(ofJob, { id: `'${job}'`, deployment_id: `'${deployment}'`, deployment_name: `'copy-${n}'` });
      await client.query(`insert into job (${quoted(ofJob)}) select ${changedJob} from job where id = $1`, [seed]);
      const body = JSON.stringify({ jobId: job.replaceAll('-', ''), entryClass: CLASS, parallelism: 1 });
      const ran = await fetch(`${sim.url}/jars/${jar}/run`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      if (!ran.ok) throw new Error(`the copy ${n} does not run: ${await ran.text()}`);
    }
  } finally {
    await client.end();
  }
}

/** One reconcile, from the event of the schedule to the end of the sweep. */
async function reconcile(stack: AwsStack, { workflow }: Client): Promise<Sweep> {
  const { count } = await workflow.count(SWEEPS);
  const begun = Date.now();
  await stack.reconcile();
  await until('a sweep is over', async () => ((await workflow.count(SWEEPS)).count > count ? true : undefined));
  for await (const { workflowId, runId, closeTime } of workflow.list({ query: SWEEPS, pageSize: 1 })) {
    const handle = workflow.getHandle(workflowId, runId);
    const { events } = await handle.fetchHistory();
    const activities = (events ?? []).filter(({ activityTaskScheduledEventAttributes: scheduled }) => scheduled).length;
    const { jobs, woken } = (await handle.result()) as { readonly jobs: number; readonly woken: number };
    return { ms: (closeTime?.getTime() ?? 0) - begun, actions: OF_A_START + activities + woken, jobs, woken };
  }
  throw new Error('there is no sweep');
}

function zippedBytes(folder: string): number {
  const zip = join(folder, '..', 'worker.zip');
  execFileSync('python3', ['-c', 'import shutil, sys; shutil.make_archive(sys.argv[1][:-4], "zip", sys.argv[2])', zip, folder]);
  return statSync(zip).size;
}

const copies = Number(process.argv[2] ?? 1000) - 1;
const folder = await mkdtemp(join(tmpdir(), 'drey-reconcile-'));
const config = await readConfig([]);
const located = await locate({ ...config, temporal: { kind: 'embedded' } });
if (located?.kind !== 'found') throw new Error('the Temporal CLI is not there yet: run `npm start` once');
const sim = await startFlinkSim({ slots: copies + 10 });
const say = (): void => undefined;
const stack = await startAwsStack({ folder, cache: config.cache, temporalBinary: located.path, ui: false, workerSeconds: 120, say });
try {
  const seed = await startSeed(stack, sim);
  await copySeed(stack.databaseUrl, sim, { seed, copies });
  const connection = await Connection.connect({ address: stack.temporal.address });
  const client = new Client({ connection });
  // What is noted for the first time is not quiet: each is looked at once.
  for (let i = 0; (await reconcile(stack, client)).woken > 0; i += 1) if (i > MOST) throw new Error('the fleet does not become quiet');
  const sweeps: Sweep[] = [];
  for (let i = 0; i < RUNS; i += 1) sweeps.push(await reconcile(stack, client));
  await connection.close();
  process.stdout.write(`${JSON.stringify({ zipped: zippedBytes(join(folder, 'worker-lambda')), sweeps })}\n`);
} finally {
  await stack.stop();
  await sim.close();
  await rm(folder, { recursive: true, force: true });
}
process.exit();
