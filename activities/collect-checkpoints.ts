// collectCheckpoints: after a job ended and before anything is torn down, every checkpoint it left becomes a Savepoint of origin
// RETAINED_CHECKPOINT (D13), a stop that failed but left a complete savepoint is put right (design.md §4 rule 2), and a savepoint with
// which somebody else stopped the job is registered (D26). Only what is there counts; storage that cannot be read is not empty.
import { type JobId } from '../domain/ids.ts';
import type { Job } from '../domain/job.ts';
import { liesIn } from '../domain/location.ts';
import type { Savepoint } from '../domain/savepoint.ts';
import type { NewSavepoint, Tx } from '../store/store.ts';
import type { ActivityDeps, Order } from './deps.ts';
import { type LeftCheckpoint, findLeftCheckpoints } from './find-left-checkpoints.ts';
import { claim, liveJobOrThrow, record } from './turn.ts';

export async function collectCheckpoints(deps: ActivityDeps, order: Order & { readonly jobId: JobId }): Promise<{ readonly found: number }> {
  const { store } = deps;
  const { value, rowVersion } = await claim(deps, order, async (tx, { id }) => ({
    job: await liveJobOrThrow(deps, tx, order.jobId),
    stops: (await store.savepoints.ofDeployment(tx, id)).filter((s) => s.jobId === order.jobId && s.origin === 'SUSPEND'),
    seen: (await store.observations.ofDeployment(tx, id)).find(({ jobId }) => jobId === order.jobId)?.checkpoint,
  }));
  const { job, stops, seen } = value;
  if (job.collected) return { found: 0 };
  const left = await findLeftCheckpoints(deps, job, seen);
  // A job that went back in time stopped with that (scenario D13).
  const isOld = job.voidSince !== undefined;
  const completed = isOld ? [] : await completeStops(deps, stops);
  const foreign = isOld ? [] : await foreignStop(deps, job, stops);
  const found = left.length + completed.length + foreign.length;
  await record(deps, { ...order, rowVersion }, async (tx) => {
    for (const snapshot of left) await register(deps, tx, { job, snapshot, origin: 'RETAINED_CHECKPOINT' });
    for (const snapshot of foreign) await register(deps, tx, { job, snapshot, origin: 'COPIED' });
    for (const { savepoint, location } of completed) await store.savepoints.change(tx, savepoint.id, { state: 'COMPLETED', location });
    await store.jobs.change(tx, job.id, { collected: true, ...(found > 0 ? { hadState: true } : {}) });
  });
  return { found };
}

interface Found {
  readonly job: Job;
  readonly snapshot: LeftCheckpoint;
  readonly origin: NewSavepoint['origin'];
}

async function register({ store }: ActivityDeps, tx: Tx, { job, snapshot, origin }: Found): Promise<void> {
  const { id: jobId, deploymentId, namespace, specVersion } = job;
  const { location, id: checkpointId } = snapshot;
  // Its moment lies within the Job's life as drey saw it, whatever another machine's clock says.
  const capturedAt = Math.min(Math.max(snapshot.at, job.createdAt), await store.now(tx));
  const id = store.newId<'SavepointId'>();
  const about = { id, deploymentId, namespace, jobId, specVersion, location, checkpointId, capturedAt };
  await store.savepoints.insert(tx, { ...about, origin, state: 'COMPLETED', format: 'CANONICAL' });
}

async function completeStops(
  { flink }: ActivityDeps,
  stops: readonly Savepoint[],
): Promise<readonly { readonly savepoint: Savepoint; readonly location: string }[]> {
  const failed = stops.filter(({ state }) => state === 'FAILED');
  const looked = await Promise.all(
    failed.map(async (savepoint) => {
      const found = savepoint.targetDirectory === undefined ? undefined : await flink.storage.findSavepoint(savepoint.targetDirectory);
      return found === undefined ? [] : [{ savepoint, location: found.location }];
    }),
  );
  return looked.flat();
}

/** The savepoint of a stop that drey did not ask for. */
async function foreignStop({ flink }: ActivityDeps, { end }: Job, stops: readonly Savepoint[]): Promise<readonly LeftCheckpoint[]> {
  if (end?.how !== 'FINISHED' || end.stoppedWith?.location === undefined) return [];
  const { id, at, location } = end.stoppedWith;
  if (stops.some(({ targetDirectory }) => targetDirectory !== undefined && liesIn(location, targetDirectory))) return [];
  return !flink.storage.sees(location) || (await flink.storage.exists(location)) ? [{ id, at, location }] : [];
}
