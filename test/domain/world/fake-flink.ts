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
  /** When its JobManager began with it. */
  startedAt: Instant;
  /** What it was first started from. */
  readonly first: Restored | undefined;
  restored: Restored | undefined;
  /** By this JobManager. */
  completed: number;
  newest: SeenSnapshot | undefined;
  /** The savepoint that ended it. */
  stoppedWith: SeenSnapshot | undefined;
  /** It runs on other state than it was meant to: what it writes is nobody's. */
  isWrong: boolean;
  /** Savepoints it was asked for, in order, each with the moment of its trigger. */
  readonly requests: Map<SavepointId, { readonly state: 'inProgress' | 'completed' | 'failed'; readonly at: Instant }>;
}

interface Restored {
  readonly id: number;
  readonly location: string;
  readonly at: Instant;
  readonly isSavepoint: boolean;
}

export interface Snapshot {
  readonly kind: 'savepoint' | 'checkpoint';
  readonly of: JobId | undefined;
  /** Flink's checkpoint id. */
  readonly id: number;
  /** When its state was captured. */
  readonly at: Instant;
  /** Written by a job that was not meant to run so. */
  readonly isVoid?: boolean;
  /** It was there, and drey knew of it. */
  readonly vanished?: true;
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
  return aLook({
    status: seen.status,
    tasks: { total: 4, running: seen.tasksRun ? 4 : 0, finished: 0 },
    startedAt: seen.startedAt,
    checkpoints: {
      completed: seen.completed,
      ...(seen.newest === undefined || seen.status === 'FINISHED' ? {} : { newest: seen.newest }),
      ...(seen.restored === undefined ? {} : { restored: seen.restored }),
      ...(seen.stoppedWith === undefined ? {} : { stoppedWith: seen.stoppedWith }),
    },
  });
}

/** A run call arrives. The same id never runs twice, and a dead JobManager hears nothing. */
export function run(flink: FakeFlink, job: Job, at: Instant): void {
  if (flink.dead.has(job.id) || flink.jobs.has(job.id)) return;
  const source = job.restore === undefined ? undefined : flink.snapshots.get(job.restore.location);
  const restored = job.restore === undefined ? undefined : { id: source?.id ?? 0, location: job.restore.location, at, isSavepoint: true };
  const rest = { completed: 0, newest: undefined, stoppedWith: undefined, isWrong: false, requests: new Map() };
  flink.jobs.set(job.id, { id: job.id, status: 'RUNNING', tasksRun: false, startedAt: at, first: restored, restored, ...rest });
}

/** Its JobManager dies and is started again by somebody else: without high availability it does what it was first told to do. */
export function replay(job: FlinkJob, at: Instant): void {
  const restored = job.first === undefined ? undefined : { ...job.first, at };
  Object.assign(job, {
    status: 'RUNNING',
    tasksRun: false,
    startedAt: at,
    restored,
    completed: 0,
    newest: undefined,
    isWrong: job.isWrong || job.completed > 0,
  });
  job.requests.clear();
}

/** A run call with a savepoint that cannot exist: the id is used up. */
export function burn(flink: FakeFlink, job: Job, at: Instant): void {
  run(flink, job, at);
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

const nextId = ({ newest, restored }: FlinkJob): number => (newest?.id ?? restored?.id ?? 0) + 1;

/** A failover within the JobManager restores the newest checkpoint, else what the job started from. */
export function failOver(job: FlinkJob, at: Instant): void {
  const { newest } = job;
  if (newest !== undefined) job.restored = { id: newest.id, location: newest.location ?? '', at, isSavepoint: false };
  else if (job.first !== undefined) job.restored = { ...job.first, at };
}

export function checkpoint(flink: FakeFlink, job: FlinkJob, at: Instant): void {
  const id = nextId(job);
  const location = `chk-${id} of ${job.id}${job.isWrong ? ' again' : ''}`;
  job.completed += 1;
  job.newest = { id, location, at };
  flink.snapshots.set(location, { kind: 'checkpoint', of: job.id, id, at, isVoid: job.isWrong });
}

/** Somebody else stops it with a savepoint of their own. */
export function stopFromOutside(flink: FakeFlink, job: FlinkJob, at: Instant): void {
  const id = nextId(job);
  const location = `their savepoint of ${job.id}`;
  flink.snapshots.set(location, { kind: 'savepoint', of: job.id, id, at, isVoid: job.isWrong });
  job.stoppedWith = { id, location, at };
  end(flink, job, 'FINISHED');
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
  const location = `savepoint ${id}`;
  flink.snapshots.set(location, { kind: 'savepoint', of: job.id, id: nextId(job), at: request.at, isVoid: job.isWrong });
  if (!isStop(id)) return;
  job.stoppedWith = { id: nextId(job), location, at: request.at };
  end(flink, job, 'FINISHED');
}

/** The JobManager dies, and every run call to it with it. */
export function kill(flink: FakeFlink, id: JobId): void {
  flink.started.add(id);
  flink.dead.add(id);
}
