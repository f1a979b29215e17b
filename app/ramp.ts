// Brings a new build of the workers into use beside the old one: a part of the new runs first, then all of them. Runs that are open stay with their build.
import { setTimeout as wait } from 'node:timers/promises';
import { WORKER_DEPLOYMENT } from '../workflows/contract.ts';
import { StartProblem } from './start-problem.ts';
import { buildsAlive, describeBuilds, type Fleet, pollingBuilds } from './stranded-runs.ts';
import { CODE, grpcCodeOf } from './temporal-problem.ts';

export interface RampOrder extends Fleet {
  readonly buildId: string;
  /** Percent of the new runs that the build gets before it gets all. */
  readonly steps: readonly number[];
  /** Milliseconds for which each step is watched. */
  readonly holdMs: number;
  /** Milliseconds to wait for the first worker of the build. */
  readonly patienceMs: number;
  /** Milliseconds within which a worker that lives has polled. */
  readonly polledWithinMs?: number;
  /** Milliseconds for which a task of the build may wait while nobody polls for it. */
  readonly takenWithinMs?: number;
  readonly say: (line: string) => void;
}

const EVERY_MS = 500;
/** This machine's clock may be ahead of the server's. */
const CLOCKS_DIFFER_MS = 60_000;
const TAKEN_WITHIN_MS = 10_000;
/** Tried again twice: not a database that was away for a moment. */
const TROUBLED_ATTEMPT = 3;
const DECISIONS: ReadonlySet<string> = new Set(['decide', 'decideSessionCluster']);

/** Returns when new runs go to this build. Throws a StartProblem, and gives the build no runs, where it has no worker or its runs are in trouble. */
export async function ramp(order: RampOrder): Promise<void> {
  const { buildId, steps, holdMs, say } = order;
  await untilItPolls(order);
  if (await isCurrent(order)) {
    await endRamp(order);
    return say(`build ${buildId} is current already`);
  }
  const since = new Date(Date.now() - CLOCKS_DIFFER_MS);
  try {
    for (const percentage of steps) {
      await setRamp(order, percentage);
      say(`build ${buildId} gets ${percentage} % of the new runs`);
      await wait(holdMs);
      await refuseTrouble(order, since);
    }
    if (!(await isAlive(order))) throw new StartProblem(`The workers of build ${buildId} are gone: it gets no runs, and the old build stays current.`);
    await onceItHasAllQueues(order, () => order.connection.workflowService.setWorkerDeploymentCurrentVersion(target(order)));
  } catch (error) {
    await setRamp(order, 0).catch(() => say(`build ${buildId} still gets a part of the new runs: release again, this build or the old one`));
    throw error;
  }
  say(`build ${buildId} is current`);
}

async function refuseTrouble(order: RampOrder, since: Date): Promise<void> {
  if (await isLeftWaiting(order))
    throw new StartProblem(
      `No worker of build ${order.buildId} takes the runs that it gets: it gets no more of them, and the old build stays current. The log of its worker may say why.`,
    );
  const troubled = await troubledRuns(order, since);
  if (troubled.length === 0) return;
  throw new StartProblem(
    `Build ${order.buildId} fails at ${troubled.join(', ')}: it gets no more new runs, and the old build stays current. The cause stands in the run's history and in the log of its worker.`,
  );
}

function target({ namespace, buildId }: RampOrder) {
  return { namespace, deploymentName: WORKER_DEPLOYMENT, buildId, identity: 'drey release' };
}

async function setRamp(order: RampOrder, percentage: number): Promise<void> {
  const set = (ignoreMissingTaskQueues: boolean) =>
    order.connection.workflowService.setWorkerDeploymentRampingVersion({ ...target(order), percentage, ignoreMissingTaskQueues });
  // What gets nothing may lack whatever it likes: so a build that is gone can be taken back, too.
  await (percentage === 0 ? set(true) : onceItHasAllQueues(order, () => set(false)));
}

/** The server refuses a build without a queue of the current one. That of the activities is known a moment later than that of the workflows. */
async function onceItHasAllQueues(order: RampOrder, set: () => Promise<unknown>): Promise<void> {
  const until = performance.now() + order.patienceMs;
  for (;;) {
    try {
      return void (await set());
    } catch (error) {
      if (grpcCodeOf(error) !== CODE.failedPrecondition || performance.now() > until) throw error;
    }
    await wait(EVERY_MS);
  }
}

/** An earlier release that was interrupted may have left a part of the new runs to another build. */
async function endRamp(order: RampOrder): Promise<void> {
  const { rampingDeploymentVersion: ramping, rampingVersionPercentage: part = 0 } = (await describeBuilds(order))?.routingConfig ?? {};
  if (!ramping?.buildId || !part) return;
  await setRamp({ ...order, buildId: ramping.buildId }, 0);
  order.say(`build ${ramping.buildId} gets no more new runs`);
}

/** Temporal remembers builds for long, so that one is known says nothing: a worker must have polled lately, or be a function. */
async function untilItPolls(order: RampOrder): Promise<void> {
  const until = performance.now() + order.patienceMs;
  for (;;) {
    // Temporal may be busy with the new build just now: it is asked again.
    if (await isAlive(order).catch(() => false)) return;
    if (performance.now() > until) break;
    await wait(EVERY_MS);
  }
  throw new StartProblem(
    `No worker of build ${order.buildId} polls this Temporal, which was watched for ${Math.round(order.patienceMs / 1000)} s: start one first, or name another build with --build.`,
  );
}

async function isAlive(order: RampOrder): Promise<boolean> {
  return (await isKnown(order)) && (await buildsAlive(order, order.polledWithinMs)).has(order.buildId);
}

/** The first poll is seen a moment before the build can be given runs. */
async function isKnown(order: RampOrder): Promise<boolean> {
  const versions = (await describeBuilds(order))?.versionSummaries ?? [];
  return versions.some(({ deploymentVersion }) => deploymentVersion?.buildId === order.buildId);
}

/**
 * A run that waits for its first worker does not tell its build, but the build tells how long the oldest of its tasks waits. Only together with nobody
 * polling that is trouble: a worker under load lets tasks wait, but polls again with each one that it takes.
 */
async function isLeftWaiting(order: RampOrder): Promise<boolean> {
  const { namespace, buildId, takenWithinMs = TAKEN_WITHIN_MS } = order;
  const { versionTaskQueues } = await order.connection.workflowService.describeWorkerDeploymentVersion({
    namespace,
    deploymentVersion: { deploymentName: WORKER_DEPLOYMENT, buildId },
    reportTaskQueueStats: true,
  });
  const ages = (versionTaskQueues ?? []).map(({ stats }) => Number(stats?.approximateBacklogAge?.seconds ?? 0) * 1000);
  if (Math.max(0, ...ages) < takenWithinMs) return false;
  return !(await pollingBuilds(order, takenWithinMs)).includes(buildId);
}

async function isCurrent(order: RampOrder): Promise<boolean> {
  const info = await describeBuilds(order);
  return info?.routingConfig?.currentDeploymentVersion?.buildId === order.buildId;
}

/**
 * At most five, by their workflow ids. A task of a run that is taken again and again, or was not answered in time, shows it before Temporal
 * itself calls the run troubled, which takes a minute. A decision that fails is tried again for ever, which no run survives.
 */
async function troubledRuns({ client, buildId }: RampOrder, since: Date): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { workflowId, runId } of client.workflow.list({ query: `ExecutionStatus = 'Running' AND StartTime >= '${since.toISOString()}'` })) {
    const { raw } = await client.workflow.getHandle(workflowId, runId).describe();
    const { deploymentVersion, versionTransition } = raw.workflowExecutionInfo?.versioningInfo ?? {};
    const isOfBuild = (versionTransition?.deploymentVersion ?? deploymentVersion)?.buildId === buildId;
    const cannotDecide = (raw.pendingActivities ?? []).some(
      ({ activityType, attempt }) => DECISIONS.has(activityType?.name ?? '') && (attempt ?? 0) >= TROUBLED_ATTEMPT,
    );
    if (isOfBuild && ((raw.pendingWorkflowTask?.attempt ?? 0) > 1 || cannotDecide) && found.push(workflowId) === 5) break;
  }
  return found;
}
