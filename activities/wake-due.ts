// Wakes what the database says is due, and session clusters that lost processes. Losing a call loses nothing: the next round wakes again.
import type { DeploymentId } from '../domain/ids.ts';
import type { ActivityDeps } from './deps.ts';
import { reachSessionCluster } from './reach.ts';
import { wakeForLook } from './wake-for-look.ts';

/** One Deployment is woken at most this often unless something new was seen. */
const WAKE_AGAIN_MS = 10_000;
const DUE_LIMIT = 40;

/** `wokenAt`: when each was woken last, by id. Returns how many were. */
export async function wakeDue(deps: ActivityDeps, wokenAt: Map<string, number>): Promise<number> {
  const { store } = deps;
  const now = performance.now();
  const isFresh = (id: string): boolean => now - (wokenAt.get(id) ?? Number.NEGATIVE_INFINITY) >= WAKE_AGAIN_MS;
  const deployments = (await store.deployments.due(store.read, DUE_LIMIT)).filter(({ id }) => isFresh(id));
  const clusters = (await store.sessionClusters.due(store.read, DUE_LIMIT)).filter(({ id }) => isFresh(id));
  for (const { id } of deployments) if (await wakeOne(deps, id)) wokenAt.set(id, now);
  for (const cluster of clusters) {
    if (await deps.wake.sessionCluster({ ...cluster, summary: `${cluster.name}: look again` })) wokenAt.set(cluster.id, now);
  }
  return deployments.length + clusters.length;
}

async function wakeOne(deps: ActivityDeps, id: DeploymentId): Promise<boolean> {
  const deployment = await deps.store.deployments.findById(deps.store.read, id);
  return deployment !== undefined && wakeForLook(deps, deployment, 'look again');
}

/** A session cluster that says RUNNING but lost processes; it is woken again until its own workflow has seen to it. */
export async function wakeLostSessionClusters(deps: ActivityDeps, wokenAt: Map<string, number>): Promise<number> {
  const { store, wake } = deps;
  let woken = 0;
  for (const { name: namespace } of await store.namespaces.list(store.read)) {
    for (const cluster of await store.sessionClusters.list(store.read, namespace)) {
      if (cluster.status.state !== 'RUNNING' || cluster.spec.external !== undefined) continue;
      const reach = await reachSessionCluster(deps, cluster);
      const isLost = reach.kind === 'gone' || (reach.kind === 'rest' && reach.missingTaskManagers > 0);
      if (!isLost || performance.now() - (wokenAt.get(cluster.id) ?? Number.NEGATIVE_INFINITY) < WAKE_AGAIN_MS) continue;
      const { id, name } = cluster;
      if (await wake.sessionCluster({ id, namespace, name, summary: `${name}: lost processes` })) wokenAt.set(id, performance.now());
      woken += 1;
    }
  }
  return woken;
}
