// Parking: the platform stops, and with it every Flink process of this machine. Each job is stopped with a savepoint if that works in
// time, else it ends with its newest checkpoint. No attempt is counted; the next start resumes every one from its newest state.
// Runs outside Temporal, after the worker has stopped; the fence keeps every workflow run out meanwhile.
import { randomUUID } from 'node:crypto';
import type { DeploymentStatus } from '../domain/deployment.ts';
import type { Job } from '../domain/job.ts';
import { wasSuspended } from '../domain/closing.ts';
import type { SessionClusterId } from '../domain/ids.ts';
import { savepointFormat } from '../domain/instructions.ts';
import { allTasksRun, learn } from '../domain/learn.ts';
import type { Savepoint } from '../domain/savepoint.ts';
import { collectCheckpoints } from './collect-checkpoints.ts';
import type { ActivityDeps, Order } from './deps.ts';
import { lookAtJob } from './look-at-job.ts';
import { settleSavepoint } from './settle-savepoint.ts';
import { requestSavepoint } from './stop-with-savepoint.ts';
import { close } from './tear-down.ts';
import { claim, liveJobOrThrow } from './turn.ts';

export interface ParkOptions {
  /** How long stop-with-savepoint may take. */
  readonly savepointLimitMs: number;
  readonly progress: (line: string) => void;
}

const REASON = 'PLATFORM_STOPPED';

/** Ends every Job that runs on processes of this machine, and every local cluster. What cannot be parked is reported and left to the next start. */
export async function parkAll(deps: ActivityDeps, options: ParkOptions): Promise<void> {
  const jobs: Job[] = [];
  for (const job of await deps.store.jobs.live(deps.store.read)) if (!(await isElsewhere(deps, job))) jobs.push(job);
  const stops = await settled(jobs, options, (job) => stop(deps, job, options));
  const stillRunning = await tearDownSessionClusters(deps, options);
  const dead = await settled(stops, options, async (stop) => {
    const { place, id } = stop.job;
    if (place.kind === 'local') await deps.flink.local.tearDown({ kind: 'job', jobId: id });
    if (place.kind === 'session' && stillRunning.has(place.sessionClusterId)) throw new Error('its session cluster does not end');
    return stop;
  });
  await settled(dead, options, (stop) => end(deps, { ...stop, options }));
}

interface Stop {
  readonly deploymentName: string;
  readonly job: Job;
  readonly order: Order;
  /** It ended through a completed savepoint. */
  readonly saved: boolean;
}

/** Runs `work` for all at once; the results of those that worked, a line for each that did not. */
async function settled<T extends { readonly deploymentName: string }, R>(
  items: readonly T[],
  { progress }: ParkOptions,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const outcomes = await Promise.allSettled(items.map(work));
  return outcomes.flatMap((outcome, i) => {
    if (outcome.status === 'fulfilled') return [outcome.value];
    progress(`${items[i]?.deploymentName ?? ''}: not parked, the next start looks after it (${String(outcome.reason)})`);
    return [];
  });
}

async function stop(deps: ActivityDeps, job: Job, options: ParkOptions): Promise<Stop> {
  const { store } = deps;
  const fence = await store.transaction((tx) => store.deployments.acquireFence(tx, job.deploymentId, `stop-${randomUUID()}`));
  if (fence === undefined) throw new Error('it was deleted');
  const order: Order = { id: job.deploymentId, fence };
  const saved = await stopped(deps, { order, job, limitMs: options.savepointLimitMs });
  return { deploymentName: job.deploymentName, job, order, saved };
}

async function end(deps: ActivityDeps, { job, order, saved, options }: Stop & { readonly options: ParkOptions }): Promise<void> {
  await endParked(deps, order, job);
  options.progress(`${job.deploymentName}: ${saved ? 'stopped with a savepoint' : 'stopped; its newest checkpoint is kept'}`);
}

/** Ids of those whose processes did not end. */
async function tearDownSessionClusters({ store, flink }: ActivityDeps, { progress }: ParkOptions): Promise<ReadonlySet<SessionClusterId>> {
  const stillRunning = new Set<SessionClusterId>();
  for (const { name: namespace } of await store.namespaces.list(store.read)) {
    for (const cluster of await store.sessionClusters.list(store.read, namespace)) {
      if (cluster.spec.external !== undefined || cluster.incarnation === 0) continue;
      try {
        await flink.local.tearDown({ kind: 'session', sessionClusterId: cluster.id, incarnation: cluster.incarnation });
        await store.transaction(async (tx) => {
          await store.sessionClusters.record(tx, cluster.id, { status: { state: 'STOPPED', because: `${REASON}: the next start of drey starts it again` } });
          await store.sessionClusters.raiseIntent(tx, cluster.id);
        });
      } catch (error) {
        stillRunning.add(cluster.id);
        progress(`session cluster ${cluster.name}: not ended (${String(error)})`);
      }
    }
  }
  return stillRunning;
}

/** True when its processes are not drey's to end. */
async function isElsewhere({ store }: ActivityDeps, job: Job): Promise<boolean> {
  if (job.place.kind !== 'session') return job.place.kind === 'kubernetes';
  const cluster = await store.sessionClusters.findById(store.read, job.place.sessionClusterId);
  return cluster?.spec.external !== undefined;
}

/** True when the job ended through a completed savepoint within the limit. Never throws. */
async function stopped(deps: ActivityDeps, { order, job, limitMs }: { readonly order: Order; readonly job: Job; readonly limitMs: number }): Promise<boolean> {
  const signal = AbortSignal.timeout(limitMs);
  try {
    const savepoint = await suspensionOf(deps, order, job);
    if (savepoint === undefined) return false;
    const deed = { ...order, jobId: job.id, savepointId: savepoint.id };
    let settled = await requestSavepoint(deps, deed, signal);
    while (settled === 'pending') settled = await settleSavepoint(deps, deed, signal);
    return (await deps.store.savepoints.findById(deps.store.read, savepoint.id))?.state === 'COMPLETED';
  } catch {
    return false;
  }
}

/** The stop that is under way, or a new one when all tasks run; undefined when the job cannot be stopped with a savepoint now. */
async function suspensionOf(deps: ActivityDeps, order: Order, job: Job): Promise<Savepoint | undefined> {
  const { store, flink } = deps;
  const look = await lookAtJob(deps, job);
  const { value } = await claim(deps, order, async (tx, deployment) => {
    const savepoints = await store.savepoints.ofDeployment(tx, order.id);
    const open = savepoints.find((s) => s.jobId === job.id && s.origin === 'SUSPEND' && s.state === 'STARTED');
    const learned = learn(job, look, { now: await store.now(tx), policy: deps.policy });
    if (Object.keys(learned).length > 0) await store.jobs.change(tx, job.id, learned);
    if (open !== undefined || learned.end !== undefined || look.kind !== 'job' || !allTasksRun(look)) return open;
    const id = store.newId<'SavepointId'>();
    return store.savepoints.insert(tx, {
      id,
      deploymentId: order.id,
      namespace: deployment.namespace,
      jobId: job.id,
      origin: 'SUSPEND',
      state: 'STARTED',
      targetDirectory: flink.storage.savepointDirectory(deployment.namespace, order.id, id),
      format: savepointFormat(deployment),
      capturedAt: await store.now(tx),
      specVersion: deployment.specVersion,
    });
  });
  return value;
}

/** Its processes are dead, or its job has stopped: what it left is collected, open savepoints are settled, the Job is terminal. */
async function endParked(deps: ActivityDeps, order: Order, job: Job): Promise<void> {
  const { store } = deps;
  const quick = AbortSignal.timeout(2000);
  for (const open of (await store.savepoints.ofDeployment(store.read, order.id)).filter((s) => s.jobId === job.id && s.state === 'STARTED')) {
    await settleSavepoint(deps, { ...order, jobId: job.id, savepointId: open.id }, quick);
  }
  await collectCheckpoints(deps, { ...order, jobId: job.id });
  await claim(deps, order, async (tx, deployment) => {
    const current = await liveJobOrThrow(deps, tx, job.id);
    const now = await store.now(tx);
    await store.deployments.raiseIntent(tx, deployment.id);
    // It had ended by itself before: then that is how it ended.
    if (current.end !== undefined && !wasSuspended(current, await store.savepoints.ofDeployment(tx, order.id))) return close(deps, tx, current);
    const failure = { reason: REASON, message: 'drey was stopped; its next start resumes the job from its newest state', failedAt: now };
    await store.jobs.change(tx, job.id, { state: 'TERMINATED', end: current.end ?? { how: 'GONE', failure }, failure, terminatedAt: now });
    await store.deployments.record(tx, deployment.id, { status: parkedStatus(deployment.status) });
    await store.events.append(tx, deployment.namespace, [
      { name: 'FOUND_A_JOB_TO_TERMINATE', message: `${REASON}: ${failure.message}`, deploymentId: deployment.id, jobId: job.id },
    ]);
  });
}

/** No job runs any more: the next start opens a transition. A Deployment at rest keeps its state. */
function parkedStatus({ running: _, transitioningSince: __, ...status }: DeploymentStatus): DeploymentStatus {
  return status.state === 'RUNNING' ? { ...status, state: 'TRANSITIONING', because: `${REASON}: the next start of drey resumes the job` } : status;
}
