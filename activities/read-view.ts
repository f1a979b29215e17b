// Fills the view for `plan`, inside the transaction that holds the Deployment's lock.
import { assembleView } from '../domain/assemble-view.ts';
import type { Deployment } from '../domain/deployment.ts';
import type { Look, View } from '../domain/view.ts';
import type { Tx } from '../store/store.ts';
import type { ActivityDeps } from './deps.ts';

export async function readView(deps: ActivityDeps, tx: Tx, { deployment, look }: { readonly deployment: Deployment; readonly look: Look }): Promise<View> {
  const { store, policy, flink } = deps;
  const { id, namespace, spec } = deployment;
  const { sessionClusterName: cluster } = spec;
  const rows = {
    deployment,
    jobs: await store.jobs.ofDeployment(tx, id),
    savepoints: await store.savepoints.ofDeployment(tx, id),
    seen: await store.observations.ofDeployment(tx, id),
    cluster: cluster === undefined ? undefined : await store.sessionClusters.find(tx, namespace, cluster),
    targets: cluster === undefined ? await store.deploymentTargets.list(tx, namespace) : [],
    local: flink.local,
  };
  return assembleView(rows, { look, policy, fresh: { jobId: store.newId<'JobId'>(), savepointId: store.newId<'SavepointId'>() } });
}
