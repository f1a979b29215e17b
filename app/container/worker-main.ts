// The worker of a container: takes work until it is told to stop, then finishes what it has begun and leaves the rest to the others.
// Answers /healthz, /readyz and /metrics, and nothing else.
import { collectDefaultMetrics, Registry } from 'prom-client';
import { faultOfTemporal } from '../ask-temporal.ts';
import { buildIdOfSources, bundleWorkflows } from '../bundle.ts';
import type { Config, ExternalTemporal } from '../config.ts';
import { createLogger, createUnspeakable } from '../log.ts';
import { openActivities } from '../open-activities.ts';
import { createReadiness, type ReadinessBoard } from '../readiness.ts';
import { readRemoteConfig } from '../remote-config.ts';
import { secretsOf } from '../secrets-of.ts';
import { listen } from '../server.ts';
import { toTemporalProblem } from '../temporal-problem.ts';
import { installRuntime, type RunningWorker, startWorker, type WorkerOrder } from '../worker.ts';
import { patiently } from './patiently.ts';
import { runProgram } from './run-program.ts';

/** Of the two minutes that ECS and Kubernetes are told to wait, what is left is for closing connections. */
const DRAIN_MS = 110_000;

interface Around {
  readonly readiness: ReadinessBoard;
  readonly told: AbortSignal;
}

async function startWorking(config: Config, { readiness, told }: Around): Promise<() => Promise<void>> {
  const { temporal } = config;
  if (temporal.kind !== 'external') throw new Error('there is no Temporal server');
  const unspeakable = createUnspeakable(secretsOf(config));
  const logger = createLogger(process.stdout, unspeakable);
  installRuntime(logger);
  const [opened, bundle, buildId] = await Promise.all([
    openActivities(config, { logger, unspeakable, isShortLived: false }),
    bundleWorkflows(config.cache),
    buildIdOfSources(),
  ]);
  readiness.up('store', () => opened.problem());
  // Whoever started this container starts another one.
  const onFailure = (): void => void (told.aborted || process.exit(1));
  const order = { namespace: temporal.namespace, bundle, activities: opened.activities, logger, buildId, graceMs: DRAIN_MS, onFailure };
  const working = await patiently(() => connectWorker(temporal, order, told), {
    signal: told,
    explain: (error) => toTemporalProblem(error, { address: temporal.connection.address, namespace: temporal.namespace }).message,
    onReason(reason) {
      readiness.down('Temporal', reason);
      logger.error({ reason }, 'the worker cannot begin, and tries again');
    },
  });
  if (working === undefined) return () => opened.close();
  readiness.up('Temporal');
  readiness.up('worker', () => working.problem());
  logger.info({ buildId, namespace: temporal.namespace }, 'the worker takes work once this build is released');
  return async () => {
    logger.info('draining: what has begun is finished, for two minutes at most');
    readiness.down('worker', 'the worker drains');
    await working.stop();
    await opened.close();
  };
}

/** Leaves no connection open where it fails. Takes no work once the stop was told. */
async function connectWorker(temporal: ExternalTemporal, order: Omit<WorkerOrder, 'connection'>, told: AbortSignal): Promise<RunningWorker> {
  const fault = await faultOfTemporal(temporal);
  if (fault !== undefined) throw fault;
  const { NativeConnection } = await import('@temporalio/worker');
  const connection = await NativeConnection.connect(temporal.connection);
  try {
    told.throwIfAborted();
    const worker = await startWorker({ ...order, connection });
    return {
      problem: () => worker.problem(),
      async stop() {
        await worker.stop();
        await connection.close();
      },
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function serve(config: Config, readiness: ReadinessBoard): Promise<() => Promise<void>> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const server = await listen(config, () => readiness.reasons());
  server.use(async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === '/healthz') return new Response('ok\n');
    if (pathname === '/metrics') return new Response(await registry.metrics(), { headers: { 'content-type': registry.contentType } });
    if (pathname !== '/readyz') return new Response('not found\n', { status: 404 });
    const look = await readiness.look();
    return Response.json(look, { status: look.ready ? 200 : 503 });
  });
  return () => server.stop();
}

await runProgram(async (told) => {
  const readiness = createReadiness(['store', 'Temporal', 'worker']);
  const config = await readRemoteConfig();
  const close = await serve(config, readiness);
  const stop = await startWorking(config, { readiness, told });
  return async () => {
    await stop();
    await close();
  };
});
