// SessionCluster as users see it (vvp.md §1.7). Changes nothing.
import { BECAUSE } from '../domain/document.ts';
import type { SessionClusterDocument } from '../domain/session-cluster.schema.ts';
import type { SessionCluster, SessionClusterSpec, SessionClusterStatus } from '../domain/session-cluster.ts';
import { toTimestamp } from './instants.ts';
import { presentFailure, presentLogging } from './present-template.ts';

export function presentSessionCluster(cluster: SessionCluster): SessionClusterDocument {
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
      annotations: { ...annotations, ...(status.because === '' ? {} : { [BECAUSE]: status.because }) },
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
