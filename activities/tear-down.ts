// tearDown: frees what an ended Job holds (its own cluster, or its jar on a shared one) and only then makes it terminal.
import { closingOf } from '../domain/closing.ts';
import type { EventDraft } from '../domain/event.ts';
import type { JobId } from '../domain/ids.ts';
import { isTerminal, type Job } from '../domain/job.ts';
import type { Tx } from '../store/store.ts';
import type { ActivityDeps, Order } from './deps.ts';
import { tryAgain } from './failures.ts';
import { reachJob } from './reach.ts';
import { prune } from './prune.ts';
import { claim, liveJobOrThrow, record } from './turn.ts';

export async function tearDown(deps: ActivityDeps, order: Order & { readonly jobId: JobId }): Promise<void> {
  const { value: job, rowVersion } = await claim(deps, order, (tx) => liveJobOrThrow(deps, tx, order.jobId));
  if (isTerminal(job)) return;
  if (job.place.kind === 'local') await deps.flink.local.tearDown({ kind: 'job', jobId: job.id });
  if (job.place.kind === 'session') await deleteJars(deps, job);
  await record(deps, { ...order, rowVersion }, async (tx) => {
    await prune(deps, tx, order.id);
    await close(deps, tx, job);
  });
}

/**
 * Before a Job becomes terminal its jars are deleted: the recorded one, and what an attempt left that died between upload and record.
 * While the cluster does not answer, a Job that a run call may still reach stays open (design.md §4 rule 1).
 */
async function deleteJars(deps: ActivityDeps, job: Job): Promise<void> {
  if (job.artifact === undefined) return;
  const reach = await reachJob(deps, job);
  if (reach.kind === 'gone' || reach.kind === 'neverStarted') return;
  const jars = reach.kind === 'rest' ? await reach.rest.jars() : undefined;
  if (reach.kind !== 'rest' || jars?.kind !== 'done') {
    if (job.jarId === undefined) return;
    throw tryAgain('the cluster does not answer');
  }
  for (const { id } of jars.value.filter(({ id, name }) => id === job.jarId || name === `${job.id}.jar`)) {
    const answer = await reach.rest.deleteJar(id);
    if (answer.kind !== 'done') throw tryAgain(answer.reason);
  }
}

/** Writes the terminal state and its event. */
export async function close({ store }: ActivityDeps, tx: Tx, job: Job): Promise<void> {
  const now = await store.now(tx);
  const { state, failure } = closingOf(job, await store.savepoints.ofDeployment(tx, job.deploymentId));
  await failOpenSavepoints({ store }, tx, { job, now });
  await store.jobs.change(tx, job.id, { state, terminatedAt: now, ...(failure === undefined ? {} : { failure }) });
  if (failure === undefined) return;
  const event: EventDraft = { name: 'FAILED_CREATING_A_NEW_JOB', message: failure.reason, deploymentId: job.deploymentId, jobId: job.id };
  await store.events.append(tx, job.namespace, [event]);
}

/** A savepoint asked for while the Job was being torn down can no longer be taken. */
async function failOpenSavepoints({ store }: Pick<ActivityDeps, 'store'>, tx: Tx, { job, now }: { readonly job: Job; readonly now: number }): Promise<void> {
  const reason = 'the job ended before the savepoint was taken';
  for (const open of (await store.savepoints.ofDeployment(tx, job.deploymentId)).filter((s) => s.jobId === job.id && s.state === 'STARTED')) {
    await store.savepoints.change(tx, open.id, { state: 'FAILED', failure: { reason, message: reason, failedAt: now } });
  }
}
