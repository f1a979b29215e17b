// Logs through Flink's REST, for clusters whose files are elsewhere. Flink sends a file whole: what is wanted of it is taken while it passes,
// and no more than a bounded part of a long one is waited for.
import type { Answer } from '../flink.ts';
import type { LogFile, ProcessLogs } from '../logs.ts';
import { read } from './answers.ts';
import { type Fields, fieldsOf, listAt, numberAt, textAt } from './fields.ts';
import type { Ask, Download } from './http-client.ts';

const JOB_MANAGER = 'jobmanager';
/** Of a larger cluster the first ones. */
const MOST_TASK_MANAGERS = 100;

export function createLogCalls(ask: Ask, download: Download): ProcessLogs {
  const filesOf = async (process: string): Promise<Answer<readonly LogFile[]>> =>
    read(await ask({ method: 'GET', path: `${folderOf(process)}/logs` }), (json) =>
      listAt(fieldsOf(json, 'the logs'), 'logs').map((log) => toLogFile(process, fieldsOf(log, 'a log'))),
    );
  return {
    async list() {
      const jobManager = await filesOf(JOB_MANAGER);
      const ids = read(await ask({ method: 'GET', path: '/taskmanagers' }), (json) =>
        listAt(fieldsOf(json, 'the TaskManagers'), 'taskmanagers').map((each) => textAt(fieldsOf(each, 'a TaskManager'), 'id')),
      );
      if (jobManager.kind === 'unavailable') return jobManager;
      // A process that says nothing has no logs to show; the others do.
      const known = ids.kind === 'done' ? ids.value.toSorted().slice(0, MOST_TASK_MANAGERS) : [];
      const answers = [jobManager, ...(await Promise.all(known.map(filesOf)))];
      return { kind: 'done', value: answers.flatMap((answer) => (answer.kind === 'done' ? answer.value : [])) };
    },
    async read({ process, name }, range) {
      const answer = await download(`${folderOf(process)}/logs/${encodeURIComponent(name)}`, range);
      return answer.kind === 'rejected' && answer.status === 404 ? { kind: 'done', value: undefined } : answer;
    },
  };
}

function folderOf(process: string): string {
  return process === JOB_MANAGER ? '/jobmanager' : `/taskmanagers/${encodeURIComponent(process)}`;
}

function toLogFile(process: string, log: Fields): LogFile {
  const name = textAt(log, 'name');
  const { mtime } = log;
  return {
    process,
    name,
    kind: /\.out(\.|$)/.test(name) ? 'stdout' : 'log',
    size: numberAt(log, 'size'),
    ...(typeof mtime === 'number' && { modifiedAt: mtime }),
  };
}
