// cancelJob: ends a Job without a savepoint. Only the reasons of `CancelReason` allow it, and the decision has recorded which.
import { toFlinkJobId, type JobId } from '../domain/ids.ts';
import type { ActivityDeps, Order } from './deps.ts';
import { tryAgain } from './failures.ts';
import { lookAtJob } from './look-at-job.ts';
import { reachJob } from './reach.ts';
import { claim, liveJobOrThrow } from './turn.ts';

/** `force`: its cluster did not answer for the force time; the processes are ended instead. */
export async function cancelJob(deps: ActivityDeps, order: Order & { readonly jobId: JobId; readonly force?: true }): Promise<void> {
  const { value: job } = await claim(deps, order, (tx) => liveJobOrThrow(deps, tx, order.jobId));
  if (job.cancelling === undefined || job.end !== undefined) return;
  const look = await lookAtJob(deps, job);
  const hasNoJobYet = job.place.kind === 'local' && (look.kind === 'starting' || look.kind === 'unknownJob');
  if (order.force === true || hasNoJobYet) {
    await deps.flink.local.tearDown({ kind: 'job', jobId: job.id });
    return;
  }
  const reach = await reachJob(deps, job);
  if (reach.kind === 'gone') return;
  if (reach.kind !== 'rest') throw tryAgain('the cluster does not answer');
  const answer = await reach.rest.cancel(toFlinkJobId(job.id));
  if (answer.kind === 'unavailable') throw tryAgain(answer.reason);
}
