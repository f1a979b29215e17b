// The view out of stored rows: the same for a decision and for a plan that is only shown.
import type { DeploymentTarget } from './deployment-target.ts';
import type { Deployment } from './deployment.ts';
import type { JobId, NewId } from './ids.ts';
import type { Instant } from './instant.ts';
import type { Job, SeenSnapshot } from './job.ts';
import type { Savepoint } from './savepoint.ts';
import type { SessionCluster } from './session-cluster.ts';
import type { Look, PlaceView, Policy, View } from './view.ts';

/** Status of an observation: a Flink job is alive although its Job is terminal. */
export const STRAY = 'STRAY';

/** What the watch saw last of a Job. */
export interface Sighting {
  readonly jobId: JobId;
  readonly status: string;
  /** "running/total" of its tasks. */
  readonly tasks: string;
  readonly seenAt: Instant;
  readonly checkpoint?: SeenSnapshot;
}

/** Which Flink versions a local target can run. */
interface LocalVersions {
  readonly versions: readonly string[];
  versionFor(wanted: string | undefined): string | undefined;
}

export interface Rows {
  readonly deployment: Deployment;
  readonly jobs: readonly Job[];
  readonly savepoints: readonly Savepoint[];
  readonly seen: readonly Sighting[];
  /** Of the DeploymentDefaults of its namespace. */
  readonly defaultAnnotations: Readonly<Record<string, string>>;
  /** The session cluster that the spec names, where it names one. */
  readonly cluster: SessionCluster | undefined;
  /** The deployment targets of its namespace. */
  readonly targets: readonly DeploymentTarget[];
}

/** What the store does not tell. */
interface Given {
  readonly local: LocalVersions;
  readonly look: Look;
  readonly policy: Policy;
  readonly newId: NewId;
}

export function assembleView(rows: Rows, { local, look, policy, newId }: Given): View {
  const { deployment, jobs, savepoints, seen, defaultAnnotations } = rows;
  return {
    deployment,
    jobs: jobs.map((job) => withSeenCheckpoint(job, seen)),
    strays: seen.filter(({ status }) => status === STRAY).map(({ jobId }) => jobId),
    savepoints,
    defaultAnnotations,
    place: placeOf(rows, local),
    look,
    policy,
    fresh: { jobId: newId<'JobId'>(), savepointId: newId<'SavepointId'>() },
  };
}

/** A checkpoint that once completed is a fact, whoever saw it: nothing older may be restored without saying so. */
export function withSeenCheckpoint(job: Job, seen: readonly Sighting[]): Job {
  const checkpoint = seen.find(({ jobId }) => jobId === job.id)?.checkpoint;
  if (checkpoint === undefined) return job;
  const isKnown = job.newestCheckpoint !== undefined && job.newestCheckpoint.id >= checkpoint.id;
  return { ...job, hadState: true, ...(isKnown ? {} : { newestCheckpoint: checkpoint }) };
}

/** Where the spec wants to run, and whether a Job can start there now. */
function placeOf(rows: Rows, local: LocalVersions): PlaceView {
  return rows.deployment.spec.sessionClusterName === undefined ? placeOnTarget(rows, local) : placeInSession(rows);
}

function placeInSession({ deployment: { namespace, spec }, cluster }: Rows): PlaceView {
  const name = spec.sessionClusterName ?? '';
  if (cluster === undefined) return { kind: 'missing', because: `the session cluster "${name}" does not exist in namespace "${namespace}"` };
  const place = { kind: 'session', sessionCluster: name, sessionClusterId: cluster.id } as const;
  if (cluster.status.state === 'RUNNING' && cluster.spec.state === 'RUNNING') return { kind: 'ready', place };
  return { kind: 'notReady', place, because: `TARGET_NOT_READY: the session cluster "${name}" is ${cluster.status.state}` };
}

function placeOnTarget({ deployment: { namespace, spec }, targets }: Rows, local: LocalVersions): PlaceView {
  const { deploymentTargetId: id, deploymentTargetName: name = '' } = spec;
  const target = targets.find((t) => (id === undefined ? t.name === name : t.id === id));
  if (target === undefined) return { kind: 'missing', because: `the deployment target "${id ?? name}" does not exist in namespace "${namespace}"` };
  if ('kubernetes' in target.spec) {
    const place = { kind: 'kubernetes', target: target.name, namespace: target.spec.kubernetes.namespace } as const;
    return { kind: 'notReady', place, because: 'TARGET_NOT_READY: this version of drey cannot start jobs on Kubernetes yet' };
  }
  const place = { kind: 'local', target: target.name } as const;
  const wanted = spec.template.spec.artifact.flinkVersion;
  if (local.versionFor(wanted) !== undefined) return { kind: 'ready', place };
  return {
    kind: 'notReady',
    place,
    because: `TARGET_NOT_READY: a local target cannot run Flink ${wanted ?? ''}; it can run ${local.versions.join(', ')}`,
  };
}
