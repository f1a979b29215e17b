// One look at the live Job, with short limits. Says what was seen and no more: what it proves is `domain/learn.ts`.
import { setTimeout as wait } from 'node:timers/promises';
import { toFlinkJobId } from '../domain/ids.ts';
import type { Job, SeenException, SeenSnapshot } from '../domain/job.ts';
import type { Look, SeenCheckpoints } from '../domain/view.ts';
import type { Answer, Checkpoint, CheckpointStats, FlinkException, FlinkJob, FlinkRest } from '../flink/flink.ts';
import type { ActivityDeps } from './deps.ts';
import { reachJob } from './reach.ts';

type Depth = 'whole' | 'shown' | 'brief';

/**
 * `brief`: its status and tasks only, for those who wait for them. `shown`: statistics as Flink shows them, which of a job that is over may be
 * those from before its end.
 */
export async function lookAtJob(deps: ActivityDeps, job: Job | undefined, depth: Depth = 'whole'): Promise<Look> {
  if (job === undefined || job.submit === 'NOT_YET' || job.end !== undefined) return { kind: 'nothing' };
  const reach = await reachJob(deps, job);
  if (reach.kind === 'neverStarted') return { kind: 'unknownJob' };
  if (reach.kind !== 'rest') return reach;
  const answer = await reach.rest.job(toFlinkJobId(job.id));
  return ofAnswer(deps, { job, rest: reach.rest, missingTaskManagers: reach.missingTaskManagers, depth }, answer);
}

interface Asked {
  readonly job: Job;
  readonly rest: FlinkRest;
  readonly missingTaskManagers: number;
  readonly depth: Depth;
}

async function ofAnswer(deps: ActivityDeps, asked: Asked, answer: Answer<FlinkJob | undefined>): Promise<Look> {
  const comingUp = asked.job.place.kind === 'local' && asked.job.state === 'STARTING';
  if (answer.kind !== 'done') return comingUp ? { kind: 'starting' } : { kind: 'unreachable', because: answer.reason };
  if (answer.value === undefined) return comingUp ? { kind: 'starting' } : unknownAt(asked);
  const { status, tasks } = answer.value;
  if (asked.depth === 'brief') return { kind: 'job', status, tasks, restarts: 0, missingTaskManagers: asked.missingTaskManagers };
  return ofFlinkJob(deps, asked, answer.value);
}

/** Only a JobManager that says so brings no jobs back. */
async function unknownAt({ rest }: Asked): Promise<Look> {
  const answer = await rest.clusterSettings();
  return answer.kind === 'done' && !answer.value.isHighlyAvailable ? { kind: 'unknownJob' } : { kind: 'unknownJob', recovers: true };
}

/** What else Flink tells of it, asked for side by side. */
async function ofFlinkJob(deps: ActivityDeps, { job, rest, missingTaskManagers, depth }: Asked, seen: FlinkJob): Promise<Look> {
  const id = toFlinkJobId(job.id);
  const counter = job.observed?.counter ?? job.observed?.restarts ?? 0;
  const runs = seen.status === 'RUNNING' && seen.tasks.running + seen.tasks.finished === seen.tasks.total && seen.tasks.total > 0;
  const [restarts, stats, slots] = await Promise.all([
    restartsOf(rest, job),
    depth === 'shown' ? rest.checkpoints(id) : checkpointsOf(deps, { job, rest, seen }),
    runs || isOver(seen.status) ? undefined : rest.slots(),
  ]);
  const counted = restarts.kind === 'done' ? (restarts.value ?? counter) : counter;
  const hasFailed = seen.status === 'FAILED';
  const told = counted !== counter || hasFailed ? await exceptionsOf(rest, job) : undefined;
  // A JobManager that died before it told the cause is found dead by the next look, and its log says more; one that answers has no better answer.
  if (hasFailed && told?.kind === 'unavailable' && (await rest.job(id)).kind !== 'done') return { kind: 'unreachable', because: told.reason };
  const exceptions = told?.kind === 'done' ? told.value : [];
  const checkpoints = stats.kind === 'done' ? toCheckpoints(stats.value, isOver(seen.status)) : undefined;
  return {
    kind: 'job',
    status: seen.status,
    tasks: seen.tasks,
    missingTaskManagers,
    restarts: counted,
    startedAt: seen.startedAt,
    ...(seen.changedAt === undefined ? {} : { changedAt: seen.changedAt }),
    ...(checkpoints === undefined ? {} : { checkpoints }),
    ...(slots?.kind === 'done' ? { freeSlots: slots.value.available } : {}),
    ...(exceptions.length === 0 ? {} : { exceptions: exceptions.map(toSeen) }),
    ...(hasFailed ? { failure: failureOf(exceptions) } : {}),
  };
}

/** The longest wait for statistics; a cluster that repeats old ones for longer keeps its last checkpoints to itself. */
const PATIENCE_MS = 5000;

/**
 * Flink repeats the statistics of a job for a while, also those from before its end (`reference/flink.md` §2.8): of a job that is over they are
 * asked for once more when that time has passed, or a stop by somebody else would look like an end without a savepoint. After a stop that drey
 * asked for there is nothing more to learn.
 */
async function checkpointsOf(
  deps: ActivityDeps,
  { job, rest, seen }: { readonly job: Job; readonly rest: FlinkRest; readonly seen: FlinkJob },
): Promise<Answer<CheckpointStats>> {
  const first = await rest.checkpoints(toFlinkJobId(job.id));
  if (!isOver(seen.status) || first.kind !== 'done' || first.value.latestSavepoint?.isStop === true || (await isStopped(deps, job))) return first;
  const settings = await rest.clusterSettings();
  if (settings.kind !== 'done' || settings.value.statisticsCacheMs === 0) return first;
  await wait(Math.min(settings.value.statisticsCacheMs, PATIENCE_MS));
  return rest.checkpoints(toFlinkJobId(job.id));
}

/** Whether it ended by a stop of drey's, whose savepoint is complete. */
async function isStopped({ store }: ActivityDeps, { id, deploymentId }: Job): Promise<boolean> {
  const savepoints = await store.savepoints.ofDeployment(store.read, deploymentId);
  return savepoints.some(({ jobId, origin, state }) => jobId === id && origin === 'SUSPEND' && state === 'COMPLETED');
}

const ASK_AGAIN_MS = 300;

/** A JobManager answers its first question about a counter with nothing: the look at a job that restarted before would miss that it counts anew. */
async function restartsOf(rest: FlinkRest, job: Job): Promise<Answer<number | undefined>> {
  const id = toFlinkJobId(job.id);
  const first = await rest.restarts(id);
  const hasRestarted = (job.observed?.counter ?? 0) > 0;
  if (first.kind !== 'done' || first.value !== undefined || !hasRestarted) return first;
  await wait(ASK_AGAIN_MS);
  return rest.restarts(id);
}

/** Flink's statuses from which a job never comes back. */
export function isOver(status: string): boolean {
  return ['FAILED', 'CANCELED', 'FINISHED'].includes(status);
}

/**
 * The newest checkpoint of a job that is over counts while it is there. That of a live job completed, also when a newer one has replaced it
 * since Flink wrote the statistics that it repeats: a fact about time, without a place.
 */
export function toCheckpoints(stats: CheckpointStats, ofEndedJob: boolean): SeenCheckpoints {
  const { latestCompleted: newest, latestSavepoint: savepoint } = stats;
  return {
    ...(stats.enabled ? {} : { off: true as const }),
    completed: newest === undefined ? 0 : stats.completedCount,
    ...(newest === undefined || (newest.discarded && ofEndedJob) ? {} : { newest: toSnapshot(newest) }),
    ...(stats.restored === undefined ? {} : { restored: stats.restored }),
    ...(savepoint?.isStop === true && savepoint.location !== undefined ? { stoppedWith: toSnapshot(savepoint) } : {}),
    ...(stats.patienceMs === undefined ? {} : { patienceMs: stats.patienceMs }),
  };
}

function toSnapshot({ id, location, triggeredAt, discarded }: Checkpoint): SeenSnapshot {
  return { id, at: triggeredAt, ...(location === undefined || discarded ? {} : { location }) };
}

/** How many are asked for, try by try: fewer where the answer may have been too long. */
const EXCEPTIONS_ASKED = [10, 10, 1, 1];
const LINES_KEPT = 50;

async function exceptionsOf(rest: FlinkRest, job: Job): Promise<Answer<readonly FlinkException[]>> {
  let answer: Answer<readonly FlinkException[]> | undefined;
  for (const howMany of EXCEPTIONS_ASKED) {
    if (answer !== undefined) await wait(ASK_AGAIN_MS);
    answer = await rest.exceptions(toFlinkJobId(job.id), howMany);
    if (answer.kind !== 'unavailable') break;
  }
  return answer as Answer<readonly FlinkException[]>;
}

function toSeen({ name, reason, stacktrace, at }: FlinkException): SeenException {
  return { name, reason, at, stacktrace: stacktrace.split('\n').slice(0, LINES_KEPT).join('\n') };
}

function failureOf([newest]: readonly FlinkException[]): { readonly reason: string; readonly text: string } {
  if (newest === undefined) return { reason: 'Flink reports the job as FAILED without a cause', text: '' };
  return { reason: newest.reason, text: newest.stacktrace };
}
