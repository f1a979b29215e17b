// Job as users see it (vvp.md §1.3). Changes nothing.
import { toFlinkJobId } from '../domain/ids.ts';
import type { JobDocument } from '../domain/job.schema.ts';
import type { Job, Place } from '../domain/job.ts';
import { toTimestamp } from './instants.ts';
import { SPEC_VERSION } from './present-deployment.ts';
import { presentFailure, presentLogging } from './present-template.ts';

export function presentJob(job: Job): JobDocument {
  return { kind: 'Job', apiVersion: 'v1', metadata: presentMetadata(job), spec: presentSpec(job), status: presentStatus(job) };
}

function presentMetadata(job: Job): JobDocument['metadata'] {
  const { id, namespace, deploymentId, deploymentName, place, resourceVersion } = job;
  return {
    id,
    namespace,
    createdAt: toTimestamp(job.createdAt),
    modifiedAt: toTimestamp(job.modifiedAt),
    terminatedAt: toTimestamp(job.terminatedAt),
    deploymentId,
    deploymentName,
    sessionClusterName: place.kind === 'session' ? place.sessionCluster : undefined,
    annotations: { ...job.template.metadata?.annotations, [SPEC_VERSION]: String(job.specVersion) },
    resourceVersion,
  };
}

function presentSpec({ template, flinkConfiguration, place, restore, allowNonRestoredState }: Job): JobDocument['spec'] {
  const { artifact, parallelism, numberOfTaskManagers, resources, logging, kubernetes } = template.spec;
  return {
    artifact,
    parallelism,
    numberOfTaskManagers,
    resources,
    flinkConfiguration,
    userFlinkConfiguration: template.spec.flinkConfiguration,
    logging: presentLogging(logging),
    kubernetes,
    deploymentTarget: presentPlace(place),
    savepointLocation: restore?.location,
    allowNonRestoredState,
  };
}

function presentPlace(place: Place): JobDocument['spec']['deploymentTarget'] {
  if (place.kind === 'session') return undefined;
  return place.kind === 'local' ? { local: {} } : { kubernetes: { namespace: place.namespace } };
}

function presentStatus(job: Job): JobDocument['status'] {
  return { state: job.state, failure: presentFailure(job.failure), started: presentStarted(job) };
}

function presentStarted({ id, startedAt, observed }: Job): JobDocument['status']['started'] {
  if (startedAt === undefined) return undefined;
  return {
    startedAt: toTimestamp(startedAt),
    flinkJobId: toFlinkJobId(id),
    lastUpdateTime: toTimestamp(observed?.at),
    observedFlinkJobStatus: observed?.status,
    observedFlinkJobRestarts: observed?.restarts,
  };
}
