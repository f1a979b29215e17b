// uploadJar: session mode only. Puts the Job's jar on one JobManager and freezes its id there, before any submit is intended:
// a run call is bound to the JobManager its jar was uploaded to (design.md §4 rule 1).
import { cancellationSignal } from '@temporalio/activity';
import type { JobId } from '../domain/ids.ts';
import type { Job } from '../domain/job.ts';
import type { Answer, FlinkRest } from '../flink/flink.ts';
import type { ActivityDeps, Order } from './deps.ts';
import { tryAgain } from './failures.ts';
import { fetchHere } from './fetch-artifact.ts';
import { forgetFetched } from './prune.ts';
import { reachSessionCluster } from './reach.ts';
import { claim, liveJobOrThrow, record } from './turn.ts';

export async function uploadJar(deps: ActivityDeps, order: Order & { readonly jobId: JobId }): Promise<void> {
  const { store } = deps;
  const { value, rowVersion } = await claim(deps, order, async (tx) => {
    const job = await liveJobOrThrow(deps, tx, order.jobId);
    return { job, cluster: job.place.kind === 'session' ? await store.sessionClusters.findById(tx, job.place.sessionClusterId) : undefined };
  });
  const { job, cluster } = value;
  if (cluster === undefined || job.artifact === undefined || job.jarId !== undefined || job.submit !== 'NOT_YET' || job.end !== undefined) return;
  const reach = await reachSessionCluster(deps, cluster);
  if (reach.kind !== 'rest') throw tryAgain(`the session cluster "${cluster.name}" cannot be reached`);
  const answer = await uploaded(deps, { job, rest: reach.rest });
  if (answer.kind === 'unavailable') {
    deps.log.warn({ jobId: job.id, reason: answer.reason }, 'the jar cannot be uploaded now');
    throw tryAgain('the jar cannot be uploaded now; the log says why');
  }
  await record(deps, { ...order, rowVersion }, async (tx) => {
    if (answer.kind === 'done') {
      await store.jobs.change(tx, job.id, { jarId: answer.value, incarnation: cluster.incarnation });
      return;
    }
    const failure = { reason: answer.reason, message: answer.text, failedAt: await store.now(tx) };
    await store.jobs.change(tx, job.id, { end: { how: 'NEVER_SUBMITTED', failure } });
  });
  // Flink has it, and this jar is never uploaded again: a JobManager that loses it loses the Job with it.
  await forgetFetched(deps, job.id);
}

/** The jar may have been fetched by a worker on another machine: then it is fetched to this one, and must be the same bytes. */
async function uploaded(deps: ActivityDeps, { job, rest }: { readonly job: Job; readonly rest: FlinkRest }): Promise<Answer<string>> {
  const here = await fetchHere(deps, job);
  if (here.kind !== 'done') return here;
  if (here.value.sha256 === job.artifact?.sha256) return rest.uploadJar(here.value.path, `${job.id}.jar`, cancellationSignal());
  const reason = 'its jar is not the one that was fetched before: what its address holds has changed meanwhile';
  return { kind: 'rejected', status: 0, reason, text: reason };
}
