// submitJob: hands the Job to Flink under the id that was stored before. May run any number of times: a cluster of its own is
// started at most once, and a shared one refuses a second job of the same id (design.md §4 rule 1).
import { cancellationSignal } from '@temporalio/activity';
import { wantedTaskManagers } from '../domain/consumption.ts';
import { splitArguments } from '../domain/effective.ts';
import type { JobId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { Job } from '../domain/job.ts';
import { ownerOfJob } from '../domain/secret-value.ts';
import type { Answer, FlinkRest } from '../flink/flink.ts';
import type { JobChange } from '../store/store.ts';
import type { ActivityDeps, Order } from './deps.ts';
import { moved, tryAgain } from './failures.ts';
import { flinkOf } from './flink-of.ts';
import { ALREADY_SUBMITTED } from './masked-rest.ts';
import { reachJob } from './reach.ts';
import { burn, fateOf, runOrder } from './run-order.ts';
import { claim, liveJobOrThrow, record } from './turn.ts';

type JobOrder = Order & { readonly jobId: JobId };

export async function submitJob(deps: ActivityDeps, order: JobOrder): Promise<void> {
  const { value: job, rowVersion } = await claimSubmit(deps, order);
  if (job.submit === 'ACCEPTED' || job.end !== undefined) return;
  const change = job.place.kind === 'session' ? await runInSession(deps, job) : await startApplication(deps, job);
  await record(deps, { ...order, rowVersion }, async (tx) => deps.store.jobs.change(tx, job.id, change.record(await deps.store.now(tx))));
  if (change.again !== undefined) throw tryAgain(change.again);
}

const OF_ITS_CLUSTER = [
  { name: 'SPINNING_UP_A_CLUSTER_FOR_A_JOB', message: 'starting JobManager and TaskManagers' },
  { name: 'AWAITING_FOR_A_CLUSTER_TO_SPIN_UP', message: 'the JobManager is to answer' },
] as const;

/** One more call whose answer is not recorded. */
async function claimSubmit(deps: ActivityDeps, order: JobOrder): Promise<{ readonly value: Job; readonly rowVersion: number }> {
  return claim(deps, order, async (tx, deployment) => {
    const job = await liveJobOrThrow(deps, tx, order.jobId);
    if (job.submit === 'ACCEPTED' || job.end !== undefined) return job;
    if (deployment.spec.state !== 'RUNNING') throw moved();
    if (job.submit === 'NOT_YET') {
      const about = { deploymentId: deployment.id, jobId: job.id };
      await deps.store.events.append(tx, deployment.namespace, [
        ...(job.place.kind === 'session' ? [] : OF_ITS_CLUSTER.map((event) => ({ ...event, ...about }))),
        { name: 'AWAITING_A_JOB_TO_START', message: 'the job is handed to Flink', ...about },
      ]);
    }
    return deps.store.jobs.change(tx, job.id, { submit: 'OPEN', openCalls: job.openCalls + 1 });
  });
}

/** What to write, and whether to call again. */
interface Outcome {
  readonly record: (now: Instant) => JobChange;
  readonly again?: string;
}

async function startApplication(deps: ActivityDeps, job: Job): Promise<Outcome> {
  const { artifact, resources, logging, parallelism } = job.template.spec;
  const version = deps.flink.local.versionFor(artifact.flinkVersion);
  if (artifact.kind !== 'JAR' || job.artifact === undefined || version === undefined) return neverSubmitted('its artifact cannot be run here');
  const answer = await flinkOf(deps, ownerOfJob(job)).startApplication(job.id, {
    flinkVersion: version,
    parallelism,
    taskManagers: wantedTaskManagers(job),
    resources,
    logging,
    flinkConfiguration: job.flinkConfiguration,
    artifact: job.artifact,
    mainArgs: splitArguments(artifact.mainArgs),
    allowNonRestoredState: job.allowNonRestoredState,
    ...(artifact.entryClass === undefined ? {} : { entryClass: artifact.entryClass }),
    ...(job.restore === undefined ? {} : { savepointPath: job.restore.location }),
  });
  switch (answer.kind) {
    case 'done':
      return { record: () => ({ submit: 'ACCEPTED', openCalls: 0 }) };
    case 'rejected':
      return neverSubmitted(answer.reason, answer.text);
    default:
      return { record: () => ({ openCalls: job.openCalls - 1 }), again: answer.reason };
  }
}

function neverSubmitted(reason: string, message = reason): Outcome {
  return { record: (failedAt) => ({ openCalls: 0, end: { how: 'NEVER_SUBMITTED', failure: { reason, message, failedAt } } }) };
}

async function runInSession(deps: ActivityDeps, job: Job): Promise<Outcome> {
  const reach = await reachJob(deps, job);
  if (reach.kind === 'gone') return gone(reach.reason, reach.text);
  if (reach.kind !== 'rest') return { record: () => ({ openCalls: job.openCalls - 1 }), again: 'the session cluster does not answer' };
  const answer = await reach.rest.run(job.jarId ?? '', runOrder(job), cancellationSignal());
  return outcomeOfRun({ job, rest: reach.rest }, answer);
}

/** The id in Flink's own list decides, not the code of the answer (`reference/flink.md` §2.3). */
async function outcomeOfRun({ job, rest }: { readonly job: Job; readonly rest: FlinkRest }, answer: Answer<unknown>): Promise<Outcome> {
  const answered = { openCalls: job.openCalls - 1 };
  const accepted: Outcome = { record: () => ({ ...answered, submit: 'ACCEPTED' }) };
  if (answer.kind === 'done') return accepted;
  if (answer.kind === 'unavailable') return { record: () => (answer.mayHaveArrived ? {} : answered), again: answer.reason };
  const { reason, text: message } = answer;
  const silent: Outcome = { record: () => answered, again: 'the run call was refused and the cluster no longer answers' };
  const fate = await fateOf(rest, job);
  if (fate === undefined) return silent;
  if (fate === 'burned') return neverSubmitted(job.failure?.reason ?? reason, job.failure?.message ?? message);
  if (fate === 'taken' || message.includes(ALREADY_SUBMITTED)) return accepted;
  const jars = await rest.jars();
  if (jars.kind !== 'done') return silent;
  if (!jars.value.some(({ id }) => id === job.jarId)) return gone('the JobManager that had the jar was replaced', message);
  if (answered.openCalls === 0) return neverSubmitted(reason, message);
  await burn(rest, job, cancellationSignal());
  if ((await fateOf(rest, job)) === 'burned') return neverSubmitted(reason, message);
  return {
    record: (failedAt) => ({ ...answered, failure: { reason, message, failedAt } }),
    again: 'an earlier run call may still arrive: the id is burned first',
  };
}

function gone(reason: string, message: string): Outcome {
  return { record: (failedAt) => ({ openCalls: 0, end: { how: 'GONE', failure: { reason, message, failedAt } } }) };
}
