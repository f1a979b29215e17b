// What of the history goes. prune: of a Deployment, terminal Jobs and events beyond those that are kept (D31), never the Job that a start may
// restore from. What a deleted Job left on disk, and what this machine fetched for Jobs that need it no more, goes a little later, by `forgetDeleted`.
import { newestFor, usableOf } from '../domain/restore.ts';
import type { DeploymentId, JobId } from '../domain/ids.ts';
import { isTerminal, type Job } from '../domain/job.ts';
import type { Tx } from '../store/store.ts';
import type { ActivityDeps } from './deps.ts';

const AT_ONCE = 20;

/** Under the Deployment's lock. */
export async function prune({ store, policy }: ActivityDeps, tx: Tx, id: DeploymentId): Promise<void> {
  const usable = usableOf({ jobs: await store.jobs.ofDeployment(tx, id), savepoints: await store.savepoints.ofDeployment(tx, id) });
  const sources = (['LATEST_STATE', 'LATEST_SAVEPOINT'] as const).map((strategy) => newestFor(strategy, usable)?.jobId);
  await store.jobs.prune(tx, id, { keep: policy.keepJobs, except: sources.filter((jobId) => jobId !== undefined) });
  await store.events.prune(tx, id, policy.keepEvents);
}

/** What the audit log noted longer ago than it is kept. */
export async function pruneAuditLog({ store, policy }: ActivityDeps): Promise<void> {
  await store.transaction(async (tx) => store.auditLog.prune(tx, (await store.now(tx)) - policy.keepAuditMs));
}

/** Folders, logs and artifacts of deleted Jobs, some at a time. A Job whose files cannot be removed now is tried again. */
export async function forgetDeleted(deps: ActivityDeps): Promise<void> {
  const { store, flink, log } = deps;
  for (const jobId of await store.jobs.unforgotten(store.read, AT_ONCE)) {
    try {
      await flink.local.forget({ kind: 'job', jobId });
      await flink.artifacts.forget(jobId);
    } catch (error) {
      log.warn({ err: error, jobId }, 'the files of a deleted Job cannot be removed now');
      continue;
    }
    await store.transaction((tx) => store.jobs.forgotten(tx, jobId));
  }
  await forgetUnneeded(deps);
}

/** Other workers may have uploaded what this one fetched. A folder of a Job that this store does not know is left alone. */
async function forgetUnneeded(deps: ActivityDeps): Promise<void> {
  for (const jobId of await deps.flink.artifacts.fetched()) {
    const job = await deps.store.jobs.findById(deps.store.read, jobId);
    if (job !== undefined && !needsItsFile(job)) await forgetFetched(deps, jobId);
  }
}

/** A cluster of its own runs from the file; a shared one has it once it was uploaded. */
function needsItsFile(job: Job): boolean {
  return !isTerminal(job) && (job.place.kind !== 'session' || job.jarId === undefined);
}

/** What cannot be removed now is tried again by the next sweep. */
export async function forgetFetched({ flink, log }: ActivityDeps, jobId: JobId): Promise<void> {
  await flink.artifacts.forget(jobId).catch((error: unknown) => log.warn({ err: error, jobId }, 'a fetched artifact cannot be removed now'));
}
