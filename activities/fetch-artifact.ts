// fetchArtifact: gets the Job's jar once, and freezes its hash. On a local target it also makes sure that Flink itself is
// there; both happen before the start limit begins to run.
import { cancellationSignal } from '@temporalio/activity';
import type { JobId } from '../domain/ids.ts';
import type { FetchedArtifact, Job } from '../domain/job.ts';
import { ownerOfJob } from '../domain/secret-value.ts';
import type { Answer } from '../flink/flink.ts';
import type { ActivityDeps, Order } from './deps.ts';
import { tryAgain } from './failures.ts';
import { flinkOf } from './flink-of.ts';
import { showProgress } from './progress.ts';
import { claim, liveJobOrThrow } from './turn.ts';

export async function fetchArtifact(deps: ActivityDeps, order: Order & { readonly jobId: JobId }): Promise<void> {
  const { store } = deps;
  const { value: job } = await claim(deps, order, (tx) => liveJobOrThrow(deps, tx, order.jobId));
  if (job.artifact !== undefined || job.submit !== 'NOT_YET') return;
  const answer = await fetched(deps, job);
  if (answer.kind === 'unavailable') {
    deps.log.warn({ jobId: job.id, reason: answer.reason }, 'the artifact cannot be fetched now');
    throw tryAgain('the artifact cannot be fetched now; the log says why');
  }
  // Decisions may have been made meanwhile; the same bytes found twice are the same, so only the first record counts.
  await claim(deps, order, async (tx) => {
    const current = await liveJobOrThrow(deps, tx, job.id);
    if (current.artifact !== undefined || current.submit !== 'NOT_YET' || current.end !== undefined) return;
    const now = await store.now(tx);
    if (answer.kind === 'done') {
      await store.jobs.change(tx, job.id, { artifact: { ...answer.value, fetchedAt: now } });
      return;
    }
    const failure = { reason: answer.reason, message: answer.text, failedAt: now };
    await store.jobs.change(tx, job.id, { end: { how: 'NEVER_SUBMITTED', failure } });
  });
}

async function fetched(deps: ActivityDeps, job: Job): Promise<Answer<FetchedArtifact>> {
  const { local } = deps.flink;
  const { artifact } = job.template.spec;
  if (artifact.kind !== 'JAR') return refused(`artifacts of kind ${artifact.kind} cannot be run yet; use kind JAR`);
  const version = local.versionFor(artifact.flinkVersion);
  if (job.place.kind === 'local' && version !== undefined) {
    const provisioned = await provision(local, version);
    if (provisioned !== undefined) return provisioned;
  }
  // What will be missing when the job is submitted is told before anything is fetched.
  const checked = await flinkOf(deps, ownerOfJob(job)).check(job.flinkConfiguration);
  return checked.kind === 'done' ? fetchHere(deps, job) : checked;
}

/** To this machine, unless it is here already: whoever goes on with the Job may run on another one. */
export async function fetchHere(deps: ActivityDeps, job: Job): Promise<Answer<FetchedArtifact>> {
  const { id: jobId, namespace } = job;
  const { artifact } = job.template.spec;
  if (artifact.kind !== 'JAR') return refused(`artifacts of kind ${artifact.kind} cannot be run yet; use kind JAR`);
  const { jarUri: uri, additionalDependencies = [] } = artifact;
  const own = flinkOf(deps, ownerOfJob(job));
  return own.fetch({ jobId, namespace, uri, additionalDependencies }, cancellationSignal(), (bytes) => showProgress({ bytes }));
}

/** Undefined when this version of Flink is ready to be started. */
async function provision(local: ActivityDeps['flink']['local'], version: string): Promise<Answer<never> | undefined> {
  try {
    await local.provision(version, (line) => showProgress({ line }));
    return undefined;
  } catch (error) {
    return { kind: 'unavailable', reason: error instanceof Error ? error.message : String(error), mayHaveArrived: false };
  }
}

function refused(reason: string): Answer<never> {
  return { kind: 'rejected', status: 0, reason, text: reason };
}
