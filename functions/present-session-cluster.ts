// SessionCluster as users see it (vvp.md §1.7). Changes nothing.
import { BECAUSE, SERVER_PREFIX } from '../domain/document.ts';
import type { SessionClusterDocument } from '../domain/session-cluster.schema.ts';
import type { SessionCluster, SessionClusterSpec, SessionClusterStatus } from '../domain/session-cluster.ts';
import type { FunctionDeps } from './deps.ts';
import { toTimestamp } from './instants.ts';
import { presentFailure, presentLogging } from './present-template.ts';

/** Reads which Deployments refer to it. */
export async function presentSessionCluster({ store }: Pick<FunctionDeps, 'store'>, cluster: SessionCluster): Promise<SessionClusterDocument> {
  const users = await store.deployments.referringTo(store.read, cluster.namespace, { sessionClusterName: cluster.name });
  return present(cluster, users);
}

/** As clients know them: who uses it, and whether it has what it needs (vvp.md §1.1). */
function serverAnnotations({ spec, status }: SessionCluster, users: readonly string[]): Record<string, string> {
  const references = users.map((name) => ({ kind: 'Deployment', name }));
  const isAtRest = status.state === 'STOPPED' || status.state === 'FAILED';
  return {
    [`${SERVER_PREFIX}references`]: JSON.stringify({ state: spec.state === 'RUNNING' ? 'OPEN' : 'CLOSED', references }),
    [`${SERVER_PREFIX}sessioncluster.resources.acquired`]: String(!isAtRest),
    ...(status.because === '' ? {} : { [BECAUSE]: status.because }),
  };
}

function present(cluster: SessionCluster, users: readonly string[]): SessionClusterDocument {
  const { id, name, namespace, labels, annotations, resourceVersion, createdAt, modifiedAt, spec, status } = cluster;
  return {
    kind: 'SessionCluster',
    apiVersion: 'v1',
    metadata: {
      id,
      name,
      namespace,
      createdAt: toTimestamp(createdAt),
      modifiedAt: toTimestamp(modifiedAt),
      labels,
      annotations: { ...annotations, ...serverAnnotations(cluster, users) },
      resourceVersion,
    },
    spec: presentSpec(spec),
    status: presentStatus(status),
  };
}

function presentSpec(spec: SessionClusterSpec): SessionClusterDocument['spec'] {
  return { ...spec, logging: spec.logging && presentLogging(spec.logging) };
}

function presentStatus({ state, failure, running }: SessionClusterStatus): SessionClusterDocument['status'] {
  return {
    state,
    failure: presentFailure(failure),
    running: running && { startedAt: toTimestamp(running.startedAt), lastUpdateTime: toTimestamp(running.lastUpdateTime) },
  };
}

/** The part of a session cluster that is the user's own, as a PATCH is merged over it. */
export function userDocument({ name, namespace, labels, annotations, spec }: SessionCluster): object {
  return { metadata: { name, namespace, labels, annotations }, spec };
}
