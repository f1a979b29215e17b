// What each Step brings about where everything works, as a new view: for foresee.ts. The rows it makes are those of intent.ts, how a
// Job closes is closing.ts; nothing is decided here.
import { assertNever } from './assert-never.ts';
import { closingOf } from './closing.ts';
import type { JobId, SavepointId } from './ids.ts';
import { type Decided, jobToMake, markOfCancel, markOfTearDown, suspensionToMake } from './intent.ts';
import type { Failure, Job, SeenSnapshot } from './job.ts';
import { isVoid, keepsCheckpoints } from './restore.ts';
import type { Savepoint } from './savepoint.ts';
import type { Step } from './step.ts';
import type { Look, LookAtJob, View } from './view.ts';

/** Stands where the place of a snapshot is not known before it is taken. */
export const TO_COME = 'to come';

const NOTHING: Look = { kind: 'nothing' };
const DIRECTORIES = { savepoints: TO_COME, checkpoints: TO_COME, archive: TO_COME };

export type Deed = Exclude<Step, { kind: 'rest' | 'giveUp' | 'pause' }>;

/** The view after the deed. `decided.view` stays as it is. */
export function expected(decided: Decided, step: Deed): View {
  const { view } = decided;
  if (step.kind === 'deleteSavepoint') return { ...view, savepoints: view.savepoints.filter((s) => s.id !== step.savepointId) };
  const job = view.jobs.find((each) => each.id === step.jobId);
  if (step.kind === 'fetchArtifact') return withArtifact(decided, step);
  if (step.kind === 'endStray') return { ...view, strays: (view.strays ?? []).filter((id) => id !== step.jobId) };
  if (job === undefined) return view;
  return ofLiveJob(decided, step, job);
}

function ofLiveJob(decided: Decided, step: Exclude<Deed, { kind: 'fetchArtifact' | 'endStray' | 'deleteSavepoint' }>, job: Job): View {
  const { view } = decided;
  switch (step.kind) {
    case 'submitJob':
      return { ...changeJob(view, job.id, { submit: 'ACCEPTED', openCalls: 0 }), look: runningAsMeant(view, job) };
    case 'burnJobId':
      return changeJob({ ...view, look: over('FAILED') }, job.id, { submit: 'ACCEPTED', openCalls: 0, cancelling: 'NEVER_RAN', state: 'TERMINATING' });
    case 'awaitRunning':
    case 'ensureCluster':
      return { ...view, look: runningAsMeant(view, job) };
    case 'stopWithSavepoint':
      return { ...completed(withSuspension(decided, step), step.savepointId), look: over('FINISHED') };
    case 'takeSavepoint':
      return completed(triggered(decided, step.savepointId), step.savepointId);
    case 'awaitSavepoint':
      return awaited(decided, job, step.savepointId);
    case 'cancelJob':
      return { ...changeJob(view, job.id, markOfCancel(decided, step)), look: cancelled(view, step.force === true) };
    case 'awaitEnd':
      return { ...view, look: over(view.look.kind === 'job' && view.look.status === 'FAILING' ? 'FAILED' : 'CANCELED') };
    case 'collectCheckpoints':
      return collected(decided, job);
    case 'tearDown':
      return tornDown(decided, job);
    default:
      return assertNever(step);
  }
}

function changeJob(view: View, id: JobId, change: Partial<Job>): View {
  return { ...view, jobs: view.jobs.map((job) => (job.id === id ? { ...job, ...change } : job)) };
}

function changeSavepoint(view: View, id: SavepointId, change: Partial<Savepoint>): View {
  return { ...view, savepoints: view.savepoints.map((s) => (s.id === id ? { ...s, ...change } : s)) };
}

function over(status: 'CANCELED' | 'FINISHED' | 'FAILED'): LookAtJob {
  return { kind: 'job', status, tasks: { total: 1, running: 0, finished: 0 }, restarts: 0, missingTaskManagers: 0 };
}

/** All tasks run, on what the Job names. */
function runningAsMeant({ look }: View, job: Job): LookAtJob {
  const restarts = job.observed?.counter ?? job.observed?.restarts ?? 0;
  const known = look.kind === 'job' && look.checkpoints !== undefined ? look.checkpoints : { completed: 0 };
  const { restored: _, ...checkpoints } = known;
  const restored = job.restore === undefined ? {} : { restored: { location: job.restore.location, isSavepoint: true } };
  const tasks = { total: 1, running: 1, finished: 0 };
  return { kind: 'job', status: 'RUNNING', tasks, restarts, missingTaskManagers: 0, checkpoints: { ...checkpoints, ...restored } };
}

/** A job that no look showed is ended with its cluster. */
function cancelled({ look }: View, force: boolean): Look {
  if (!force && look.kind === 'job') return over('CANCELED');
  return { kind: 'gone', reason: 'its cluster was removed', text: '' };
}

function withArtifact({ view, now }: Decided, step: Extract<Step, { kind: 'fetchArtifact' }>): View {
  const times = { createdAt: now, modifiedAt: now, resourceVersion: 1 };
  const begun = { state: 'STARTING', submit: 'NOT_YET', openCalls: 0, collected: false, stable: false, restoreChecked: false, hadState: false } as const;
  const made = step.create === undefined ? view : { ...view, jobs: [{ ...jobToMake(view, step, DIRECTORIES), ...begun, ...times }, ...view.jobs] };
  const artifact = { path: TO_COME, sha256: '', bytes: 0, dependencies: [], fetchedAt: now };
  return { ...changeJob(made, step.jobId, { artifact, jarId: TO_COME }), look: NOTHING };
}

function withSuspension(decided: Decided, step: Extract<Step, { kind: 'stopWithSavepoint' }>): View {
  const { view, now } = decided;
  if (view.savepoints.some((s) => s.id === step.savepointId)) return triggered(decided, step.savepointId);
  const times = { createdAt: now, modifiedAt: now, resourceVersion: 1 };
  return { ...view, savepoints: [{ ...suspensionToMake(decided, step, TO_COME), triggered: true, ...times }, ...view.savepoints] };
}

/** Its state counts from the moment it is sent to Flink (D19). */
function triggered({ view, now }: Decided, id: SavepointId): View {
  const isSent = view.savepoints.some((s) => s.id === id && s.triggered);
  return isSent ? view : changeSavepoint(view, id, { triggered: true, capturedAt: now });
}

function completed(view: View, id: SavepointId): View {
  const savepoint = view.savepoints.find((s) => s.id === id);
  return changeSavepoint(view, id, { state: 'COMPLETED', triggered: true, location: savepoint?.location ?? TO_COME });
}

/** One under way completes, and a stop ends the job; of a job that ended before, only the stop that Flink says ended it completes. */
function awaited({ view, now }: Decided, job: Job, id: SavepointId): View {
  const savepoint = view.savepoints.find((s) => s.id === id);
  const isStop = savepoint?.origin === 'SUSPEND';
  if (job.end === undefined) return { ...completed(view, id), ...(isStop ? { look: over('FINISHED') } : {}) };
  if (isStop && savepoint.triggered && job.end.how === 'FINISHED' && job.end.stoppedWith !== undefined) return completed(view, id);
  return changeSavepoint(view, id, { state: 'FAILED', failure: tooEarly(now) });
}

function tooEarly(failedAt: number): Failure {
  const reason = 'the job ended before the savepoint was taken';
  return { reason, message: reason, failedAt };
}

/** What the Job's retention keeps becomes a Savepoint (D13), and so does that of a stop by somebody else (D26). */
function collected(decided: Decided, job: Job): View {
  const { view } = decided;
  const left = snapshotLeft(decided, job);
  const savepoints = left === undefined ? view.savepoints : [left, ...view.savepoints];
  return { ...changeJob(view, job.id, { collected: true, ...(left === undefined ? {} : { hadState: true }) }), savepoints, look: NOTHING };
}

function snapshotLeft({ view, now }: Decided, job: Job): Savepoint | undefined {
  const { id: jobId, deploymentId, namespace, specVersion, end } = job;
  const stopped = end?.how === 'FINISHED' ? end.stoppedWith : undefined;
  const newest = newestOf(view, job);
  const keeps = (job.hadState || newest !== undefined) && !isVoid(job) && end?.how !== 'FINISHED' && keepsCheckpoints(job);
  if (stopped === undefined && !keeps) return undefined;
  const snapshot = stopped ?? newest;
  const known = view.savepoints.some((s) => s.jobId === jobId && s.checkpointId !== undefined && s.checkpointId === snapshot?.id);
  if (known) return undefined;
  const capturedAt = snapshot?.at ?? now;
  return {
    id: view.fresh.savepointId,
    deploymentId,
    namespace,
    jobId,
    origin: stopped === undefined ? 'RETAINED_CHECKPOINT' : 'COPIED',
    state: 'COMPLETED',
    triggered: true,
    location: snapshot?.location ?? TO_COME,
    format: 'CANONICAL',
    ...(snapshot === undefined ? {} : { checkpointId: snapshot.id }),
    capturedAt,
    specVersion,
    createdAt: capturedAt,
    modifiedAt: now,
    resourceVersion: 1,
  };
}

/** What Flink tells at the end counts besides what was known before. */
function newestOf({ look }: View, { newestCheckpoint: known }: Job): SeenSnapshot | undefined {
  const told = look.kind === 'job' ? look.checkpoints?.newest : undefined;
  return told === undefined || (known !== undefined && known.id >= told.id) ? known : told;
}

function tornDown(decided: Decided, before: Job): View {
  const { view, now } = decided;
  const job = { ...before, ...markOfTearDown(decided, before) };
  const { state, failure } = closingOf(job, view.savepoints);
  const isOpen = (s: Savepoint): boolean => s.jobId === job.id && s.state === 'STARTED';
  const savepoints = view.savepoints.map((s): Savepoint => (isOpen(s) ? { ...s, state: 'FAILED', failure: tooEarly(now) } : s));
  const closed = { ...job, state, terminatedAt: now, ...(failure === undefined ? {} : { failure }) };
  return { ...view, jobs: view.jobs.map((each) => (each.id === job.id ? closed : each)), savepoints, look: NOTHING };
}
