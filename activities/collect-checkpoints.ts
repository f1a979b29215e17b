// collectCheckpoints: after a job ended and before anything is torn down, every checkpoint it left becomes a Savepoint of origin
// RETAINED_CHECKPOINT (D13), and a stop that failed but left a complete savepoint is put right (design.md §4 rule 2).
import { checkpointDirectoryOf } from '../domain/effective.ts';
import { toFlinkJobId, type JobId } from '../domain/ids.ts';
import type { Job } from '../domain/job.ts';
import type { Savepoint } from '../domain/savepoint.ts';
import type { FoundSnapshot } from '../flink/flink.ts';
import type { ActivityDeps, Order } from './deps.ts';
import { claim, liveJobOrThrow, record } from './turn.ts';

export async function collectCheckpoints(deps: ActivityDeps, order: Order & { readonly jobId: JobId }): Promise<{ readonly found: number }> {
  const { store, flink } = deps;
  const { value, rowVersion } = await claim(deps, order, async (tx, { id }) => ({
    job: await liveJobOrThrow(deps, tx, order.jobId),
    failedStops: (await store.savepoints.ofDeployment(tx, id)).filter((s) => s.jobId === order.jobId && s.origin === 'SUSPEND' && s.state === 'FAILED'),
  }));
  const { job, failedStops } = value;
  if (job.collected) return { found: 0 };
  const directory = checkpointDirectoryOf(job.flinkConfiguration);
  const found = directory === undefined ? [] : await flink.storage.listCheckpoints(directory, toFlinkJobId(job.id));
  const stops = await completeStops(deps, failedStops);
  await record(deps, { ...order, rowVersion }, async (tx) => {
    const now = await store.now(tx);
    for (const snapshot of found) {
      await store.savepoints.insert(tx, {
        id: store.newId<'SavepointId'>(),
        deploymentId: job.deploymentId,
        namespace: job.namespace,
        jobId: job.id,
        origin: 'RETAINED_CHECKPOINT',
        state: 'COMPLETED',
        format: 'CANONICAL',
        specVersion: job.specVersion,
        location: snapshot.location,
        capturedAt: clamp(job, snapshot, now),
        ...(snapshot.checkpointId === undefined ? {} : { checkpointId: snapshot.checkpointId }),
      });
    }
    for (const { savepoint, location } of stops) await store.savepoints.change(tx, savepoint.id, { state: 'COMPLETED', location });
    await store.jobs.change(tx, job.id, { collected: true, ...(found.length > 0 || stops.length > 0 ? { hadState: true } : {}) });
  });
  return { found: found.length + stops.length };
}

async function completeStops(
  { flink }: ActivityDeps,
  failedStops: readonly Savepoint[],
): Promise<readonly { readonly savepoint: Savepoint; readonly location: string }[]> {
  const looked = await Promise.all(
    failedStops.map(async (savepoint) => {
      const found = savepoint.targetDirectory === undefined ? undefined : await flink.storage.findSavepoint(savepoint.targetDirectory);
      return found === undefined ? [] : [{ savepoint, location: found.location }];
    }),
  );
  return looked.flat();
}

/** The moment a checkpoint was captured lies within the Job's life as drey saw it, whatever another machine's clock says. */
function clamp(job: Job, snapshot: FoundSnapshot, now: number): number {
  return Math.min(Math.max(snapshot.writtenAt, job.createdAt), now);
}
