// A Flink in memory, as far as drey can tell the difference: jobs by id, snapshots that stay, JobManagers that die, silence.
import type { JobId, SavepointId } from '../../../domain/ids.ts';
import type { Instant } from '../../../domain/instant.ts';
import type { Job, SeenSnapshot } from '../../../domain/job.ts';
import type { Look } from '../../../domain/view.ts';
import { aLook, GONE, NOTHING, STARTING, UNKNOWN_JOB, UNREACHABLE } from '../../fixtures/a-view.ts';

export interface FlinkJob {
  readonly id: JobId;
  status: 'RUNNING' | 'RESTARTING' | 'CANCELED' | 'FINISHED' | 'FAILED';
  tasksRun: boolean;
  readonly restored: string | undefined;
  completed: number;
  /** The savepoint that ended it. */
  stoppedWith?: SeenSnapshot;
  /** Savepoints it was asked for, in order, each with the moment of its trigger. */
  readonly requests: Map<SavepointId, { readonly state: 'inProgress' | 'completed' | 'failed'; readonly at: Instant }>;
}

export interface Snapshot {
  readonly kind: 'savepoint' | 'checkpoint';
  readonly of: JobId;
  /** When its state was captured. */
  readonly at: Instant;
}

export interface FakeFlink {
  readonly jobs: Map<JobId, FlinkJob>;
  /** What lies in storage, by location. */
  readonly snapshots: Map<string, Snapshot>;
  /** Clusters that were started once: the right to start one is never given back. */
  readonly started: Set<JobId>;
  /** Jobs whose JobManager is proven dead. */
  readonly dead: Set<JobId>;
  /** Run calls that may still arrive. */
  readonly inTheAir: Job[];
  answers: boolean;
}

export const aFakeFlink = (): FakeFlink => ({ jobs: new Map(), snapshots: new Map(), started: new Set(), dead: new Set(), inTheAir: [], answers: true });

export const isOver = (job: FlinkJob): boolean => job.status === 'CANCELED' || job.status === 'FINISHED' || job.status === 'FAILED';

/** Jobs that are not over, on JobManagers that live. */
export const liveJobs = (flink: FakeFlink): readonly FlinkJob[] => [...flink.jobs.values()].filter((job) => !isOver(job) && !flink.dead.has(job.id));

export function lookAt(flink: FakeFlink, job: Job | undefined): Look {
  if (job === undefined || job.submit === 'NOT_YET' || job.end !== undefined) return NOTHING;
  if (!flink.answers) return UNREACHABLE;
  if (flink.dead.has(job.id)) return GONE;
  const seen = flink.jobs.get(job.id);
  if (seen === undefined) return flink.started.has(job.id) ? STARTING : UNKNOWN_JOB;
  const running = seen.tasksRun ? 4 : 0;
  const restored = seen.restored === undefined ? {} : { restored: { location: seen.restored, isSavepoint: true } };
  const newest = seen.completed === 0 ? {} : { newest: newestOf(flink, seen) };
  const stop = seen.stoppedWith === undefined ? {} : { stoppedWith: seen.stoppedWith };
  return aLook({ status: seen.status, tasks: { total: 4, running, finished: 0 }, checkpoints: { completed: seen.completed, ...newest, ...restored, ...stop } });
}

function newestOf({ snapshots }: FakeFlink, { id, completed }: FlinkJob): SeenSnapshot {
  const location = locationOf(id, completed);
  return { id: completed, location, at: snapshots.get(location)?.at ?? 0 };
}

const locationOf = (job: JobId, checkpoint: number): string => `chk-${checkpoint} of ${job}`;

/** A run call arrives. The same id never runs twice, and a dead JobManager hears nothing. */
export function run(flink: FakeFlink, job: Job): void {
  if (flink.dead.has(job.id) || flink.jobs.has(job.id)) return;
  flink.jobs.set(job.id, { id: job.id, status: 'RUNNING', tasksRun: false, restored: job.restore?.location, completed: 0, requests: new Map() });
}

/** A run call with a savepoint that cannot exist: the id is used up. */
export function burn(flink: FakeFlink, job: Job): void {
  run(flink, job);
  const seen = flink.jobs.get(job.id);
  if (seen !== undefined && !seen.tasksRun) seen.status = 'FAILED';
}

export function end(flink: FakeFlink, job: FlinkJob, status: 'CANCELED' | 'FINISHED' | 'FAILED'): void {
  job.status = status;
  job.tasksRun = false;
  for (const [id, { state, at }] of job.requests) if (state === 'inProgress') job.requests.set(id, { state: 'failed', at });
  if (status === 'FINISHED')
    for (const [location, { kind, of }] of flink.snapshots) if (kind === 'checkpoint' && of === job.id) flink.snapshots.delete(location);
}

export function checkpoint(flink: FakeFlink, job: FlinkJob, at: Instant): void {
  job.completed += 1;
  flink.snapshots.set(locationOf(job.id, job.completed), { kind: 'checkpoint', of: job.id, at });
}

/** The oldest open request of the job comes to its end; a completed stop ends the job. */
export function settleRequest(
  flink: FakeFlink,
  job: FlinkJob,
  { outcome, isStop }: { readonly outcome: 'completed' | 'failed'; readonly isStop: (id: SavepointId) => boolean },
): void {
  const [id, request] = [...job.requests].find(([, { state }]) => state === 'inProgress') ?? [];
  if (id === undefined || request === undefined) return;
  job.requests.set(id, { ...request, state: outcome });
  if (outcome === 'failed') return;
  flink.snapshots.set(`savepoint ${id}`, { kind: 'savepoint', of: job.id, at: request.at });
  if (!isStop(id)) return;
  job.stoppedWith = { id: job.completed + 1, location: `savepoint ${id}`, at: request.at };
  end(flink, job, 'FINISHED');
}

/** The JobManager dies, and every run call to it with it. */
export function kill(flink: FakeFlink, id: JobId): void {
  flink.started.add(id);
  flink.dead.add(id);
}
