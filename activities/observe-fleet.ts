// observeCluster: what one cluster with Jobs of ours shows now, by one request for all of them, and for some of them one about their
// checkpoints. Says what was seen; whether that matters is note-changes.ts.
import { STRAY } from '../domain/assemble-view.ts';
import { toFlinkJobId, toJobId } from '../domain/ids.ts';
import { overdueAt } from '../domain/health.ts';
import type { Job, SeenSnapshot } from '../domain/job.ts';
import type { FlinkJob, FlinkRest } from '../flink/flink.ts';
import type { ActivityDeps } from './deps.ts';
import { isOver, toCheckpoints } from './look-at-job.ts';
import { reachJob } from './reach.ts';

/** One Job as the watch saw it. */
export interface JobSighting {
  readonly job: Job;
  /** Flink's status, `UNKNOWN` (silence), `ABSENT` (not listed), `GONE` (its JobManager died), `STRAY`. */
  readonly status: string;
  /** "running/total" of its tasks. */
  readonly tasks: string;
  readonly changedAt?: number;
  readonly checkpoint?: SeenSnapshot;
  /** Undefined when its checkpoints were not asked about. */
  readonly stalls?: boolean;
}

/** Jobs of ours on one cluster. */
export interface WatchedCluster {
  readonly key: string;
  readonly live: readonly Job[];
  /** Terminal ones that ended there lately. */
  readonly ended: readonly Job[];
}

export interface ClusterSighting {
  readonly jobs: readonly JobSighting[];
  /** Ids of live Flink jobs there that are not of `live` or `ended`. */
  readonly others: readonly string[];
}

/** Every cluster with a Job that runs and is not being ended, or on which one ended within the last 15 minutes. */
export async function watchedClusters({ store }: ActivityDeps): Promise<readonly WatchedCluster[]> {
  const live = (await store.jobs.live(store.read)).filter((job) => job.state === 'STARTED' && job.end === undefined);
  const ended = await store.jobs.endedOnSessionClusters(store.read, 15 * 60_000);
  const keys = [...new Set([...live, ...ended].map(keyOf))];
  return keys.map((key) => ({ key, live: live.filter((job) => keyOf(job) === key), ended: ended.filter((job) => keyOf(job) === key) }));
}

function keyOf({ id, place, incarnation }: Job): string {
  return place.kind === 'session' ? `${place.sessionClusterId}/${incarnation ?? ''}` : id;
}

/** `asked`: the Jobs whose checkpoints are to be asked about. */
export async function observeCluster(deps: ActivityDeps, { live, ended }: WatchedCluster, asked: (job: Job) => boolean): Promise<ClusterSighting> {
  const [first] = [...live, ...ended];
  if (first === undefined) return { jobs: [], others: [] };
  const all = (status: string): ClusterSighting => ({ jobs: live.map((job) => ({ job, status, tasks: '' })), others: [] });
  const reach = await reachJob(deps, first);
  if (reach.kind === 'gone') return all('GONE');
  if (reach.kind !== 'rest') return all('UNKNOWN');
  const overview = await reach.rest.jobs();
  if (overview.kind !== 'done') return all('UNKNOWN');
  const listed = new Map(overview.value.map((seen) => [seen.id as string, seen]));
  const missing = reach.missingTaskManagers > 0 ? ` (${reach.missingTaskManagers} TaskManagers missing)` : '';
  const sightings = live.map(async (job): Promise<JobSighting> => {
    const seen = listed.get(toFlinkJobId(job.id));
    if (seen === undefined) return { job, status: 'ABSENT', tasks: '' };
    const { status, tasks, changedAt } = seen;
    const progress = asked(job) ? await progressOf(deps, reach.rest, { job, status }) : {};
    return { job, status, tasks: `${tasks.running + tasks.finished}/${tasks.total}${missing}`, ...(changedAt === undefined ? {} : { changedAt }), ...progress };
  });
  const strays = ended.filter((job) => isAlive(listed.get(toFlinkJobId(job.id)))).map((job) => ({ job, status: STRAY, tasks: '' }));
  return { jobs: [...(await Promise.all(sightings)), ...strays], others: othersIn(overview.value, [...live, ...ended]) };
}

function isAlive(seen: FlinkJob | undefined): boolean {
  return seen !== undefined && !isOver(seen.status);
}

function othersIn(listed: readonly FlinkJob[], ours: readonly Job[]): readonly string[] {
  const known = new Set(ours.map(({ id }) => id));
  return listed.filter((seen) => isAlive(seen) && !known.has(toJobId(seen.id) ?? ('' as never))).map(({ id }) => id);
}

async function progressOf(
  { store }: ActivityDeps,
  rest: FlinkRest,
  { job, status }: Pick<JobSighting, 'job' | 'status'>,
): Promise<Pick<JobSighting, 'checkpoint' | 'stalls'>> {
  const answer = await rest.checkpoints(toFlinkJobId(job.id));
  if (answer.kind !== 'done') return {};
  const { newest, patienceMs } = toCheckpoints(answer.value, isOver(status));
  const overdue = overdueAt({ ...job, ...(newest === undefined ? {} : { newestCheckpoint: newest }) }, patienceMs);
  return { ...(newest === undefined ? {} : { checkpoint: newest }), stalls: overdue !== undefined && (await store.now(store.read)) > overdue };
}
