// The rows about one Deployment that its view is made of.
import type { Rows } from '../domain/assemble-view.ts';
import type { Deployment } from '../domain/deployment.ts';
import type { Store } from './store.ts';
import type { Tx } from './tables.ts';

type Tables = Pick<Store, 'jobs' | 'savepoints' | 'observations' | 'sessionClusters' | 'deploymentTargets' | 'deploymentDefaults'>;

export async function rowsOf(tables: Tables, tx: Tx, deployment: Deployment): Promise<Rows> {
  const { id, namespace, spec } = deployment;
  const { sessionClusterName: cluster } = spec;
  return {
    deployment,
    jobs: await tables.jobs.ofDeployment(tx, id),
    savepoints: await tables.savepoints.ofDeployment(tx, id),
    seen: await tables.observations.ofDeployment(tx, id),
    defaultAnnotations: (await tables.deploymentDefaults.find(tx, namespace))?.annotations ?? {},
    cluster: cluster === undefined ? undefined : await tables.sessionClusters.find(tx, namespace, cluster),
    targets: cluster === undefined ? await tables.deploymentTargets.list(tx, namespace) : [],
  };
}
