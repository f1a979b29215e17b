// Fills the view for `plan`, inside the transaction that holds the Deployment's lock.
import type { Deployment } from '../domain/deployment.ts';
import type { Job } from '../domain/job.ts';
import type { Look, PlaceView, View } from '../domain/view.ts';
import type { Observation, Tx } from '../store/store.ts';
import type { ActivityDeps } from './deps.ts';
import { STRAY } from './observe-fleet.ts';

export async function readView(deps: ActivityDeps, tx: Tx, { deployment, look }: { readonly deployment: Deployment; readonly look: Look }): Promise<View> {
  const { store, policy } = deps;
  const seen = await store.observations.ofDeployment(tx, deployment.id);
  return {
    deployment,
    jobs: (await store.jobs.ofDeployment(tx, deployment.id)).map((job) => withSeenCheckpoint(job, seen)),
    strays: seen.filter(({ status }) => status === STRAY).map(({ jobId }) => jobId),
    savepoints: await store.savepoints.ofDeployment(tx, deployment.id),
    place: await readPlace(deps, tx, deployment),
    look,
    policy,
    fresh: { jobId: store.newId<'JobId'>(), savepointId: store.newId<'SavepointId'>() },
  };
}

/** A checkpoint that once completed is a fact, whoever saw it: nothing older may be restored without saying so. */
function withSeenCheckpoint(job: Job, seen: readonly Observation[]): Job {
  const checkpoint = seen.find(({ jobId }) => jobId === job.id)?.checkpoint;
  if (checkpoint === undefined || (job.newestCheckpoint !== undefined && job.newestCheckpoint.id >= checkpoint.id)) return job;
  return { ...job, newestCheckpoint: checkpoint };
}

/** Where the spec wants to run, and whether a Job can start there now. */
async function readPlace(deps: ActivityDeps, tx: Tx, deployment: Deployment): Promise<PlaceView> {
  return deployment.spec.sessionClusterName === undefined ? readTarget(deps, tx, deployment) : readSession(deps, tx, deployment);
}

async function readSession({ store }: ActivityDeps, tx: Tx, { namespace, spec }: Deployment): Promise<PlaceView> {
  const name = spec.sessionClusterName ?? '';
  const cluster = await store.sessionClusters.find(tx, namespace, name);
  if (cluster === undefined) return { kind: 'missing', because: `the session cluster "${name}" does not exist in namespace "${namespace}"` };
  const place = { kind: 'session', sessionCluster: name, sessionClusterId: cluster.id } as const;
  if (cluster.status.state === 'RUNNING' && cluster.spec.state === 'RUNNING') return { kind: 'ready', place };
  return { kind: 'notReady', place, because: `TARGET_NOT_READY: the session cluster "${name}" is ${cluster.status.state}` };
}

async function readTarget({ store, flink }: ActivityDeps, tx: Tx, { namespace, spec }: Deployment): Promise<PlaceView> {
  const { deploymentTargetId: id, deploymentTargetName: name = '' } = spec;
  const targets = await store.deploymentTargets.list(tx, namespace);
  const target = targets.find((t) => (id === undefined ? t.name === name : t.id === id));
  if (target === undefined) return { kind: 'missing', because: `the deployment target "${id ?? name}" does not exist in namespace "${namespace}"` };
  if ('kubernetes' in target.spec) {
    const place = { kind: 'kubernetes', target: target.name, namespace: target.spec.kubernetes.namespace } as const;
    return { kind: 'notReady', place, because: 'TARGET_NOT_READY: this version of drey cannot start jobs on Kubernetes yet' };
  }
  const place = { kind: 'local', target: target.name } as const;
  const wanted = spec.template.spec.artifact.flinkVersion;
  if (flink.local.versionFor(wanted) !== undefined) return { kind: 'ready', place };
  return {
    kind: 'notReady',
    place,
    because: `TARGET_NOT_READY: a local target cannot run Flink ${wanted ?? ''}; it can run ${flink.local.versions.join(', ')}`,
  };
}
