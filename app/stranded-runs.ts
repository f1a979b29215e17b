// Runs that no worker will ever continue: begun by a build of the workers that is gone. Ending one is safe: what it was doing is in the store,
// and the next sweep starts another.
import { setTimeout as wait } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client, Connection, WorkflowExecutionInfo } from '@temporalio/client';
import { TASK_QUEUE, WORKER_DEPLOYMENT, WORKFLOW } from '../workflows/contract.ts';

export interface Fleet {
  readonly client: Client;
  readonly connection: Connection;
  readonly namespace: string;
}

/** Of gRPC. */
const NOT_FOUND = 5;
const ATTEMPTS = 5;
const PAUSE_MS = 500;
/** Of Temporal's API: TaskQueueType. */
const WORKFLOW_TASKS = 1;
/** Of its WorkerVersioningMode. Workers without one name a build of the SDK's own. */
const VERSIONED = 2;
/** A poll takes a minute at most, so whoever has not polled for longer is gone. */
const POLLED_WITHIN_MS = 90_000;
/** Runs of workers that have no build. */
const UNVERSIONED = '';
/** The first task is among them, unless more signals than that came before it. */
const FIRST_EVENTS = 100;

/** Terminates every open run of these types. Returns how many there were. `because` ends up in the history of each. */
export async function endOpenRuns({ client }: Pick<Fleet, 'client'>, types: readonly string[], because: string): Promise<number> {
  let ended = 0;
  for await (const run of client.workflow.list({ query: openRuns(types) })) ended += await terminate(client, run, because);
  return ended;
}

export interface StrandedOrder {
  /** Milliseconds since a run began. */
  readonly olderThanMs: number;
  readonly because: string;
  /** Milliseconds within which a worker that lives has polled. */
  readonly polledWithinMs?: number;
}

/** Terminates the stranded runs of every type. Returns how many there were. */
export async function endStrandedRuns(fleet: Fleet, { olderThanMs, because, polledWithinMs = POLLED_WITHIN_MS }: StrandedOrder): Promise<number> {
  const before = new Date(Date.now() - olderThanMs).toISOString();
  let alive: ReadonlySet<string> | undefined;
  let ended = 0;
  for await (const run of fleet.client.workflow.list({ query: `${openRuns(Object.values(WORKFLOW))} AND StartTime < '${before}'` })) {
    alive ??= await buildsAlive(fleet, polledWithinMs);
    if (await isStranded(fleet, run, alive)) ended += await terminate(fleet.client, run, because);
  }
  return ended;
}

async function isStranded(fleet: Fleet, run: WorkflowExecutionInfo, alive: ReadonlySet<string>): Promise<boolean> {
  // Where nobody works at all, the workers are only away.
  if (alive.size === 0) return false;
  const build = await buildOf(fleet, run);
  if (build === undefined || alive.has(build)) return false;
  if (build !== UNVERSIONED) return true;
  // Asked again: a worker may have taken it in between, and then it has that worker's build.
  return (await hasBegun(fleet, run)) && (await buildOf(fleet, run)) === UNVERSIONED;
}

/** Undefined when the run is over. */
async function buildOf({ client }: Fleet, { workflowId, runId }: WorkflowExecutionInfo): Promise<string | undefined> {
  const { raw, status } = await client.workflow.getHandle(workflowId, runId).describe();
  if (status.name !== 'RUNNING') return undefined;
  return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId ?? UNVERSIONED;
}

/** A run that no worker has taken yet belongs to no build: it goes to the current one. */
async function hasBegun({ connection, namespace }: Fleet, { workflowId, runId }: WorkflowExecutionInfo): Promise<boolean> {
  const execution = { workflowId, runId };
  const { history } = await connection.workflowService.getWorkflowExecutionHistory({ namespace, execution, maximumPageSize: FIRST_EVENTS });
  return (history?.events ?? []).some(({ workflowTaskCompletedEventAttributes: completed }) => completed);
}

function openRuns(types: readonly string[]): string {
  return `ExecutionStatus = 'Running' AND WorkflowType IN (${types.map((type) => `'${type}'`).join(', ')})`;
}

/** A run that ended meanwhile needs nothing any more, and does not count. */
async function terminate(client: Client, { workflowId, runId }: WorkflowExecutionInfo, because: string): Promise<0 | 1> {
  try {
    await client.workflow.getHandle(workflowId, runId).terminate(because);
    return 1;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 0;
    throw error;
  }
}

/** Builds with a worker that takes tasks, or with a function that is invoked when there are some. */
async function buildsAlive({ connection, namespace }: Fleet, polledWithinMs: number): Promise<ReadonlySet<string>> {
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: TASK_QUEUE },
    taskQueueType: WORKFLOW_TASKS,
    reportPollers: true,
  });
  const recent = (pollers ?? []).filter(({ lastAccessTime }) => Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1000 < polledWithinMs);
  const polling = recent.map(({ deploymentOptions: options }) =>
    options?.workerVersioningMode === VERSIONED ? (options.buildId ?? UNVERSIONED) : UNVERSIONED,
  );
  return new Set([...polling, ...(await invokedBuilds({ connection, namespace }))]);
}

/** What Temporal knows of the builds of the workers; undefined before the first of them has polled. Throws what Temporal says again and again. */
export async function describeBuilds({ connection, namespace }: Pick<Fleet, 'connection' | 'namespace'>) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const known = await connection.workflowService.describeWorkerDeployment({ namespace, deploymentName: WORKER_DEPLOYMENT });
      return known.workerDeploymentInfo ?? undefined;
    } catch (error) {
      if (error instanceof Error && Reflect.get(error, 'code') === NOT_FOUND) return undefined;
      if (attempt === ATTEMPTS) throw error;
    }
    await wait(PAUSE_MS);
  }
}

async function invokedBuilds(fleet: Pick<Fleet, 'connection' | 'namespace'>): Promise<readonly string[]> {
  const versions = (await describeBuilds(fleet))?.versionSummaries ?? [];
  return versions.flatMap(({ computeConfig, deploymentVersion }) => (computeConfig ? [deploymentVersion?.buildId ?? ''] : []));
}
