// What became of a savepoint that was asked for: COMPLETED only with its data in place, FAILED only when it can no longer appear.
// A stop counts as COMPLETED once its job is over as well (`reference/flink.md` §2.5).
import { cancellationSignal } from '@temporalio/activity';
import { assertNever } from '../domain/assert-never.ts';
import { toFlinkJobId, toTriggerId, type JobId, type SavepointId } from '../domain/ids.ts';
import { withSeenCheckpoint } from '../domain/assemble-view.ts';
import type { Job } from '../domain/job.ts';
import { restoredTooOldAt } from '../domain/learn.ts';
import type { Instant } from '../domain/instant.ts';
import { normaliseLocation } from '../domain/location.ts';
import { awaitedEnd } from '../domain/narrate.ts';
import type { Savepoint } from '../domain/savepoint.ts';
import type { FlinkRest, SavepointProgress } from '../flink/flink.ts';
import type { EventName } from '../domain/event.ts';
import type { ActivityDeps, Order } from './deps.ts';
import { moved, notYet, tryAgain } from './failures.ts';
import { lookAtJob } from './look-at-job.ts';
import { lookUntil } from './look-until.ts';
import { reachJob } from './reach.ts';
import { claim } from './turn.ts';

export type SavepointDeed = Order & { readonly jobId: JobId; readonly savepointId: SavepointId };
/** `pending`: Flink is still at it; wait with awaitSavepoint. */
export type Settled = 'settled' | 'pending';

type Outcome =
  | { readonly kind: 'completed'; readonly location: string }
  /** `voidSince`: since when the job ran on older state than is known, where that is why. */
  | { readonly kind: 'failed'; readonly reason: string; readonly text: string; readonly event: EventName; readonly voidSince?: Instant }
  | { readonly kind: 'pending' }
  /** Flink never got the request, and the same JobManager lives: send it again. */
  | { readonly kind: 'sendAgain' };

/** awaitSavepoint: looks for a short while; "not yet" brings it back later. */
export async function awaitSavepoint(deps: ActivityDeps, order: SavepointDeed): Promise<Settled> {
  if ((await settleSavepoint(deps, order, cancellationSignal())) === 'pending') throw notYet('the savepoint is not complete yet');
  return 'settled';
}

export async function settleSavepoint(deps: ActivityDeps, order: SavepointDeed, signal: AbortSignal): Promise<Settled> {
  const { store } = deps;
  const job = await store.jobs.findById(store.read, order.jobId);
  const savepoint = await store.savepoints.findById(store.read, order.savepointId);
  if (job === undefined || savepoint === undefined) throw moved();
  if (savepoint.state !== 'STARTED') return 'settled';
  const outcome = await lookUntil(
    () => ask(deps, job, savepoint),
    (seen) => seen.kind !== 'pending',
    signal,
  );
  if (outcome === undefined || outcome.kind === 'pending') return 'pending';
  if (outcome.kind === 'sendAgain') {
    await claim(deps, order, (tx) => store.savepoints.change(tx, savepoint.id, { triggered: false }));
    return 'settled';
  }
  await write(deps, { ...order, savepoint }, outcome);
  return 'settled';
}

async function ask(deps: ActivityDeps, job: Job, savepoint: Savepoint): Promise<Outcome> {
  if (job.end !== undefined && !savepoint.triggered)
    return fail('the job ended before the savepoint was taken', 'TRANSITIONING_TO_FAILED_STATE_BECAUSE_OF_A_MISSING_JOB');
  const reach = await reachJob(deps, job);
  if (reach.kind === 'gone' || reach.kind === 'neverStarted') return ofDirectory(deps, savepoint, 'the JobManager is gone and left no complete savepoint');
  if (reach.kind !== 'rest') throw tryAgain('the cluster does not answer');
  const answer = await reach.rest.savepointProgress(toFlinkJobId(job.id), toTriggerId(savepoint.id));
  if (answer.kind === 'unavailable') throw tryAgain(answer.reason);
  if (answer.kind === 'rejected') return fail(answer.reason, 'TRANSITIONING_TO_FAILED_STATE_BECAUSE_SAVEPOINT_FAILED_IN_FLINK');
  return ofProgress(deps, { job, savepoint, rest: reach.rest }, answer.value);
}

interface Asked {
  readonly job: Job;
  readonly savepoint: Savepoint;
  readonly rest: FlinkRest;
}

async function ofProgress(deps: ActivityDeps, asked: Asked, progress: SavepointProgress): Promise<Outcome> {
  const { savepoint } = asked;
  switch (progress.kind) {
    case 'inProgress':
      return { kind: 'pending' };
    case 'completed':
      return savepoint.origin === 'SUSPEND' ? ofStop(deps, asked, progress.location) : { kind: 'completed', location: progress.location };
    case 'failed':
      return ofFailure(deps, asked, progress);
    case 'unknownTrigger':
      return (await isOver(asked))
        ? ofDirectory(deps, savepoint, 'Flink no longer knows the request and there is no complete savepoint')
        : { kind: 'sendAgain' };
    default:
      return assertNever(progress);
  }
}

/** A JobManager may have begun again between the last look and the request: what it ran by then is not the newest state (scenario D13). */
async function ofStop(deps: ActivityDeps, asked: Asked, location: string): Promise<Outcome> {
  if (!(await isOver(asked))) return { kind: 'pending' };
  const seen = await deps.store.observations.ofDeployment(deps.store.read, asked.savepoint.deploymentId);
  // What it restored it restored long ago.
  const look = await lookAtJob(deps, asked.job, 'shown');
  const voidSince = asked.job.voidSince ?? (look.kind === 'job' ? restoredTooOldAt(withSeenCheckpoint(asked.job, seen), look) : undefined);
  if (voidSince === undefined) return { kind: 'completed', location };
  const reason = `its JobManager was started again and had restored older state than is known; what it stopped with is at ${location} and not used`;
  const event = 'TRANSITIONING_TO_FAILED_STATE_BECAUSE_SAVEPOINT_FAILED_IN_FLINK';
  return { kind: 'failed', reason, text: reason, event, voidSince };
}

/** A failed stop may have left a good savepoint and a failed job (`reference/flink.md` §2.5). */
async function ofFailure(deps: ActivityDeps, asked: Asked, progress: Extract<SavepointProgress, { kind: 'failed' }>): Promise<Outcome> {
  const { job } = asked;
  const { location } = progress;
  if (location !== undefined && (await deps.flink.storage.exists(location))) {
    return (await isOver(asked)) ? { kind: 'completed', location } : { kind: 'pending' };
  }
  const hasNoJob = job.end?.how === 'CANCELED' || job.end?.how === 'GONE';
  const because = hasNoJob ? 'OF_A_MISSING_JOB' : 'SAVEPOINT_FAILED_IN_FLINK';
  return { kind: 'failed', reason: progress.reason, text: progress.text, event: `TRANSITIONING_TO_FAILED_STATE_BECAUSE_${because}` };
}

async function isOver({ rest, job }: Asked): Promise<boolean> {
  if (job.end !== undefined) return true;
  const answer = await rest.job(toFlinkJobId(job.id));
  return answer.kind === 'done' && (answer.value === undefined || ['FINISHED', 'FAILED', 'CANCELED'].includes(answer.value.status));
}

async function ofDirectory({ flink }: ActivityDeps, savepoint: Savepoint, otherwise: string): Promise<Outcome> {
  const found = savepoint.targetDirectory === undefined ? undefined : await flink.storage.findSavepoint(savepoint.targetDirectory);
  return found === undefined ? fail(otherwise, 'TRANSITIONING_TO_FAILED_STATE_BECAUSE_OF_A_MISSING_JOB') : { kind: 'completed', location: found.location };
}

function fail(reason: string, event: EventName): Outcome {
  return { kind: 'failed', reason, text: reason, event };
}

const SUSPENDED = [
  { name: 'FOUND_A_COMPLETED_SAVEPOINT_READY_FOR_SUSPENSION', message: 'the job stopped with this savepoint' },
  { name: 'FOUND_A_JOB_TO_TERMINATE', message: 'what the job still holds is freed' },
] as const;

async function write(
  deps: ActivityDeps,
  order: SavepointDeed & { readonly savepoint: Savepoint },
  outcome: Extract<Outcome, { kind: 'completed' | 'failed' }>,
): Promise<void> {
  const { store } = deps;
  const { savepoint } = order;
  await claim(deps, order, async (tx, deployment) => {
    const current = await store.savepoints.findById(tx, savepoint.id);
    if (current?.state !== 'STARTED') throw moved();
    const about = { deploymentId: deployment.id, jobId: order.jobId, savepointId: savepoint.id };
    if (outcome.kind === 'failed') {
      const failure = { reason: outcome.reason, message: outcome.text, failedAt: await store.now(tx) };
      await store.savepoints.change(tx, savepoint.id, { state: 'FAILED', failure });
      if (outcome.voidSince !== undefined) await store.jobs.change(tx, order.jobId, { voidSince: outcome.voidSince });
      await store.events.append(tx, deployment.namespace, [{ name: outcome.event, message: outcome.reason, ...about }]);
      return;
    }
    const job = await store.jobs.findById(tx, order.jobId);
    await store.savepoints.change(tx, savepoint.id, { state: 'COMPLETED', location: normaliseLocation(outcome.location) });
    await store.events.append(tx, deployment.namespace, [
      { name: 'TRANSITIONED_TO_COMPLETED', message: 'the savepoint is complete', ...about },
      ...(savepoint.origin === 'SUSPEND' ? SUSPENDED.map((event) => ({ ...event, ...about })) : []),
      ...(savepoint.origin === 'SUSPEND' && job !== undefined ? awaitedEnd(job).map((event) => ({ ...event, ...about })) : []),
    ]);
  });
}
