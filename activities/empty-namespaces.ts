// emptyNamespaces: takes away the namespaces that users deleted, in order and never half: Deployments are cancelled and deleted once nothing of
// them runs, then session clusters are stopped and deleted, then uploaded artifacts, the rest and the namespace itself. Each round goes as far
// as it can now.
import { isAtRest, whyKept } from '../domain/removal.ts';
import type { Tx } from '../store/store.ts';
import type { ActivityDeps } from './deps.ts';

export async function emptyNamespaces(deps: ActivityDeps): Promise<void> {
  const { store, flink, log } = deps;
  for (const { name, terminatingSince } of await store.namespaces.list(store.read)) {
    if (terminatingSince === undefined) continue;
    try {
      if (!(await withoutDeployments(deps, name)) || !(await withoutSessionClusters(deps, name))) continue;
      await flink.uploads.clear(name);
      await store.transaction((tx) => remove(deps, tx, name));
    } catch (error) {
      log.warn({ err: error, namespace: name }, 'a deleted namespace cannot be taken away now');
    }
  }
}

/** True once there is none. */
async function withoutDeployments({ store, wake }: ActivityDeps, namespace: string): Promise<boolean> {
  const found = await store.deployments.list(store.read, namespace);
  for (const { id } of found) {
    const edited = await store.transaction(async (tx) => {
      const deployment = await store.deployments.lock(tx, id);
      if (deployment === undefined) return undefined;
      if (deployment.spec.state !== 'CANCELLED') return store.deployments.edit(tx, id, { spec: { ...deployment.spec, state: 'CANCELLED' } });
      if (whyKept(deployment, await store.jobs.ofDeployment(tx, id)) === undefined) await store.deployments.delete(tx, id);
      return undefined;
    });
    if (edited === undefined) continue;
    const { name, specVersion } = edited;
    await wake.deployment({ id, namespace, name, summary: `${name}: its namespace is deleted`, desired: 'CANCELLED', specVersion, priority: 2 });
  }
  return (await store.deployments.list(store.read, namespace)).length === 0;
}

async function withoutSessionClusters({ store, wake }: ActivityDeps, namespace: string): Promise<boolean> {
  const found = await store.sessionClusters.list(store.read, namespace);
  for (const { id, name } of found) {
    const isStopping = await store.transaction(async (tx) => {
      const cluster = await store.sessionClusters.lock(tx, id);
      if (cluster === undefined) return false;
      if (cluster.spec.state !== 'STOPPED') {
        await store.sessionClusters.edit(tx, id, { spec: { ...cluster.spec, state: 'STOPPED' } });
        return true;
      }
      const isFree = (await store.jobs.liveOnSessionCluster(tx, id)).length === 0;
      if (isFree && isAtRest(cluster)) await store.sessionClusters.delete(tx, id);
      return false;
    });
    if (isStopping) await wake.sessionCluster({ id, namespace, name, summary: `${name}: its namespace is deleted` });
  }
  return (await store.sessionClusters.list(store.read, namespace)).length === 0;
}

/** What was created inside a moment ago keeps the namespace: the next round finds it. */
async function remove({ store }: ActivityDeps, tx: Tx, namespace: string): Promise<void> {
  for (const { id } of await store.deploymentTargets.list(tx, namespace)) await store.deploymentTargets.delete(tx, id);
  for (const secret of await store.secretValues.list(tx, namespace)) await store.secretValues.delete(tx, secret);
  await store.namespaces.delete(tx, namespace);
}
