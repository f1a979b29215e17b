// The Temporal worker of this process: workflows from a ready bundle, activities handed in. Holds nothing between tasks.
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { LogEntry, NativeConnection, WorkerDeploymentOptions, WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Activities } from '../activities/create-activities.ts';
import { TASK_QUEUE, WORKER_DEPLOYMENT } from '../workflows/contract.ts';
import type { Bundle } from './bundle.ts';

export interface WorkerOrder {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly bundle: Bundle;
  readonly activities: Activities;
  readonly logger: Logger;
  /** Of a worker beside others: new runs go to the build that `npm run release` made current. Without one, this worker is the only one. */
  readonly buildId?: string;
  /** Milliseconds that a running activity may go on after the stop was asked for. */
  readonly graceMs?: number;
  /** Called when it ended without being told to. */
  readonly onFailure?: () => void;
}

export interface RunningWorker {
  /** One sentence when it does not work, else undefined. */
  problem(): string | undefined;
  /** Takes no more work, lets activities finish for a moment, cancels the rest. Returns when it has ended. */
  stop(): Promise<void>;
}

const GRACE_MS = 500;
/** Some activities wait for a call to Flink that cannot be taken back: they are left alone, the fence keeps them harmless. */
const FORCE_MS = 2000;

/** How much work a worker takes, and how soon another one takes over the work of one that was killed. */
export const WORKER_LIMITS = {
  maxConcurrentActivityTaskExecutions: 100,
  maxConcurrentLocalActivityExecutions: 100,
  maxConcurrentWorkflowTaskExecutions: 40,
  maxCachedWorkflows: 100,
  /** Sent at most this often; with the SDK's own 80 % of the heartbeat timeout one late beat would be one too many. */
  maxHeartbeatThrottleInterval: '2s',
  /** A workflow task waits this long for the worker that holds the run in its cache, then any worker replays it. */
  stickyQueueScheduleToStartTimeout: '3s',
} as const satisfies Partial<WorkerOptions>;

/** From the stop until activities are told, and until those that do not listen are left alone. */
export function shutdownTimes(graceMs: number): { readonly shutdownGraceTime: number; readonly shutdownForceTime: number } {
  return { shutdownGraceTime: graceMs, shutdownForceTime: graceMs + FORCE_MS };
}

/** A run stays with the build that began it: runs are short, and none needs patches. */
export function versioned(buildId: string): WorkerDeploymentOptions {
  return { useWorkerVersioning: true, version: { deploymentName: WORKER_DEPLOYMENT, buildId }, defaultVersioningBehavior: 'PINNED' };
}

/** What Temporal's SDK has to say, among the other lines of the log. */
export function runtimeLogger(logger: Logger): DefaultLogger {
  return new DefaultLogger('INFO', ({ level, message, meta }: LogEntry): void => {
    const method = ({ TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const)[level];
    logger[method]({ ...meta }, message);
  });
}

/** Once per process. Signals stay with app/main.ts: the SDK would answer them on its own. */
export function installRuntime(logger: Logger): void {
  Runtime.install({ shutdownSignals: [], logger: runtimeLogger(logger) });
}

/** Starts polling and returns. */
export async function startWorker({
  connection,
  namespace,
  bundle,
  activities,
  logger,
  buildId,
  graceMs = GRACE_MS,
  onFailure,
}: WorkerOrder): Promise<RunningWorker> {
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: TASK_QUEUE,
    workflowBundle: { codePath: bundle.codePath },
    activities,
    ...WORKER_LIMITS,
    ...(buildId !== undefined && { workerDeploymentOptions: versioned(buildId) }),
    ...shutdownTimes(graceMs),
  });
  let failure: string | undefined;
  const ended = worker.run().catch((error: unknown) => {
    failure = String(error);
    logger.error({ error: failure }, 'the worker ended');
    onFailure?.();
  });
  return {
    problem: () =>
      failure === undefined && worker.getState() === 'RUNNING' ? undefined : `the Temporal worker does not run (${failure ?? worker.getState()})`,
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
}
