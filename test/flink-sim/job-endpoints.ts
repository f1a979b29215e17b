// `/jobs` of the simulated Flink: reads, cancel, savepoint and stop. What is impossible is refused as Flink refuses it.
import { parseDuration } from '../../domain/durations.ts';
import { jobNotFound, notFoundException, refusal } from './java-errors.ts';
import { toCheckpoints, toCheckpointSettings, toDetails, toExceptions, toMetrics, toOverviewItem } from './job-json.ts';
import type { Endpoint, SimCall } from './sim-call.ts';
import type { JobManager } from './job-manager.ts';
import type { SimJob } from './sim-job.ts';

export const JOB_ENDPOINTS: readonly Endpoint[] = [
  {
    method: 'GET',
    path: /^\/jobs\/overview$/,
    answer: overview,
  },
  { method: 'GET', path: /^\/jobs\/([^/]+)$/, answer: (call, jobManager) => toDetails(jobOf(call, jobManager)) },
  { method: 'PATCH', path: /^\/jobs\/([^/]+)$/, status: 202, answer: cancel },
  { method: 'GET', path: /^\/jobs\/([^/]+)\/checkpoints$/, answer: statistics },
  { method: 'GET', path: /^\/jobs\/([^/]+)\/checkpoints\/config$/, answer: (call, jobManager) => ({ rawJson: toCheckpointSettings(jobOf(call, jobManager)) }) },
  { method: 'GET', path: /^\/jobs\/([^/]+)\/exceptions$/, answer: exceptions },
  {
    method: 'GET',
    path: /^\/jobs\/([^/]+)\/metrics$/,
    answer: (call, jobManager) => toMetrics(jobManager.jobs.get(call.parts[0] ?? ''), (call.query.get('get') ?? '').split(',')),
  },
  { method: 'POST', path: /^\/jobs\/([^/]+)\/savepoints$/, status: 202, answer: (call, jobManager) => trigger(call, jobManager, false) },
  { method: 'POST', path: /^\/jobs\/([^/]+)\/stop$/, status: 202, answer: (call, jobManager) => trigger(call, jobManager, true) },
  { method: 'GET', path: /^\/jobs\/([^/]+)\/savepoints\/([^/]+)$/, answer: progress },
];

function overview(_: SimCall, { jobs, settings }: JobManager): unknown {
  return { jobs: [...jobs.values()].filter(({ hidden }) => !hidden).map((job) => toOverviewItem(job, settings.version)) };
}

/**
 * Repeated for as long as the cluster's configuration says, as Flink does also after the end of the job. A checkpoint that is discarded
 * meanwhile is shown so at once: Flink repeats the list, not what it says of each.
 */
function statistics(call: SimCall, jobManager: JobManager): unknown {
  const job = jobOf(call, jobManager);
  const cacheMs = parseDuration(jobManager.settings.configuration['web.refresh-interval'] ?? '0') ?? 0;
  const last = jobManager.statistics.get(job);
  if (last !== undefined && performance.now() - last.at < cacheMs) return toCheckpoints(last.value);
  const { taken, restored, restoredCount } = job.checkpointing;
  const value = { taken: [...taken], restored, restoredCount };
  jobManager.statistics.set(job, { at: performance.now(), value });
  return toCheckpoints(value);
}

function idOf({ parts }: SimCall): string {
  const id = parts[0] ?? '';
  if (!/^[0-9a-f]{32}$/i.test(id)) throw refusal(400, `Bad request, could not parse parameters: Cannot resolve path parameter (jobid) from value "${id}".`);
  return id.toLowerCase();
}

function jobOf(call: SimCall, jobManager: JobManager): SimJob {
  const id = idOf(call);
  const job = jobManager.jobs.get(id);
  if (job === undefined) throw jobNotFound(id);
  return job;
}

function exceptions(call: SimCall, jobManager: JobManager): unknown {
  return toExceptions(jobOf(call, jobManager), Number(call.query.get('maxExceptions') ?? 20), jobManager.settings.version);
}

function cancel(call: SimCall, jobManager: JobManager): unknown {
  const mode = call.query.get('mode') ?? 'cancel';
  if (mode !== 'cancel') throw refusal(308, `The termination mode "${mode}" has been removed.`);
  const id = idOf(call);
  const job = jobManager.jobs.get(id);
  if (job === undefined) throw refusal(404, 'Job could not be found.', notFoundException(id));
  if (job.status === 'FINISHED' || job.status === 'FAILED') {
    throw refusal(409, `Job cancellation failed because the job has already reached another terminal state (${job.status}).`);
  }
  job.cancel();
  return {};
}

const FORMATS = ['CANONICAL', 'NATIVE'];

function trigger(call: SimCall, jobManager: JobManager, stop: boolean): unknown {
  const jobId = idOf(call);
  const { triggerId, formatType = 'CANONICAL' } = call.body;
  if (typeof triggerId !== 'string' || !/^[0-9a-f]{32}$/i.test(triggerId))
    throw refusal(400, 'Request did not match expected format SavepointTriggerRequestBody.');
  if (!FORMATS.includes(String(formatType))) throw refusal(400, 'Request did not match expected format SavepointTriggerRequestBody.');
  const { configuration } = jobManager.settings;
  const targetDirectory = call.body[stop ? 'targetDirectory' : 'target-directory'] ?? configuration['execution.checkpointing.savepoint-dir'];
  if (typeof targetDirectory !== 'string') {
    const property = stop ? 'targetDirectory' : 'target-directory';
    throw refusal(400, `Config key [execution.checkpointing.savepoint-dir] is not set. Property [${property}] must be provided.`);
  }
  jobManager.savepoints.trigger({ jobId, triggerId, targetDirectory, stop });
  return { 'request-id': triggerId };
}

function progress(call: SimCall, jobManager: JobManager): unknown {
  const [jobId, triggerId] = [idOf(call), call.parts[1] ?? ''];
  const operation = jobManager.savepoints.find(jobId, triggerId);
  if (operation === undefined) throw refusal(404, `There is no savepoint operation with triggerId=${triggerId} for job ${jobId}.`);
  if (operation.kind === 'inProgress') return { status: { id: 'IN_PROGRESS' }, operation: null };
  if (operation.kind === 'completed') return { status: { id: 'COMPLETED' }, operation: { location: operation.location } };
  const cause = { class: 'java.util.concurrent.CompletionException', 'stack-trace': operation.stack, 'serialized-throwable': 'rO0ABQ==' };
  return { status: { id: 'COMPLETED' }, operation: { 'failure-cause': cause } };
}
