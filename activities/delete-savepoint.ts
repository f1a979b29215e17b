// deleteSavepoint: takes a Savepoint away, and its data where it is drey's and nobody else refers to it. May run twice: what is DELETING is
// deleted again. Never touches data that a live Job or another COMPLETED Savepoint, of any Deployment, refers to.
import { ownsData, startedFrom } from '../domain/deletion.ts';
import type { EventDraft } from '../domain/event.ts';
import type { SavepointId } from '../domain/ids.ts';
import type { Savepoint } from '../domain/savepoint.ts';
import type { Tx } from '../store/store.ts';
import type { ActivityDeps, Order } from './deps.ts';
import { moved } from './failures.ts';
import { claim, record } from './turn.ts';

export type DeletionDeed = Order & { readonly savepointId: SavepointId };

/** What becomes of the data: decided under the lock, right before anything is removed. */
type Fate =
  | { readonly kind: 'remove'; readonly location: string }
  | { readonly kind: 'leave'; readonly because: string }
  | { readonly kind: 'refuse'; readonly because: string };

export async function deleteSavepoint(deps: ActivityDeps, order: DeletionDeed): Promise<void> {
  const { value: fate, rowVersion } = await claim(deps, order, (tx) => claimDeletion(deps, tx, order));
  if (fate.kind !== 'remove') return;
  const failure = await failureOf(deps.flink.storage.remove(fate.location));
  const outcome = failure === undefined ? { gone: 'its data was removed' } : { failed: failure };
  await record(deps, { ...order, rowVersion }, (tx) => conclude(deps, tx, { ...order, ...outcome }));
}

/**
 * The row is changed first: from then on nobody registers its location as another Savepoint (`holdAt`), so whoever is not seen now comes
 * too late. Savepoints are read before Jobs: one that goes meanwhile may have started a Job, but never the other way round.
 */
async function claimDeletion(deps: ActivityDeps, tx: Tx, order: DeletionDeed): Promise<Fate> {
  const { store } = deps;
  const before = await store.savepoints.findById(tx, order.savepointId);
  if (before?.state !== 'PENDING_DELETION' && before?.state !== 'DELETING') throw moved();
  const savepoint = await store.savepoints.change(tx, before.id, { state: 'DELETING' });
  const fate = await fateOf(deps, tx, savepoint);
  if (fate.kind === 'leave') await conclude(deps, tx, { ...order, gone: fate.because });
  if (fate.kind === 'refuse') await conclude(deps, tx, { ...order, failed: fate.because });
  return fate;
}

async function fateOf({ store }: ActivityDeps, tx: Tx, savepoint: Savepoint): Promise<Fate> {
  const { location, origin } = savepoint;
  const user = startedFrom(await store.jobs.ofDeployment(tx, savepoint.deploymentId), savepoint);
  if (user !== undefined) return { kind: 'refuse', because: `Job ${user.id} was started from it and has not ended` };
  if (location === undefined) return { kind: 'leave', because: 'it had no data' };
  if (origin === 'COPIED') return { kind: 'leave', because: 'its data stays: it was registered and is not ours to remove' };
  const [other] = await store.savepoints.completedAt(tx, location);
  if (other !== undefined) return { kind: 'leave', because: `its data stays: Savepoint ${other.id} refers to it` };
  const [job] = await store.jobs.liveFrom(tx, location);
  if (job !== undefined) return { kind: 'leave', because: `its data stays: Job ${job.id} was started from it` };
  if (!ownsData(savepoint))
    return { kind: 'refuse', because: 'its data does not lie where it was asked for, so it is not removed; force=true removes the Savepoint alone' };
  return { kind: 'remove', location };
}

type Conclusion = DeletionDeed & ({ readonly gone: string } | { readonly failed: string });

/** The row may be gone: a user forced it meanwhile. */
async function conclude({ store }: ActivityDeps, tx: Tx, conclusion: Conclusion): Promise<void> {
  const savepoint = await store.savepoints.findById(tx, conclusion.savepointId);
  if (savepoint === undefined) return;
  if ('gone' in conclusion) {
    await store.savepoints.delete(tx, savepoint.id);
    await store.events.append(tx, savepoint.namespace, [about(savepoint, `the Savepoint was deleted; ${conclusion.gone}`)]);
    return;
  }
  const failure = { reason: conclusion.failed, message: conclusion.failed, failedAt: await store.now(tx) };
  await store.savepoints.change(tx, savepoint.id, { state: 'FAILED_DELETION', failure });
  await store.events.append(tx, savepoint.namespace, [about(savepoint, `the Savepoint could not be deleted: ${conclusion.failed}`)]);
}

function about({ id, deploymentId, jobId }: Savepoint, message: string): EventDraft {
  return { name: 'EXTERNAL', message, deploymentId, savepointId: id, ...(jobId === undefined ? {} : { jobId }) };
}

async function failureOf(work: Promise<void>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
