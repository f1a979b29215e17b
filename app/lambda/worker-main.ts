// A worker as a Lambda function: Temporal invokes it while there is work, and it takes work until shortly before its time is up.
import { join } from 'node:path';
import { runWorker } from '@temporalio/lambda-worker';
import { TASK_QUEUE, WORKER_DEPLOYMENT } from '../../workflows/contract.ts';
import { faultOfTemporal } from '../ask-temporal.ts';
import { createLogger, createUnspeakable } from '../log.ts';
import { openActivities } from '../open-activities.ts';
import { readRemoteConfig } from '../remote-config.ts';
import { secretsOf } from '../secrets-of.ts';
import { runtimeLogger, shutdownTimes, WORKER_LIMITS } from '../worker.ts';
import { logger as firstLogger } from './container-log.ts';
import { createThawedActivities } from './thawed-activities.ts';

/** Put in by the build. */
declare const DREY_BUILD_ID: string;

type Run = ReturnType<typeof runWorker>;

/** What remains of an invocation when no more work is taken: connecting took a part of the time, and activities have some to end. */
const BUFFER_MS = 10_000;
const GRACE_MS = 6000;

const thawed = createThawedActivities(open, () => firstLogger.warn('the database is silent: connections to it are opened anew'));
/** Once per process, since Temporal's runtime is: it keeps the settings of the first invocation. */
let working: { readonly run: Run; readonly opened: Opened } | undefined;

type Opened = Awaited<ReturnType<typeof open>>;

async function open() {
  const config = await readRemoteConfig();
  const { temporal } = config;
  if (temporal.kind !== 'external') throw new Error('there is no Temporal server');
  const unspeakable = createUnspeakable(secretsOf(config));
  const logger = createLogger(process.stdout, unspeakable);
  return { ...(await openActivities(config, { logger, unspeakable, isShortLived: true })), temporal, logger };
}

function prepare({ temporal, logger }: Opened): Run {
  return runWorker({ deploymentName: WORKER_DEPLOYMENT, buildId: DREY_BUILD_ID }, (worker) => {
    worker.namespace = temporal.namespace;
    worker.connectionOptions = temporal.connection;
    worker.shutdownDeadlineBufferMs = BUFFER_MS;
    worker.runtimeOptions = { shutdownSignals: [], logger: runtimeLogger(logger) };
    worker.workerOptions = {
      ...WORKER_LIMITS,
      taskQueue: TASK_QUEUE,
      workflowBundle: { codePath: join(import.meta.dirname, 'workflows.js') },
      activities: thawed.activities(),
      ...shutdownTimes(GRACE_MS),
    };
  });
}

/** Fails where something is missing, which the log names: the next invocation tries again. */
export async function handler(event: unknown, context: Parameters<Run>[1]): Promise<void> {
  const opened = await thawed.thaw().catch((error: unknown) => {
    firstLogger.error({ err: error }, 'the worker cannot start');
    throw error;
  });
  const { run, opened: first } = (working ??= { run: prepare(opened), opened });
  await run(event, context).catch((error: unknown) => end(error, first));
}

/** Its settings may have changed since they were read, as a key that was replaced: the next invocation gets a process that reads them anew. */
async function end(error: unknown, { temporal, logger }: Opened): Promise<never> {
  const reason = (await faultOfTemporal(temporal))?.message;
  logger.fatal(reason === undefined ? { err: error } : { reason }, 'the worker failed, and the next invocation begins with settings that are read anew');
  process.exit(1);
}
