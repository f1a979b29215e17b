// drey as a patient user calls it while it is killed again and again: a call that found nobody is made again, and a change whose answer was
// lost counts as unknown until a read says what became of it.
import { setTimeout as wait } from 'node:timers/promises';
import type { DeploymentRecord, JobRecord, SavepointRecord } from './chaos-records.ts';

const AGAIN_MS = 100;
const ANSWER_LIMIT_MS = 10_000;
/** drey is starting, or its database is not there yet. */
const NOT_READY = 503;
const TRANSITIONING = 'com.dataartisans.appmanager.controller.deployment.transitioning';
const BECAUSE = 'drey.dev/because';

interface Document {
  readonly metadata: {
    readonly id: string;
    readonly name?: string;
    readonly deploymentId?: string;
    readonly jobId?: string;
    readonly origin?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly artifact?: { readonly mainArgs?: string };
    readonly template?: { readonly spec: { readonly artifact: { readonly mainArgs?: string } } };
    readonly savepointLocation?: string;
  };
  readonly status: {
    readonly state: string;
    readonly running?: { readonly jobId: string; readonly conditions: readonly { readonly type: string; readonly status: string }[] };
  };
}

export interface ChaosClient {
  create(path: string, body: unknown): Promise<void>;
  /** Returns when the stored spec has these arguments. */
  setArgs(deployment: string, mainArgs: string): Promise<void>;
  sessionClusterState(name: string): Promise<string>;
  deployment(name: string): Promise<DeploymentRecord>;
  argsOf(jobId: string): Promise<string>;
  jobs(): Promise<readonly JobRecord[]>;
  savepoints(): Promise<readonly SavepointRecord[]>;
}

type Reply = { readonly kind: 'silence' } | { readonly kind: 'said'; readonly body: unknown };

export function createChaosClient(url: string, signal: AbortSignal): ChaosClient {
  const once = async (method: string, path: string, body?: unknown): Promise<Reply> => {
    signal.throwIfAborted();
    const init = body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    try {
      const response = await fetch(`${url}/api/v1/namespaces/default/${path}`, { method, ...init, signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
      const text = await response.text();
      if (response.status === NOT_READY) return { kind: 'silence' };
      if (!response.ok) throw new Refused(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
      return { kind: 'said', body: JSON.parse(text) };
    } catch (error) {
      if (error instanceof Refused) throw error;
      return { kind: 'silence' };
    }
  };
  const get = async <T>(path: string): Promise<T> => {
    for (;;) {
      const reply = await once('GET', path);
      if (reply.kind === 'said') return reply.body as T;
      await wait(AGAIN_MS, undefined, { signal });
    }
  };
  const list = async (path: string): Promise<readonly Document[]> => (await get<{ items: readonly Document[] }>(path)).items;
  return {
    async create(path, body) {
      const reply = await once('POST', path, body);
      if (reply.kind === 'silence') throw new Error(`nobody answered POST ${path}`);
    },
    async setArgs(name, mainArgs) {
      for (;;) {
        const reply = await once('PATCH', `deployments/${name}`, { spec: { template: { spec: { artifact: { mainArgs } } } } });
        if (reply.kind === 'said') return;
        const { spec } = await get<Document>(`deployments/${name}`);
        if (spec.template?.spec.artifact.mainArgs === mainArgs) return;
      }
    },
    sessionClusterState: async (name) => (await get<Document>(`sessionclusters/${name}`)).status.state,
    deployment: async (name) => toDeployment(await get<Document>(`deployments/${name}`)),
    argsOf: async (jobId) => (await get<Document>(`jobs/${jobId}`)).spec.artifact?.mainArgs ?? '',
    jobs: async () => (await list('jobs')).map(toJob),
    savepoints: async () => (await list('savepoints')).map(toSavepoint),
  };
}

class Refused extends Error {}

function toDeployment({ metadata, status }: Document): DeploymentRecord {
  const { annotations = {} } = metadata;
  const upToDate = status.running?.conditions.find(({ type }) => type === 'UpToDate')?.status;
  return {
    id: metadata.id,
    name: metadata.name ?? '',
    state: status.state,
    ...(status.running && { jobId: status.running.jobId }),
    settled: upToDate === 'True' && annotations[TRANSITIONING] === 'false',
    because: annotations[BECAUSE] ?? '',
  };
}

function toJob({ metadata, spec, status }: Document): JobRecord {
  return {
    id: metadata.id,
    deploymentId: metadata.deploymentId ?? '',
    state: status.state,
    args: spec.artifact?.mainArgs ?? '',
    ...(spec.savepointLocation !== undefined && { savepointLocation: spec.savepointLocation }),
  };
}

function toSavepoint({ metadata, spec, status }: Document): SavepointRecord {
  return {
    id: metadata.id,
    ...(metadata.jobId !== undefined && { jobId: metadata.jobId }),
    origin: metadata.origin ?? '',
    state: status.state,
    ...(spec.savepointLocation !== undefined && { location: spec.savepointLocation }),
  };
}
