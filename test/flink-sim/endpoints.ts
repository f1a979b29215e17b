// The table of what the simulated REST server answers. Whoever asks for anything else gets Flink's 404 for files.
import { JAR_ENDPOINTS } from './jar-endpoints.ts';
import { Refusal } from './java-errors.ts';
import { JOB_ENDPOINTS } from './job-endpoints.ts';
import { LOG_ENDPOINTS } from './log-endpoints.ts';
import type { JobManager } from './job-manager.ts';
import type { Endpoint, SimCall, SimReply } from './sim-call.ts';

const CLUSTER_ENDPOINTS: readonly Endpoint[] = [
  {
    method: 'GET',
    path: /^\/config$/,
    answer: (_, { settings }) => ({
      'refresh-interval': 500,
      'flink-version': settings.version,
      'flink-revision': 'simulated',
      features: { 'web-submit': settings.application === undefined },
    }),
  },
  { method: 'GET', path: /^\/overview$/, answer: overview },
  {
    method: 'GET',
    path: /^\/jobmanager\/config$/,
    answer: (_, { settings }) => Object.entries({ 'web.refresh-interval': '0 ms', ...settings.configuration }).map(([key, value]) => ({ key, value })),
  },
  ...LOG_ENDPOINTS,
];

function overview(_: SimCall, jobManager: JobManager): unknown {
  const count = (...states: readonly string[]): number => [...jobManager.jobs.values()].filter(({ status }) => states.includes(status)).length;
  return {
    taskmanagers: jobManager.slots > 0 ? jobManager.taskManagers : 0,
    'slots-total': jobManager.slots,
    'slots-available': Math.max(0, jobManager.freeSlots()),
    'jobs-running': count('RUNNING', 'RESTARTING'),
    'jobs-finished': count('FINISHED'),
    'jobs-cancelled': count('CANCELED'),
    'jobs-failed': count('FAILED'),
    'flink-version': jobManager.settings.version,
  };
}

export async function answer(call: Omit<SimCall, 'parts'>, jobManager: JobManager): Promise<SimReply> {
  const { method, path } = call;
  const endpoints = [...CLUSTER_ENDPOINTS, ...JOB_ENDPOINTS, ...(jobManager.settings.application === undefined ? JAR_ENDPOINTS : [])];
  try {
    const endpoint = endpoints.find((candidate) => candidate.method === method && candidate.path.test(path));
    if (endpoint === undefined) throw new Refusal(404, [`Unable to load requested file ${path}.`]);
    const parts = (endpoint.path.exec(path) ?? []).slice(1).map(decodeURIComponent);
    const value = await endpoint.answer({ ...call, parts }, jobManager);
    return { status: endpoint.status ?? 200, body: toBody(value) };
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, body: JSON.stringify({ errors: error.errors }) };
    throw error;
  }
}

function toBody(value: unknown): string {
  const raw = typeof value === 'object' && value !== null && 'rawJson' in value ? value.rawJson : undefined;
  return typeof raw === 'string' ? raw : JSON.stringify(value);
}
