// Writes what a Step intends before it is done: the Job or Savepoint row with its Flink id, or the mark of a cancel.
// A Step that finds its intent recorded writes nothing. What each Step intends is domain/intent.ts.
import type { JobDirectories } from '../domain/effective.ts';
import { parseId, type JobId } from '../domain/ids.ts';
import { type Decided, jobToMake, markOfCancel, markOfTearDown, suspensionToMake } from '../domain/intent.ts';
import type { View } from '../domain/view.ts';
import type { NewJob, Tx } from '../store/store.ts';
import type { ActivityDeps } from './deps.ts';
import { moved } from './failures.ts';

export async function intend(deps: ActivityDeps, tx: Tx, decided: Decided): Promise<void> {
  const { view, step } = decided;
  const { store, flink } = deps;
  switch (step.kind) {
    case 'fetchArtifact':
      if (step.create !== undefined) await createJob(deps, tx, jobToMake(view, step, directoriesOf(deps, view, step.jobId)));
      return;
    case 'stopWithSavepoint': {
      const { id, namespace } = view.deployment;
      const directory = flink.storage.savepointDirectory(namespace, id, step.savepointId);
      if (!view.savepoints.some((s) => s.id === step.savepointId)) await store.savepoints.insert(tx, suspensionToMake(decided, step, directory));
      return;
    }
    case 'cancelJob':
      await store.jobs.change(tx, step.jobId, markOfCancel(decided, step));
      return;
    case 'deleteSavepoint':
      // Retention found it; a user's deletion was marked by the request.
      if (view.savepoints.some((s) => s.id === step.savepointId && s.state === 'COMPLETED'))
        await store.savepoints.change(tx, step.savepointId, { state: 'PENDING_DELETION' });
      return;
    case 'tearDown': {
      const job = view.jobs.find((j) => j.id === step.jobId);
      if (job !== undefined) await store.jobs.change(tx, job.id, markOfTearDown(decided, job));
      return;
    }
    default:
      return;
  }
}

/** Under the lock of its session cluster, which may not begin to stop meanwhile. */
async function createJob({ store }: ActivityDeps, tx: Tx, job: NewJob): Promise<void> {
  if (job.place.kind === 'session') {
    const cluster = await store.sessionClusters.lock(tx, job.place.sessionClusterId);
    if (cluster?.spec.state !== 'RUNNING') throw moved();
  }
  await store.jobs.insert(tx, job);
}

function directoriesOf({ flink }: ActivityDeps, { deployment }: View, jobId: JobId): JobDirectories {
  const { id, namespace } = deployment;
  return {
    savepoints: flink.storage.savepointDirectory(namespace, id, parseId<'SavepointId'>(jobId)),
    checkpoints: flink.storage.checkpointDirectory(namespace, id),
    archive: flink.storage.archiveDirectory(namespace, id, jobId),
  };
}
