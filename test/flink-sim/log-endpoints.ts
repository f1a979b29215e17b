// Logs as the simulated server has them: one of each kind for every process, written by nobody.
import { Refusal } from './java-errors.ts';
import type { JobManager } from './job-manager.ts';
import type { Endpoint } from './sim-call.ts';

const TEXT = Array.from({ length: 50 }, (_, line) => `2026-01-01 00:00:00,000 INFO  line ${line} of a simulated log\n`).join('');

const filesOf = (process: string): ReadonlyMap<string, string> =>
  new Map([
    [`${process}.log`, TEXT],
    [`${process}.out`, 'printed\n'],
  ]);

const listOf = (process: string): object => ({ logs: [...filesOf(process)].map(([name, text]) => ({ name, size: text.length, mtime: 1_767_225_600_000 })) });

function contentOf(process: string, name: string): object {
  const rawJson = filesOf(process).get(name);
  if (rawJson === undefined) throw new Refusal(404, [`The file ${name} does not exist in the log directory.`]);
  return { rawJson };
}

const idsOf = ({ slots, taskManagers }: JobManager): readonly string[] =>
  Array.from({ length: slots > 0 ? taskManagers : 0 }, (_, i) => `127.0.0.1:${i + 1}-simulated`);

export const LOG_ENDPOINTS: readonly Endpoint[] = [
  { method: 'GET', path: /^\/jobmanager\/logs$/, answer: () => listOf('jobmanager') },
  { method: 'GET', path: /^\/jobmanager\/logs\/([^/]+)$/, answer: ({ parts: [name = ''] }) => contentOf('jobmanager', name) },
  { method: 'GET', path: /^\/taskmanagers$/, answer: (_, jobManager) => ({ taskmanagers: idsOf(jobManager).map((id) => ({ id })) }) },
  { method: 'GET', path: /^\/taskmanagers\/([^/]+)\/logs$/, answer: () => listOf('taskmanager') },
  { method: 'GET', path: /^\/taskmanagers\/([^/]+)\/logs\/([^/]+)$/, answer: ({ parts: [, name = ''] }) => contentOf('taskmanager', name) },
];
