// decideSessionCluster: look, then in one short transaction decide and write status, event and the incarnation to start.
import type { EventDraft } from '../domain/event.ts';
import { planSessionCluster, type SessionLook, type SessionStep, type SessionView } from '../domain/plan-session-cluster.ts';
import { toJobId } from '../domain/ids.ts';
import { sameJson } from '../domain/json.ts';
import type { SessionCluster, SessionClusterStatus } from '../domain/session-cluster.ts';
import type { FlinkRest } from '../flink/flink.ts';
import type { Tx } from '../store/store.ts';
import type { ActivityDeps, SessionOrder } from './deps.ts';
import { moved, tryAgain } from './failures.ts';
import { reachSessionCluster } from './reach.ts';
import { lockedOrThrow } from './turn.ts';
import { wakeForLook } from './wake-for-look.ts';

export type SessionDecision = SessionStep | { readonly kind: 'gone' };

export async function decideSessionCluster(deps: ActivityDeps, order: SessionOrder): Promise<SessionDecision> {
  const { store } = deps;
  const before = await store.sessionClusters.findById(store.read, order.id);
  if (before === undefined) return { kind: 'gone' };
  const look = await lookAtSessionCluster(deps, before);
  const step = await store.transaction(async (tx) => {
    const locked = await store.sessionClusters.lockForRun(tx, order.id, order.fence, before.rowVersion);
    if (locked.kind === 'moved') throw moved();
    const cluster = lockedOrThrow(locked);
    const jobs = await store.jobs.liveOnSessionCluster(tx, cluster.id);
    const view = { cluster, look, users: [...new Set(jobs.map((job) => job.deploymentName))], target: await targetOf(deps, tx, cluster) };
    return write(deps, tx, view);
  });
  if (step.kind === 'rest' && step.phase === 'RUNNING' && before.status.state !== 'RUNNING') await wakeUsers(deps, before);
  return step;
}

/** Deployments that wait for this cluster look again now rather than at the next sweep. */
async function wakeUsers(deps: ActivityDeps, { namespace, name }: SessionCluster): Promise<void> {
  const { store } = deps;
  for (const user of await store.deployments.referringTo(store.read, namespace, { sessionClusterName: name })) {
    const deployment = await store.deployments.find(store.read, namespace, user);
    if (deployment !== undefined) await wakeForLook(deps, deployment, `session cluster ${name} is RUNNING`);
  }
}

async function write({ store }: ActivityDeps, tx: Tx, view: SessionView): Promise<SessionStep> {
  const { cluster } = view;
  const now = await store.now(tx);
  const step = planSessionCluster(view);
  const status = statusAfter(view, step, now);
  await store.sessionClusters.record(tx, cluster.id, {
    ...(sameJson(status, cluster.status) ? {} : { status }),
    ...('incarnation' in step ? { incarnation: step.incarnation } : {}),
    ...(step.kind === 'rest' ? { settledVersion: cluster.intentVersion, wakeAt: step.wakeInMs === undefined ? null : now + step.wakeInMs } : {}),
  });
  const events = eventsOf(view, step, status);
  if (events.length > 0) await store.events.append(tx, cluster.namespace, events);
  return step;
}

function statusAfter({ cluster, look }: SessionView, step: SessionStep, now: number): SessionClusterStatus {
  const before = cluster.status;
  const starting = before.state === 'RUNNING' ? 'UPDATING' : 'STARTING';
  const state = step.kind === 'rest' ? step.phase : step.kind === 'stopSessionCluster' ? 'STOPPING' : starting;
  if (state === 'FAILED')
    return before.state === 'FAILED' ? before : failedStatus(cluster, { reason: step.because, text: look.kind === 'gone' ? look.text : '', now });
  const running = before.state === 'RUNNING' ? before.running : undefined;
  return { state, because: step.because, ...(state === 'RUNNING' ? { running: running ?? { startedAt: now, lastUpdateTime: now } } : {}) };
}

/** FAILED until the user changes the spec. */
export function failedStatus(
  { specVersion }: SessionCluster,
  { reason, text, now }: { readonly reason: string; readonly text: string; readonly now: number },
): SessionClusterStatus {
  return { state: 'FAILED', because: reason, failedSpecVersion: specVersion, failure: { reason, message: text === '' ? reason : text, failedAt: now } };
}

function eventsOf({ cluster }: SessionView, step: SessionStep, status: SessionClusterStatus): readonly EventDraft[] {
  const about = { sessionClusterId: cluster.id, resourceName: cluster.name };
  if (step.kind === 'rest' && step.refused && cluster.status.because !== step.because) {
    return [{ name: 'FAILED_TO_STOP_SESSION_CLUSTER', message: step.because, ...about }];
  }
  if (step.kind === 'startSessionCluster' && cluster.status.because !== step.because) {
    return [{ name: 'SPINNING_UP_A_CLUSTER_FOR_A_SESSION_CLUSTER', message: step.because, ...about }];
  }
  if (cluster.status.state === status.state) return [];
  if (status.state === 'FAILED') return [{ name: 'TERMINATING_A_SESSION_CLUSTER_DUE_TO_AN_UNRECOVERABLE_FAILURE', message: status.because, ...about }];
  if (status.state === 'RUNNING') return [{ name: 'SESSION_CLUSTER_SUCCESSFULLY_STARTED', message: status.because, ...about }];
  if (status.state === 'STOPPED') return [{ name: 'SESSION_CLUSTER_SUCCESSFULLY_STOPPED', message: status.because, ...about }];
  return [];
}

export async function lookAtSessionCluster(deps: ActivityDeps, cluster: SessionCluster): Promise<SessionLook> {
  if (cluster.incarnation === 0 && cluster.spec.external === undefined) return { kind: 'neverStarted' };
  const reach = await reachSessionCluster(deps, cluster);
  if (reach.kind !== 'rest') return reach;
  const answer = await reach.rest.slots();
  if (answer.kind !== 'done') return { kind: 'unreachable', because: answer.reason };
  const { taskManagers, total } = answer.value;
  const foreign = cluster.spec.state === 'STOPPED' ? await foreignJobs(deps, reach.rest) : 0;
  return {
    kind: 'up',
    taskManagers,
    slots: total,
    foreign,
    missingTaskManagers: Math.max(reach.missingTaskManagers, (cluster.spec.numberOfTaskManagers ?? 1) - taskManagers),
  };
}

/** Live jobs that drey did not start. A cluster that does not tell must not be stopped. */
async function foreignJobs({ store }: ActivityDeps, rest: FlinkRest): Promise<number> {
  const answer = await rest.jobs();
  if (answer.kind !== 'done') throw tryAgain('the session cluster does not list its jobs');
  const alive = answer.value.filter(({ status }) => !['FINISHED', 'FAILED', 'CANCELED'].includes(status));
  const ours = await Promise.all(
    alive.map(async ({ id }) => {
      const jobId = toJobId(id);
      return jobId !== undefined && (await store.jobs.wasEverKnown(store.read, jobId));
    }),
  );
  return ours.filter((isOurs) => !isOurs).length;
}

async function targetOf({ store }: ActivityDeps, tx: Tx, { namespace, spec }: SessionCluster): Promise<SessionView['target']> {
  if (spec.external !== undefined) return { kind: 'external' };
  const name = spec.deploymentTargetName ?? '';
  const target = await store.deploymentTargets.find(tx, namespace, name);
  if (target === undefined) return { kind: 'none', because: `the deployment target "${name}" does not exist in namespace "${namespace}"` };
  if ('kubernetes' in target.spec) return { kind: 'none', because: 'this version of drey cannot start session clusters on Kubernetes yet' };
  return { kind: 'local' };
}
