// endStray: a Job is terminal, and the watch saw its Flink job alive: it is cancelled, without a savepoint, because what it writes is
// nobody's state (design.md §4 rule 1). Nothing else is done before it is over.
import { cancellationSignal } from '@temporalio/activity';
import { toFlinkJobId, type JobId } from '../domain/ids.ts';
import { isTerminal } from '../domain/job.ts';
import type { ActivityDeps, Order } from './deps.ts';
import { moved, notYet, tryAgain } from './failures.ts';
import { lookUntil } from './look-until.ts';
import { reachJob } from './reach.ts';
import { claim } from './turn.ts';

const OVER = ['FINISHED', 'FAILED', 'CANCELED'];

export async function endStray(deps: ActivityDeps, order: Order & { readonly jobId: JobId }): Promise<void> {
  const { store } = deps;
  const { value: job } = await claim(deps, order, async (tx) => {
    const found = await store.jobs.findById(tx, order.jobId);
    if (found === undefined || !isTerminal(found)) throw moved();
    return found;
  });
  const reach = await reachJob(deps, job);
  if (reach.kind === 'unreachable') throw tryAgain('the cluster does not answer');
  if (reach.kind === 'rest') {
    const id = toFlinkJobId(job.id);
    const answer = await reach.rest.cancel(id);
    if (answer.kind === 'unavailable') throw tryAgain(answer.reason);
    const ended = await lookUntil(
      () => reach.rest.job(id),
      (seen) => seen.kind === 'done' && (seen.value === undefined || OVER.includes(seen.value.status)),
      cancellationSignal(),
    );
    if (ended === undefined) throw notYet('the job has not ended yet');
  }
  await claim(deps, order, async (tx, { id: deploymentId }) => {
    await store.observations.put(tx, { jobId: job.id, deploymentId, status: 'ENDED', tasks: '', seenAt: await store.now(tx) });
  });
}
