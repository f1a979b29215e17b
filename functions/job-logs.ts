// Logs of the processes that run or ran a Job: which there are, and a part of one. Only what the list names can be read. Where Flink runs
// on this machine the files are there until the Job is pruned; of a cluster that others run Flink itself is asked.
import { assertNever } from '../domain/assert-never.ts';
import { isTerminal, type Job } from '../domain/job.ts';
import type { Answer } from '../flink/flink.ts';
import type { LogFile, ProcessLogs } from '../flink/logs.ts';
import type { FunctionDeps } from './deps.ts';
import { getJobById } from './find.ts';
import type { Handler } from './handler.ts';
import { toTimestamp } from './instants.ts';
import { maskFor } from './mask-for.ts';
import { marginOf, maskedPiece } from './masked-piece.ts';
import { Problem } from './problem.ts';
import { toList } from './to-list.ts';

export const listJobLogs: Handler<'listJobLogs'> = async ({ params: { namespace, jobId } }, deps) => {
  const job = await getJobById(deps, namespace, jobId);
  const files = await listed(job, await logsOf(deps, job));
  return {
    code: 200,
    body: toList(
      'JobLog',
      files.map(({ modifiedAt, ...file }) => ({ ...file, ...(modifiedAt !== undefined && { modifiedAt: toTimestamp(modifiedAt) }) })),
    ),
  };
};

export const getJobLog: Handler<'getJobLog'> = async ({ params: { namespace, jobId, process, file: name }, query: { tail, offset } }, deps) => {
  const job = await getJobById(deps, namespace, jobId);
  const logs = await logsOf(deps, job);
  const file = (await listed(job, logs)).find((each) => each.process === process && each.name === name);
  if (file === undefined) throw new Problem('notFound', `Job ${job.id} has no log "${name}" of a process "${process}"`);
  const start = Math.min(offset ?? Math.max(0, file.size - tail), file.size);
  const mask = await maskFor(deps, job);
  const part = await readPart(job, logs, { file, start, end: Math.min(start + tail, file.size), margin: marginOf(mask) });
  const headers = { 'X-Log-Offset': String(part.start), 'X-Log-Next-Offset': String(part.end), 'X-Log-Size': String(file.size) };
  return { code: 200, raw: { type: 'text/plain; charset=utf-8', content: maskedPiece(part.surrounded, mask), headers } };
};

async function logsOf({ store, flink }: FunctionDeps, { id, place, incarnation }: Job): Promise<ProcessLogs> {
  switch (place.kind) {
    case 'local':
      return flink.local.logs({ kind: 'job', jobId: id });
    case 'session': {
      const { sessionClusterId } = place;
      const cluster = await store.sessionClusters.findById(store.read, sessionClusterId);
      if (cluster?.spec.external !== undefined) return flink.externalRest(cluster.spec.external.url).logs;
      const used = incarnation ?? cluster?.incarnation;
      if (used === undefined) throw new Problem('notFound', `there are no logs of Job ${id}: its session cluster was deleted before it began`);
      return flink.local.logs({ kind: 'session', sessionClusterId, incarnation: used });
    }
    case 'kubernetes':
      throw new Problem('notFound', `the logs of Job ${id} are with its pods: \`kubectl logs\` shows them`);
    default:
      return assertNever(place);
  }
}

async function listed(job: Job, logs: ProcessLogs): Promise<readonly LogFile[]> {
  return valueOf(job, await logs.list());
}

function valueOf<T>(job: Job, answer: Answer<T>): T {
  if (answer.kind === 'done') return answer.value;
  const why = isTerminal(job) ? '; the logs of what has ended are with those who run it' : '';
  throw new Problem('notFound', `the logs of Job ${job.id} cannot be read: its Flink cluster does not answer (${answer.reason})${why}`);
}

interface Part {
  readonly file: LogFile;
  readonly start: number;
  readonly end: number;
  /** How much of what surrounds it is wanted. */
  readonly margin: number;
}

/** The part with what surrounds it, as text. Its borders are moved behind a character that they would cut. */
async function readPart(job: Job, logs: ProcessLogs, { file, start, end, margin }: Part) {
  const from = Math.max(0, start - margin);
  const bytes = valueOf(job, await logs.read(file, { offset: from, length: end + margin - from }));
  if (bytes === undefined) throw new Problem('notFound', `the log "${file.name}" is gone: the cluster has begun another one, or was removed`);
  const [first, begin, close] = [from === 0 ? 0 : whole(bytes, 0), whole(bytes, start - from), whole(bytes, end - from)];
  const [before, piece] = [bytes.toString('utf8', first, begin), bytes.toString('utf8', begin, close)];
  return {
    start: from + begin,
    end: from + close,
    surrounded: { text: before + piece + bytes.toString('utf8', close), start: before.length, end: before.length + piece.length },
  };
}

const LONGEST_CHARACTER = 4;

/** The first place at or behind `at` where a character of UTF-8 begins. */
function whole(bytes: Buffer, at: number): number {
  let place = Math.min(at, bytes.length);
  const most = Math.min(bytes.length, place + LONGEST_CHARACTER - 1);
  while (place < most && ((bytes[place] ?? 0) & 0xc0) === 0x80) place += 1;
  return place;
}
