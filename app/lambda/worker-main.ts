// A worker as a Lambda function: Temporal invokes it while there is work, and it takes work until shortly before its time is up.
import { join } from 'node:path';
import { runWorker } from '@temporalio/lambda-worker';
import { TASK_QUEUE, WORKER_DEPLOYMENT } from '../../workflows/contract.ts';
import { kept } from '../kept.ts';
import { createLogger, createUnspeakable } from '../log.ts';
import { openActivities } from '../open-activities.ts';
import { readRemoteConfig } from '../remote-config.ts';
import { secretsOf } from '../secrets-of.ts';
import { runtimeLogger, WORKER_LIMITS } from '../worker.ts';
import { logger as firstLogger } from './container-log.ts';

/** Put in by the build. */
declare const DREY_BUILD_ID: string;

/** What remains of an invocation when no more work is taken: connecting took a part of the time, and activities have some to end. */
const BUFFER_MS = 10_000;
const GRACE_MS = 6000;

const working = kept(async () => {
  const config = await readRemoteConfig();
  if (config.temporal.kind !== 'external') throw new Error('there is no Temporal server');
  const { namespace, connection } = config.temporal;
  const unspeakable = createUnspeakable(secretsOf(config));
  const logger = createLogger(process.stdout, unspeakable);
  const { activities } = await openActivities(config, { logger, unspeakable, isShortLived: true });
  return runWorker({ deploymentName: WORKER_DEPLOYMENT, buildId: DREY_BUILD_ID }, (worker) => {
    worker.namespace = namespace;
    worker.connectionOptions = connection;
    worker.shutdownDeadlineBufferMs = BUFFER_MS;
    worker.runtimeOptions = { shutdownSignals: [], logger: runtimeLogger(logger) };
    worker.workerOptions = {
      ...WORKER_LIMITS,
      taskQueue: TASK_QUEUE,
      workflowBundle: { codePath: join(import.meta.dirname, 'workflows.js') },
      activities,
      shutdownGraceTime: GRACE_MS,
    };
  });
});

/** Fails where something is missing, which the log names: the next invocation tries again. */
export async function handler(event: unknown, context: Parameters<ReturnType<typeof runWorker>>[1]): Promise<void> {
  const run = await working.get().catch((error: unknown) => {
    firstLogger.error({ err: error }, 'the worker cannot start');
    throw error;
  });
  await run(event, context);
}
