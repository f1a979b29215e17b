// startSessionCluster: starts one incarnation of a session cluster, at most once ever; the incarnation was recorded before.
import { ownerOfSessionCluster } from '../domain/secret-value.ts';
import type { SessionCluster } from '../domain/session-cluster.ts';
import type { ClusterOrder } from '../flink/flink.ts';
import { failedStatus } from './decide-session-cluster.ts';
import type { ActivityDeps, SessionOrder } from './deps.ts';
import { moved, tryAgain } from './failures.ts';
import { flinkOf } from './flink-of.ts';
import { showProgress } from './progress.ts';
import { lockedOrThrow } from './turn.ts';

export async function startSessionCluster(deps: ActivityDeps, order: SessionOrder & { readonly incarnation: number }): Promise<void> {
  const { store, flink } = deps;
  const cluster = await store.transaction(async (tx) => {
    const row = lockedOrThrow(await store.sessionClusters.lockForRun(tx, order.id, order.fence));
    if (row.incarnation !== order.incarnation) throw moved();
    return row;
  });
  const version = flink.local.versionFor(cluster.spec.flinkVersion);
  if (version === undefined)
    return refuse(deps, order, `this machine cannot run Flink ${cluster.spec.flinkVersion ?? ''}; it can run ${flink.local.versions.join(', ')}`);
  await flink.local.provision(version, (line) => showProgress({ line }));
  if (order.incarnation > 1) await flink.local.tearDown({ kind: 'session', sessionClusterId: cluster.id, incarnation: order.incarnation - 1 });
  const answer = await flinkOf(deps, ownerOfSessionCluster(cluster)).startSession(cluster.id, order.incarnation, orderOf(cluster, version));
  if (answer.kind === 'unavailable') throw tryAgain('it cannot be started now');
  if (answer.kind === 'rejected') await refuse(deps, order, answer.reason);
}

/** Settings with which it can never run. */
async function refuse({ store }: ActivityDeps, { id, fence }: SessionOrder, reason: string): Promise<void> {
  await store.transaction(async (tx) => {
    const cluster = lockedOrThrow(await store.sessionClusters.lockForRun(tx, id, fence));
    await store.sessionClusters.record(tx, id, { status: failedStatus(cluster, { reason, text: reason, now: await store.now(tx) }) });
    await store.events.append(tx, cluster.namespace, [
      { name: 'TERMINATING_A_SESSION_CLUSTER_DUE_TO_AN_UNRECOVERABLE_FAILURE', message: reason, sessionClusterId: id, resourceName: cluster.name },
    ]);
  });
}

function orderOf({ spec }: SessionCluster, flinkVersion: string): ClusterOrder {
  const taskManagers = spec.numberOfTaskManagers ?? 1;
  return {
    flinkVersion,
    taskManagers,
    parallelism: taskManagers,
    resources: spec.resources ?? {},
    flinkConfiguration: spec.flinkConfiguration,
    logging: spec.logging ?? {},
  };
}
