// burnJobId: makes sure that a run call still under way can never start this id. Another program, run under it from a savepoint that cannot
// exist, leaves it FAILED at initialisation, and Flink refuses the id from then on (design.md §4 rule 1).
import { cancellationSignal } from '@temporalio/activity';
import type { JobId } from '../domain/ids.ts';
import type { ActivityDeps, Order } from './deps.ts';
import { notYet, tryAgain } from './failures.ts';
import { reachJob } from './reach.ts';
import { burn, fateOf } from './run-order.ts';
import { claim, liveJobOrThrow, record } from './turn.ts';

/** A run call is bound to the JobManager its jar was uploaded to; another one refuses it for ever. */
const JAR_GONE = 'the JobManager that had the jar was replaced';

export async function burnJobId(deps: ActivityDeps, order: Order & { readonly jobId: JobId }): Promise<void> {
  const { value: job, rowVersion } = await claim(deps, order, (tx) => liveJobOrThrow(deps, tx, order.jobId));
  if (job.submit === 'ACCEPTED' || job.end !== undefined) return;
  const reach = await reachJob(deps, job);
  if (reach.kind !== 'rest') throw tryAgain('the session cluster does not answer');
  const jars = await reach.rest.jars();
  if (jars.kind !== 'done') throw tryAgain('the session cluster does not answer');
  if (!jars.value.some(({ id }) => id === job.jarId)) {
    await record(deps, { ...order, rowVersion }, async (tx) => {
      const failure = { reason: JAR_GONE, message: JAR_GONE, failedAt: await deps.store.now(tx) };
      await deps.store.jobs.change(tx, job.id, { openCalls: 0, end: { how: 'GONE', failure } });
    });
    return;
  }
  await burn(reach.rest, job, cancellationSignal());
  const fate = await fateOf(reach.rest, job);
  if (fate !== 'burned' && fate !== 'taken') throw notYet('the id is not proven to be used up');
  // A late call may have been faster, and its job may have state by now: what becomes of that is for the next look.
  const end = fate === 'burned' ? ({ cancelling: 'NEVER_RAN', state: 'TERMINATING' } as const) : {};
  await record(deps, { ...order, rowVersion }, (tx) => deps.store.jobs.change(tx, job.id, { submit: 'ACCEPTED', openCalls: 0, ...end }));
}
