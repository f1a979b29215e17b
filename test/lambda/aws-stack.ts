// drey as it runs on AWS, on this machine: the built functions in containers, API Gateway before the API, Temporal's serverless workers behind a Lambda of
// our own, secrets in moto, a real PostgreSQL and a real Temporal server. Whoever starts it stops it.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { buildLambda } from '../../app/lambda/build.ts';
import { buildWorker } from '../../app/lambda/build-worker.ts';
import { startTemporal, type TemporalServer } from '../../app/embedded/temporal-server.ts';
import { ramp } from '../../app/ramp.ts';
import { prepareServer } from '../../app/release.ts';
import { WORKER_DEPLOYMENT } from '../../workflows/contract.ts';
import { startPostgres } from '../fixtures/postgres.ts';
import { startMoto } from '../fixtures/start-moto.ts';
import { amazonAt } from './amazon.ts';
import { startGateway } from './gateway.ts';
import { FUNCTION_ARN, type WorkerInvocations, startWorkerInvocations } from './worker-invocations.ts';
import { startContainer } from './runtime-api.ts';

export interface AwsOrder {
  /** For everything that is built and written. */
  readonly folder: string;
  readonly cache: string;
  readonly temporalBinary: string;
  readonly ui: boolean;
  /** Seconds of one invocation of the worker. */
  readonly workerSeconds: number;
  readonly say: (line: string) => void;
}

export interface AwsStack {
  /** Of the API, through the gateway. */
  readonly url: string;
  readonly token: string;
  readonly databaseUrl: string;
  readonly temporal: TemporalServer;
  readonly buildId: string;
  readonly worker: WorkerInvocations;
  /** What the schedule would send. */
  reconcile(): Promise<string>;
  /** What the schedule wrote. */
  scheduleLog(): string;
  /** Throws what was refused. */
  call<T>(method: string, path: string, body?: object): Promise<T>;
  stop(): Promise<void>;
}

/** What makes serverless workers work on a server of one's own (`reference/temporal.md` §2.6, 2.7). */
const WORKER_CONTROLLER = [
  'workercontroller.enabled=true',
  'workercontroller.compute_providers.enabled=["aws-lambda"]',
  'workercontroller.scaling_algorithms.enabled=["no-sync"]',
  'workercontroller.compute_providers.aws.require_role_and_external_id=false',
];
const SECRET = 'drey/local';

export async function startAwsStack(order: AwsOrder): Promise<AwsStack> {
  const stops: (() => unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.toReversed()) await each();
  };
  try {
    return await startParts(order, { stops, stop });
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Stops {
  readonly stops: (() => unknown)[];
  readonly stop: () => Promise<void>;
}

async function startParts(order: AwsOrder, { stops, stop }: Stops): Promise<AwsStack> {
  const { folder, cache, say } = order;
  const [api, workerFolder] = [join(folder, 'lambda'), join(folder, 'worker-lambda')];
  const [, buildId] = await Promise.all([buildLambda(api), buildWorker({ folder: workerFolder, arch: process.arch, cache }), mkdir(join(folder, 'state'))]);
  say(`built: API, schedule and worker (build ${buildId})`);
  const [postgres, moto] = await Promise.all([startPostgres(), startMoto()]);
  stops.push(
    () => postgres.stop(),
    () => moto.stop(),
  );
  const amazon = amazonAt(moto);
  const token = `drey_${randomBytes(20).toString('hex')}`;
  const secret = { url: postgres.url, key: randomBytes(32).toString('base64'), token };
  await amazon.call('secretsmanager', 'secretsmanager.CreateSecret', { Name: SECRET, SecretString: JSON.stringify(secret) });
  const environment: Record<string, string> = {
    ...amazon.environment,
    DATABASE_URL_FROM: `secret:${SECRET}#url`,
    DREY_SECRET_KEY_FROM: `secret:${SECRET}#key`,
    DREY_ADMIN_TOKEN_FROM: `secret:${SECRET}#token`,
    DREY_BLOB_ROOT: join(folder, 'state'),
    DREY_PRIVATE_ADDRESSES: '1',
    HOME: '/tmp',
  };
  const limitMs = order.workerSeconds * 1000;
  const worker = await startWorkerInvocations({ file: join(workerFolder, 'worker.js'), handler: 'handler', environment, limitMs });
  stops.push(() => worker.stop());
  const temporal = await startTemporal({
    folder,
    binary: order.temporalBinary,
    ui: order.ui,
    ports: 'any',
    dynamicConfig: WORKER_CONTROLLER,
    environment: { AWS_ENDPOINT_URL: worker.url, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
  });
  stops.push(() => temporal.stop());
  environment['TEMPORAL_ADDRESS'] = temporal.address;
  say('running: PostgreSQL, Temporal with its worker controller, Amazon by moto');
  await createVersion(order, temporal.address, buildId);
  await releaseBuild(order, temporal.address, buildId);
  const schedule = await startContainer({ file: join(api, 'schedule.mjs'), handler: 'handler', environment });
  const container = await startContainer({ file: join(api, 'api.mjs'), handler: 'handler', environment });
  const gateway = await startGateway(container);
  stops.push(
    () => schedule.stop(),
    () => container.stop(),
    () => gateway.stop(),
  );
  const call = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) };
    const response = await fetch(`${gateway.url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}\n${container.log()}`);
    return JSON.parse(text) as T;
  };
  await call('PUT', '/namespaces/v1/namespaces/default', { name: 'namespaces/default', roleBindings: [{ role: 'owner', members: ['user:admin'] }] });
  return {
    url: gateway.url,
    token,
    databaseUrl: postgres.url,
    temporal,
    buildId,
    worker,
    reconcile: () => schedule.invoke({ drey: 'reconcile' }),
    scheduleLog: () => schedule.log(),
    call,
    stop,
  };
}

async function createVersion({ temporalBinary }: AwsOrder, address: string, buildId: string): Promise<void> {
  const run = (...args: string[]): Promise<unknown> => promisify(execFile)(temporalBinary, ['worker', 'deployment', ...args, '--address', address]);
  await run('create', '--name', WORKER_DEPLOYMENT);
  const version = ['--deployment-name', WORKER_DEPLOYMENT, '--build-id', buildId];
  await run('create-version', ...version, '--aws-lambda-function-arn', FUNCTION_ARN, '--aws-lambda-skip-role-and-external-id');
}

/** What `npm run release` does. */
async function releaseBuild({ say }: AwsOrder, address: string, buildId: string): Promise<void> {
  const connection = await Connection.connect({ address });
  const fleet = { connection, namespace: 'default', client: new Client({ connection }) };
  await prepareServer({ ...fleet, hash: buildId });
  await ramp({ ...fleet, buildId, steps: [], holdMs: 0, patienceMs: 30_000, say });
  await connection.close();
}
