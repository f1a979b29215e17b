// Runs that no worker will ever continue: begun by a build of the workers that is gone. Ending one is safe: what it was doing is in the store,
// and the next sweep starts another.
import { setTimeout as wait } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client, Connection, WorkflowExecutionInfo } from '@temporalio/client';
import { TASK_QUEUE, WORKER_DEPLOYMENT, WORKFLOW } from '../workflows/contract.ts';
import { CODE, grpcCodeOf } from './temporal-problem.ts';

export interface Fleet {
  readonly client: Client;
  readonly connection: Connection;
  readonly namespace: string;
}

type Watched = Pick<Fleet, 'connection' | 'namespace'>;

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
const QUOTABLE = /^[\w.-]+$/;
/** What a release may take at the most. */
const LONGEST_MS = 600_000;
/** How long the last answer is waited for. With what comes before it, it fits between two heartbeats of the sweep. */
const ANSWER_MS = 5000;
/** The first task is among them, unless more signals than that came before it. */
const FIRST_EVENTS = 100;

/**
 * For the worker that takes the place of the last one without a build: terminates the open runs of these types. Returns how many there were. `because` ends
 * up in the history of each. What workers with a build have, or will take, is left to them.
 */
export async function endOpenRuns(fleet: Fleet, types: readonly string[], because: string): Promise<number> {
  const others = new Set(await buildsAlive(fleet));
  // A worker without a build that polled lately is the one that is replaced.
  others.delete(UNVERSIONED);
  let ended = 0;
  for await (const run of fleet.client.workflow.list({ query: openRuns(types) }))
    if (others.size === 0 || (await strandedBuild(fleet, run, others)) !== undefined) ended += await terminate(fleet.client, run, because);
  return ended;
}

export interface StrandedOrder {
  /** Milliseconds since a run began. */
  readonly olderThanMs: number;
  readonly because: string;
  /** Milliseconds within which a worker that lives has polled. */
  readonly polledWithinMs?: number;
  /** Milliseconds after which no further run is looked at. What is left is found the next time. */
  readonly forMs?: number;
}

/** Terminates the stranded runs of every type. Returns how many there were. Throws where Temporal does not answer. */
export async function endStrandedRuns(fleet: Fleet, order: StrandedOrder): Promise<number> {
  return fleet.connection.withDeadline(Date.now() + (order.forMs ?? LONGEST_MS) + ANSWER_MS, () => endStranded(fleet, order));
}

async function endStranded(fleet: Fleet, { olderThanMs, because, polledWithinMs, forMs = LONGEST_MS }: StrandedOrder): Promise<number> {
  const until = performance.now() + forMs;
  const before = new Date(Date.now() - olderThanMs).toISOString();
  const alive = await buildsAlive(fleet, polledWithinMs);
  // Where nobody works at all, the workers are only away.
  if (alive.size === 0) return 0;
  let ended = 0;
  const query = `${openRuns(Object.values(WORKFLOW))} AND StartTime < '${before}' AND ${notOf(alive)}`;
  for await (const run of fleet.client.workflow.list({ query })) {
    const build = await strandedBuild(fleet, run, alive);
    if (build !== undefined && (await isStill(fleet, run, { build, polledWithinMs }))) ended += await terminate(fleet.client, run, because);
    if (performance.now() > until) break;
  }
  return ended;
}

/** The build of a run that none of these workers will continue; undefined when one will, or when it is over. */
async function strandedBuild(fleet: Fleet, run: WorkflowExecutionInfo, alive: ReadonlySet<string>): Promise<string | undefined> {
  const build = await buildOf(fleet, run);
  if (build === undefined || alive.has(build)) return undefined;
  if (build !== UNVERSIONED) return build;
  // Asked again: a worker may have taken it in between, and then it has that worker's build.
  return (await hasBegun(fleet, run)) && (await buildOf(fleet, run)) === UNVERSIONED ? UNVERSIONED : undefined;
}

/** A worker of the build may have begun to poll since the others were asked for, and a worker of another build may have taken the run: both are asked again, in this order. */
async function isStill(
  fleet: Fleet,
  run: WorkflowExecutionInfo,
  { build, polledWithinMs }: { readonly build: string; readonly polledWithinMs: number | undefined },
): Promise<boolean> {
  const alive = await buildsAlive(fleet, polledWithinMs);
  return alive.size > 0 && !alive.has(build) && (await buildOf(fleet, run)) === build;
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

/** A run stays with its build, so those of builds with a worker need not be looked at one by one. */
function notOf(alive: ReadonlySet<string>): string {
  const builds = [...alive].filter((build) => QUOTABLE.test(build)).map((build) => `'${WORKER_DEPLOYMENT}:${build}'`);
  return builds.length === 0
    ? 'RunId IS NOT NULL'
    : `(TemporalWorkerDeploymentVersion IS NULL OR TemporalWorkerDeploymentVersion NOT IN (${builds.join(', ')}))`;
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
export async function buildsAlive(fleet: Watched, polledWithinMs = POLLED_WITHIN_MS): Promise<ReadonlySet<string>> {
  return new Set([...(await pollingBuilds(fleet, polledWithinMs)), ...(await invokedBuilds(fleet))]);
}

/** Builds whose workers asked for workflow tasks within this time. */
export async function pollingBuilds({ connection, namespace }: Watched, withinMs: number): Promise<readonly string[]> {
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: TASK_QUEUE },
    taskQueueType: WORKFLOW_TASKS,
    reportPollers: true,
  });
  const recent = (pollers ?? []).filter(({ lastAccessTime }) => Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1000 < withinMs);
  return recent.map(({ deploymentOptions: options }) => (options?.workerVersioningMode === VERSIONED ? (options.buildId ?? UNVERSIONED) : UNVERSIONED));
}

/** What Temporal knows of the builds of the workers; undefined before the first of them has polled. Throws what Temporal says again and again. */
export async function describeBuilds({ connection, namespace }: Watched) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const known = await connection.workflowService.describeWorkerDeployment({ namespace, deploymentName: WORKER_DEPLOYMENT });
      return known.workerDeploymentInfo ?? undefined;
    } catch (error) {
      if (grpcCodeOf(error) === CODE.notFound) return undefined;
      if (attempt === ATTEMPTS) throw error;
    }
    await wait(PAUSE_MS);
  }
}

async function invokedBuilds(fleet: Watched): Promise<readonly string[]> {
  const versions = (await describeBuilds(fleet))?.versionSummaries ?? [];
  return versions.flatMap(({ computeConfig, deploymentVersion }) => (computeConfig ? [deploymentVersion?.buildId ?? ''] : []));
}
