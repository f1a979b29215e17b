// The worker of a container: takes work until it is told to stop, then finishes what it has begun and leaves the rest to the others.
// Answers /healthz, /readyz and /metrics, and nothing else.
import { collectDefaultMetrics, Registry } from 'prom-client';
import { buildIdOfSources, bundleWorkflows } from '../bundle.ts';
import type { Config } from '../config.ts';
import { createLogger, createUnspeakable } from '../log.ts';
import { openActivities } from '../open-activities.ts';
import { createReadiness, type ReadinessBoard } from '../readiness.ts';
import { readRemoteConfig } from '../remote-config.ts';
import { secretsOf } from '../secrets-of.ts';
import { listen } from '../server.ts';
import { installRuntime, startWorker } from '../worker.ts';
import { runProgram } from './run-program.ts';

/** Of the two minutes that ECS and Kubernetes are told to wait, what is left is for closing connections. */
const DRAIN_MS = 110_000;

async function startWorking(config: Config, readiness: ReadinessBoard): Promise<() => Promise<void>> {
  if (config.temporal.kind !== 'external') throw new Error('there is no Temporal server');
  const { namespace, connection: address } = config.temporal;
  const unspeakable = createUnspeakable(secretsOf(config));
  const logger = createLogger(process.stdout, unspeakable);
  installRuntime(logger);
  const { NativeConnection } = await import('@temporalio/worker');
  const [opened, bundle, buildId] = await Promise.all([
    openActivities(config, { logger, unspeakable, isShortLived: false }),
    bundleWorkflows(config.cache),
    buildIdOfSources(),
  ]);
  readiness.up('store', () => opened.problem());
  const connection = await NativeConnection.connect(address);
  readiness.up('Temporal');
  let isStopping = false;
  // Whoever started this container starts another one.
  const onFailure = (): void => void (isStopping || process.exit(1));
  const worker = await startWorker({ connection, namespace, bundle, activities: opened.activities, logger, buildId, graceMs: DRAIN_MS, onFailure });
  readiness.up('worker', () => worker.problem());
  logger.info({ buildId, namespace }, 'the worker takes work once this build is released');
  return async () => {
    isStopping = true;
    logger.info('draining: what has begun is finished, for two minutes at most');
    readiness.down('worker', 'the worker drains');
    await worker.stop();
    await connection.close();
    await opened.close();
  };
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

await runProgram(async () => {
  const readiness = createReadiness(['store', 'Temporal', 'worker']);
  const config = await readRemoteConfig();
  const close = await serve(config, readiness);
  const stop = await startWorking(config, readiness);
  return async () => {
    await stop();
    await close();
  };
});
