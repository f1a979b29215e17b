// Reading and deleting SessionClusters. Writing their specs is write-session-cluster.ts.
import type { Tx } from '../store/store.ts';
import { isAtRest } from '../domain/removal.ts';
import type { SessionCluster } from '../domain/session-cluster.ts';
import type { FunctionDeps } from './deps.ts';
import { findByKey, mustExist } from './find.ts';
import type { Handler } from './handler.ts';
import { refuseUnmatched } from './if-match.ts';
import { presentSessionCluster } from './present-session-cluster.ts';
import { Problem } from './problem.ts';
import { toList } from './to-list.ts';

export const listSessionClusters: Handler<'listSessionClusters'> = async ({ params }, { store }) => {
  const clusters = await store.sessionClusters.list(store.read, params.namespace);
  const documents = await Promise.all(clusters.map((cluster) => presentSessionCluster({ store }, cluster)));
  return { code: 200, body: toList('SessionCluster', documents) };
};

export const getSessionCluster: Handler<'getSessionCluster'> = async ({ params: { namespace, name } }, { store }) => {
  const found = await findCluster(store, store.read, { namespace, name });
  return { code: 200, body: await presentSessionCluster({ store }, mustExist(found, 'SessionCluster', name)) };
};

export const deleteSessionCluster: Handler<'deleteSessionCluster'> = async ({ params: { namespace, name }, ifMatch }, { store }) => {
  const deleted = await store.transaction(async (tx) => {
    const cluster = await lockCluster(store, tx, { namespace, name });
    refuseUnmatched(ifMatch, cluster.resourceVersion);
    if (!isAtRest(cluster))
      throw new Problem('conflict', `session cluster "${name}" is ${cluster.status.state}: set spec.state to STOPPED and wait until it is`);
    await refuseWithLiveJobs(store, tx, { cluster, deed: 'be deleted' });
    await store.sessionClusters.delete(tx, cluster.id);
    return cluster;
  });
  return { code: 200, body: await presentSessionCluster({ store }, deleted) };
};

interface Named {
  readonly namespace: string;
  readonly name: string;
}

export function findCluster({ sessionClusters }: FunctionDeps['store'], tx: Tx, { namespace, name }: Named): Promise<SessionCluster | undefined> {
  const byName = (text: string) => sessionClusters.find(tx, namespace, text);
  return findByKey<'SessionClusterId', SessionCluster>(name, { namespace, byId: (id) => sessionClusters.findById(tx, id), byName });
}

export async function lockCluster(store: FunctionDeps['store'], tx: Tx, { namespace, name }: Named): Promise<SessionCluster> {
  const found = mustExist(await findCluster(store, tx, { namespace, name }), 'SessionCluster', name);
  return mustExist(await store.sessionClusters.lock(tx, found.id), 'SessionCluster', name);
}

interface Deed {
  readonly cluster: SessionCluster;
  readonly deed: string;
}

/** Scenario E7: Jobs end first, and their Deployments decide how. */
export async function refuseWithLiveJobs(store: FunctionDeps['store'], tx: Tx, { cluster, deed }: Deed): Promise<void> {
  const jobs = await store.jobs.liveOnSessionCluster(tx, cluster.id);
  if (jobs.length === 0) return;
  const names = [...new Set(jobs.map((job) => `"${job.deploymentName}"`))];
  throw new Problem(
    'conflict',
    `session cluster "${cluster.name}" cannot ${deed}: jobs of Deployments ${names.slice(0, 20).join(', ')} run on it; suspend or cancel them first`,
  );
}
