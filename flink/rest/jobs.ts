// Reading jobs and their failures, and cancelling. Reads say what Flink says; whether a job is gone is not decided here.
import type { FlinkJobId } from '../../domain/ids.ts';
import type { Answer, FlinkException, FlinkJob, FlinkRest } from '../flink.ts';
import { read } from './answers.ts';
import { boundText, reasonOf } from './causes.ts';
import { type Fields, fieldsAt, fieldsOf, isFields, listAt, maybeTextAt, numberAt, textAt, UnexpectedAnswer } from './fields.ts';
import type { Ask } from './http-client.ts';
import { refusedWith } from './phrases.ts';

type JobCalls = Pick<FlinkRest, 'jobs' | 'job' | 'cancel' | 'exceptions' | 'restarts'>;

export function createJobCalls(ask: Ask): JobCalls {
  const jobs = async (): Promise<Answer<readonly FlinkJob[]>> => read(await ask({ method: 'GET', path: '/jobs/overview' }), parseOverview);
  return {
    jobs,
    job: (id) => findJob({ ask, jobs }, id),
    cancel: (id) => cancel(ask, id),
    exceptions: async (id, limit) => read(await ask({ method: 'GET', path: `/jobs/${id}/exceptions?maxExceptions=${limit}` }), parseExceptions(limit)),
    restarts: async (id) => read(await ask({ method: 'GET', path: `/jobs/${id}/metrics?get=numRestarts` }), parseRestarts),
  };
}

/** The overview first: it is fresh, `/jobs/:id` is cached for seconds. But the overview leaves jobs out, so absence is asked for by id. */
async function findJob({ ask, jobs }: Pick<JobCalls, 'jobs'> & { ask: Ask }, id: FlinkJobId): Promise<Answer<FlinkJob | undefined>> {
  const overview = await jobs();
  if (overview.kind !== 'done') return overview;
  const listed = overview.value.find((job) => job.id === id);
  if (listed !== undefined) return { kind: 'done', value: listed };
  const answer = await ask({ method: 'GET', path: `/jobs/${id}` });
  if (refusedWith(answer, 404, 'unknownJob')) return { kind: 'done', value: undefined };
  return read(answer, parseDetails);
}

async function cancel(ask: Ask, id: FlinkJobId): ReturnType<JobCalls['cancel']> {
  const answer = await ask({ method: 'PATCH', path: `/jobs/${id}?mode=cancel` });
  if (refusedWith(answer, 404, 'unknownJob')) return { kind: 'done', value: 'unknownJob' };
  if (answer.kind === 'rejected' && answer.status === 409) return { kind: 'done', value: 'alreadyEnded' };
  return read(answer, () => 'accepted' as const);
}

function parseOverview(json: unknown): readonly FlinkJob[] {
  return listAt(fieldsOf(json, 'the overview'), 'jobs').map((item) => {
    const job = fieldsOf(item, 'a job');
    const tasks = fieldsAt(job, 'tasks');
    const count = (state: string): number => numberAt(tasks, state);
    return toJob(job, { total: count('total'), running: count('running'), finished: count('finished'), waiting: count('created') + count('scheduled') });
  });
}

function parseDetails(json: unknown): FlinkJob {
  const job = fieldsOf(json, 'the job');
  const tasks = { total: 0, running: 0, finished: 0, waiting: 0 };
  for (const item of listAt(job, 'vertices')) {
    const vertex = fieldsOf(item, 'a vertex');
    const counts = fieldsAt(vertex, 'tasks');
    tasks.total += numberAt(vertex, 'parallelism');
    tasks.running += numberAt(counts, 'RUNNING');
    tasks.finished += numberAt(counts, 'FINISHED');
    tasks.waiting += numberAt(counts, 'CREATED') + numberAt(counts, 'SCHEDULED');
  }
  return toJob(job, tasks);
}

function toJob(job: Fields, tasks: FlinkJob['tasks']): FlinkJob {
  const endedAt = numberAt(job, 'end-time');
  const changedAt = job['last-modification'];
  return {
    id: parseFlinkJobId(textAt(job, 'jid')),
    name: textAt(job, 'name'),
    status: textAt(job, 'state'),
    tasks,
    startedAt: numberAt(job, 'start-time'),
    ...(endedAt > 0 ? { endedAt } : {}),
    ...(typeof changedAt === 'number' ? { changedAt } : {}),
  };
}

export function parseFlinkJobId(text: string): FlinkJobId {
  if (!/^[0-9a-f]{32}$/.test(text)) throw new UnexpectedAnswer(`${text.slice(0, 40)} is no job id`);
  return text as FlinkJobId;
}

function parseExceptions(limit: number): (json: unknown) => readonly FlinkException[] {
  return (json) => {
    const entries = listAt(fieldsAt(fieldsOf(json, 'the exceptions'), 'exceptionHistory'), 'entries');
    return entries.slice(0, limit).map((item) => toException(fieldsOf(item, 'an exception')));
  };
}

function toException(entry: Fields): FlinkException {
  const stacktrace = maybeTextAt(entry, 'stacktrace') ?? '';
  const name = textAt(entry, 'exceptionName');
  return { name, reason: stacktrace === '' ? name : reasonOf(stacktrace), stacktrace: boundText(stacktrace), at: numberAt(entry, 'timestamp') };
}

/** Flink answers `[]` to the first question and for a job it does not know; later the figure is a text, or "NaN". */
function parseRestarts(json: unknown): number | undefined {
  if (!Array.isArray(json)) throw new UnexpectedAnswer('the metrics are not a list');
  const metric = json.find((item) => isFields(item) && item['id'] === 'numRestarts');
  const value = isFields(metric) ? Number(metric['value']) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}
