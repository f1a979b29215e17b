// awaitEnd: waits until the Job's Flink job is over or its JobManager is gone. Changes nothing: the next decision records it.
import { cancellationSignal } from '@temporalio/activity';
import type { JobId } from '../domain/ids.ts';
import type { Look } from '../domain/view.ts';
import type { ActivityDeps } from './deps.ts';
import { notYet } from './failures.ts';
import { lookAtJob } from './look-at-job.ts';
import { lookUntil } from './look-until.ts';

export async function awaitEnd(deps: ActivityDeps, { jobId }: { readonly jobId: JobId }): Promise<void> {
  const job = await deps.store.jobs.findById(deps.store.read, jobId);
  if (job === undefined || job.end !== undefined) return;
  const seen = await lookUntil(() => lookAtJob(deps, job, 'brief'), isOver, cancellationSignal());
  if (seen === undefined) throw notYet('the job has not ended yet');
}

function isOver(look: Look): boolean {
  return look.kind === 'gone' || look.kind === 'nothing' || (look.kind === 'job' && ['FAILED', 'CANCELED', 'FINISHED'].includes(look.status));
}
