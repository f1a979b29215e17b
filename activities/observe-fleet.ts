// observeFleet: what every cluster with live Jobs shows now. One request a cluster; a cluster that hangs delays nobody else.
import { toFlinkJobId } from '../domain/ids.ts';
import type { Job } from '../domain/job.ts';
import type { FlinkJob, FlinkRest } from '../flink/flink.ts';
import type { ActivityDeps } from './deps.ts';
import { reachJob } from './reach.ts';

/** One Job as the watch saw it. */
export interface JobSighting {
  readonly job: Job;
  /** Flink's status, `UNKNOWN` (silence), `ABSENT` (not listed), `GONE` (its JobManager died). */
  readonly status: string;
  /** "running/total" of its tasks. */
  readonly tasks: string;
}

/** Every Job that runs and is not being ended. */
export async function observeFleet(deps: ActivityDeps): Promise<readonly JobSighting[]> {
  const { store } = deps;
  const jobs = (await store.jobs.live(store.read)).filter((job) => job.state === 'STARTED' && job.end === undefined);
  const overviews = new Map<string, Promise<readonly FlinkJob[] | undefined>>();
  return Promise.all(jobs.map((job) => sightingOf(deps, job, overviews)));
}

async function sightingOf(deps: ActivityDeps, job: Job, overviews: Map<string, Promise<readonly FlinkJob[] | undefined>>): Promise<JobSighting> {
  const reach = await reachJob(deps, job);
  if (reach.kind === 'gone') return { job, status: 'GONE', tasks: '' };
  if (reach.kind !== 'rest') return { job, status: 'UNKNOWN', tasks: '' };
  const { rest } = reach;
  const overview = overviews.get(rest.url) ?? overviewOf(rest);
  overviews.set(rest.url, overview);
  const listed = await overview;
  if (listed === undefined) return { job, status: 'UNKNOWN', tasks: '' };
  const seen = listed.find(({ id }) => id === toFlinkJobId(job.id));
  if (seen === undefined) return { job, status: 'ABSENT', tasks: '' };
  const lacksTaskManagers = reach.missingTaskManagers > 0 ? ` (${reach.missingTaskManagers} TaskManagers missing)` : '';
  return { job, status: seen.status, tasks: `${seen.tasks.running + seen.tasks.finished}/${seen.tasks.total}${lacksTaskManagers}` };
}

async function overviewOf(rest: FlinkRest): Promise<readonly FlinkJob[] | undefined> {
  const answer = await rest.jobs();
  return answer.kind === 'done' ? answer.value : undefined;
}
