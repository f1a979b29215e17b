// How to reach the Flink that runs a Job: from its place to a REST client, or to the proof that there is none any more.
import { assertNever } from '../domain/assert-never.ts';
import { wantedTaskManagers } from '../domain/consumption.ts';
import type { Job } from '../domain/job.ts';
import { ownerOfJob, ownerOfSessionCluster } from '../domain/secret-value.ts';
import type { SessionCluster } from '../domain/session-cluster.ts';
import type { FlinkRest, LocalClusterId } from '../flink/flink.ts';
import type { ActivityDeps } from './deps.ts';
import { flinkOf, type OwnFlink } from './flink-of.ts';
import { lastWords } from './last-words.ts';

export type Reach =
  | { readonly kind: 'rest'; readonly rest: FlinkRest; readonly missingTaskManagers: number }
  | { readonly kind: 'neverStarted' }
  | { readonly kind: 'unreachable'; readonly because: string }
  | { readonly kind: 'gone'; readonly reason: string; readonly text: string };

/** Where the Job's Flink job is to be asked for. Looks at processes, not at Flink. */
export async function reachJob(deps: ActivityDeps, job: Job): Promise<Reach> {
  switch (job.place.kind) {
    case 'local':
      return reachOf(flinkOf(deps, ownerOfJob(job)), { kind: 'job', jobId: job.id }, wantedTaskManagers(job));
    case 'session':
      return reachSession(deps, job, await deps.store.sessionClusters.findById(deps.store.read, job.place.sessionClusterId));
    case 'kubernetes':
      return { kind: 'unreachable', because: 'Kubernetes targets are not built yet' };
    default:
      return assertNever(job.place);
  }
}

async function reachSession(deps: ActivityDeps, job: Job, cluster: SessionCluster | undefined): Promise<Reach> {
  if (cluster === undefined) return { kind: 'gone', reason: 'the session cluster was deleted', text: '' };
  if (job.incarnation !== undefined && job.incarnation !== cluster.incarnation) {
    return { kind: 'gone', reason: 'the JobManager of the session cluster was replaced', text: '' };
  }
  // Its TaskManagers are the session cluster's own business.
  const reach = await reachSessionCluster(deps, cluster);
  return reach.kind === 'rest' ? { ...reach, missingTaskManagers: 0 } : reach;
}

/** The session cluster's JobManager of today. */
export async function reachSessionCluster(deps: ActivityDeps, cluster: SessionCluster): Promise<Reach> {
  const own = flinkOf(deps, ownerOfSessionCluster(cluster));
  if (cluster.spec.external !== undefined) return { kind: 'rest', rest: own.externalRest(cluster.spec.external.url), missingTaskManagers: 0 };
  const id = { kind: 'session', sessionClusterId: cluster.id, incarnation: cluster.incarnation } as const;
  return reachOf(own, id, cluster.spec.numberOfTaskManagers ?? 1);
}

async function reachOf(own: OwnFlink, id: LocalClusterId, wanted: number): Promise<Reach> {
  const sighting = await own.observe(id);
  switch (sighting.kind) {
    case 'alive':
      return { kind: 'rest', rest: own.rest(sighting.url), missingTaskManagers: Math.max(0, wanted - sighting.taskManagers) };
    case 'neverStarted':
      return { kind: 'neverStarted' };
    case 'gone':
      return { kind: 'gone', ...lastWords(sighting) };
    case 'elsewhere':
      return { kind: 'unreachable', because: 'its processes belong to another installation of drey' };
    default:
      return assertNever(sighting);
  }
}
