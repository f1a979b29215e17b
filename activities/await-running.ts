// awaitRunning: waits until all tasks of the Job run, or it is over. Changes nothing: the next decision sees the same.
import { cancellationSignal } from '@temporalio/activity';
import type { JobId } from '../domain/ids.ts';
import { allTasksRun } from '../domain/learn.ts';
import type { Look } from '../domain/view.ts';
import type { ActivityDeps } from './deps.ts';
import { notYet } from './failures.ts';
import { lookAtJob } from './look-at-job.ts';
import { lookUntil } from './look-until.ts';

export async function awaitRunning(deps: ActivityDeps, { jobId }: { readonly jobId: JobId }): Promise<void> {
  const job = await deps.store.jobs.findById(deps.store.read, jobId);
  if (job === undefined || job.submit !== 'ACCEPTED' || job.end !== undefined) return;
  const seen = await lookUntil(() => lookAtJob(deps, job, 'brief'), isSettled, cancellationSignal());
  if (seen === undefined) throw notYet('not all tasks of the job run yet');
}

const OVER = ['FAILED', 'CANCELED', 'FINISHED'];

function isSettled(look: Look): boolean {
  if (look.kind === 'job') return allTasksRun(look) || OVER.includes(look.status) || look.missingTaskManagers > 0;
  return look.kind === 'gone';
}
