// stopWithSavepoint and takeSavepoint: ask Flink for a savepoint under the trigger id that was stored before, so that a repeated
// request is the same request (`reference/flink.md` §2.4). What becomes of it is settle-savepoint.ts.
import { cancellationSignal } from '@temporalio/activity';
import { toFlinkJobId, toTriggerId } from '../domain/ids.ts';
import type { Job } from '../domain/job.ts';
import type { Savepoint } from '../domain/savepoint.ts';
import type { Answer } from '../flink/flink.ts';
import type { ActivityDeps } from './deps.ts';
import { moved, tryAgain } from './failures.ts';
import { reachJob } from './reach.ts';
import { settleSavepoint, type SavepointDeed, type Settled } from './settle-savepoint.ts';
import { claim, liveJobOrThrow, record } from './turn.ts';

export async function stopWithSavepoint(deps: ActivityDeps, order: SavepointDeed): Promise<Settled> {
  return requestSavepoint(deps, order, cancellationSignal());
}

export async function takeSavepoint(deps: ActivityDeps, order: SavepointDeed): Promise<Settled> {
  return requestSavepoint(deps, order, cancellationSignal());
}

/** Claims, sends, and looks for a short while. */
export async function requestSavepoint(deps: ActivityDeps, order: SavepointDeed, signal: AbortSignal): Promise<Settled> {
  const claimed = await claimRequest(deps, order);
  if (claimed.value.savepoint.state !== 'STARTED') return 'settled';
  const answer = await trigger(deps, claimed.value);
  if (answer.kind === 'unavailable') throw tryAgain(answer.reason);
  if (answer.kind === 'rejected') {
    await refuse(deps, { ...order, rowVersion: claimed.rowVersion }, answer);
    return 'settled';
  }
  return settleSavepoint(deps, order, signal);
}

async function claimRequest(
  deps: ActivityDeps,
  order: SavepointDeed,
): Promise<{ readonly value: { readonly job: Job; readonly savepoint: Savepoint }; readonly rowVersion: number }> {
  const { store } = deps;
  return claim(deps, order, async (tx, deployment) => {
    const job = await liveJobOrThrow(deps, tx, order.jobId);
    const before = await store.savepoints.findById(tx, order.savepointId);
    if (before === undefined) throw moved();
    if (before.state !== 'STARTED' || before.triggered) return { job, savepoint: before };
    const savepoint = await store.savepoints.change(tx, before.id, { triggered: true, capturedAt: await store.now(tx) });
    const suspends = savepoint.origin === 'SUSPEND';
    const message = `${suspends ? 'stop-with-savepoint' : 'savepoint'} sent to Flink as ${toTriggerId(savepoint.id)}`;
    const name = 'SUCCESSFULLY_TRIGGERED_A_SAVEPOINT';
    const waits = suspends ? 'AWAITING_SAVEPOINT_COMPLETION_TO_TRANSITION_TO_SUSPENDED' : 'AWAITING_FOR_A_SAVEPOINT_TO_COMPLETE';
    // A request that never arrived is sent again under the same id: the same attempt, told of once.
    const told = await store.events.list(tx, deployment.namespace, { jobId: job.id });
    if (told.some((event) => event.name === name && event.savepointId === savepoint.id)) return { job, savepoint };
    const about = { deploymentId: deployment.id, jobId: job.id, savepointId: savepoint.id };
    await store.events.append(tx, deployment.namespace, [
      { name, message, ...about },
      { name: waits, message: 'Flink takes it', ...about },
    ]);
    return { job, savepoint };
  });
}

/** Sends the request; safe to repeat. */
export async function trigger(deps: ActivityDeps, { job, savepoint }: { readonly job: Job; readonly savepoint: Savepoint }): Promise<Answer<true>> {
  const reach = await reachJob(deps, job);
  if (reach.kind === 'gone') return { kind: 'done', value: true };
  if (reach.kind !== 'rest') return { kind: 'unavailable', reason: 'the cluster does not answer', mayHaveArrived: false };
  const order = { triggerId: toTriggerId(savepoint.id), targetDirectory: savepoint.targetDirectory ?? '', format: savepoint.format };
  const id = toFlinkJobId(job.id);
  return savepoint.origin === 'SUSPEND' ? reach.rest.stop(id, order) : reach.rest.savepoint(id, order);
}

async function refuse(
  deps: ActivityDeps,
  order: SavepointDeed & { readonly rowVersion: number },
  answer: Extract<Answer<true>, { kind: 'rejected' }>,
): Promise<void> {
  const { store } = deps;
  await record(deps, order, async (tx, deployment) => {
    const failure = { reason: answer.reason, message: answer.text, failedAt: await store.now(tx) };
    await store.savepoints.change(tx, order.savepointId, { state: 'FAILED', failure });
    await store.events.append(tx, deployment.namespace, [
      {
        name: 'AN_UN_RECOVERABLE_FAILURE_WHILE_TRIGGERING_A_SAVEPOINT',
        message: answer.reason,
        deploymentId: deployment.id,
        jobId: order.jobId,
        savepointId: order.savepointId,
      },
    ]);
  });
}
