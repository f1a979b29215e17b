// The HTTP API over a real store in memory. What lies behind it and is not the API's, Temporal and Flink, is a recorder of calls and a table of versions.
import { randomBytes } from 'node:crypto';
import { Registry } from 'prom-client';
import { afterAll, beforeAll } from 'vitest';
import { parse } from 'yaml';
import type { DeploymentId, JobId } from '../../domain/ids.ts';
import { parseId } from '../../domain/ids.ts';
import type { Job } from '../../domain/job.ts';
import { createHttpApp } from '../../functions/app.ts';
import type { Flink, LocalClusters } from '../../flink/flink.ts';
import type { UploadedArtifacts } from '../../flink/storage/storage.ts';
import type { AppDeps, FunctionDeps, FunctionSettings, Readiness } from '../../functions/deps.ts';
import { createStorage } from '../../flink/storage/create-storage.ts';
import { createFlinkRest } from '../../flink/rest/create-flink-rest.ts';
import { createStore } from '../../store/create-store.ts';
import { createNewId } from '../../store/new-id.ts';
import type { JobChange, Store } from '../../store/store.ts';
import { aSecretBox } from '../fixtures/a-secret-box.ts';
import { openEmptyPglite } from '../store/open-store.ts';
import { expectDeclared, expectInContract } from './in-contract.ts';

export async function openStore(secretBox = aSecretBox()): Promise<Store> {
  const store = createStore({
    kysely: await openEmptyPglite(),
    newId: createNewId({ clock: () => Date.now(), random: (length) => randomBytes(length) }),
    secretBox,
  });
  await store.transaction((tx) => store.namespaces.ensure(tx, 'default'));
  return store;
}

const flinkPool = createFlinkRest();

export interface ApiOptions {
  readonly temporalAnswers?: boolean;
  readonly readiness?: Readiness;
  readonly settings?: Partial<FunctionSettings>;
  readonly endpoint?: string;
  /** Parts of Flink that are real. */
  readonly flink?: { readonly local?: Partial<LocalClusters>; readonly externalRest?: Flink['externalRest'] };
  readonly uploads?: UploadedArtifacts;
}

/** biome-ignore lint: the body of an answer is whatever the server sent. */
// oxlint-disable-next-line typescript/no-explicit-any
type Json = any;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed by its Content-Type. */
  readonly body: Json;
}

export interface Api {
  readonly store: Store;
  /** Titles of what Temporal was told. */
  readonly woken: string[];
  readonly logged: object[];
  /** A namespace of this test's own, with a local target `default` in it. */
  namespace(): Promise<string>;
  request(path: string, init?: RequestInit): Promise<Answer>;
  /** The answer as it comes, not yet read. */
  open(path: string, init?: RequestInit): Promise<Response>;
  /** For a server in front of it. */
  fetch(request: Request): Response | Promise<Response>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  send(method: string, path: string, body: unknown): Promise<Answer>;
  yaml(method: string, path: string, text: string): Promise<Answer>;
  /** The same API, asked with this token. */
  as(token: string): Pick<Api, 'get' | 'send'>;
}

let namespaces = 0;

export function anApi(store: Store, options: ApiOptions = {}): Api {
  const woken: string[] = [];
  const logged: object[] = [];
  const app = createHttpApp(depsFor(store, options, { woken, logged }));
  const open = async (path: string, init?: RequestInit): Promise<Response> => {
    const answer = await app.request(path.startsWith('http') ? path : `http://localhost:8080${path}`, init);
    expectDeclared({ method: init?.method, path }, answer);
    return answer;
  };
  const request = async (path: string, init?: RequestInit): Promise<Answer> => {
    const { status, headers, ...answer } = await read(await open(path, init));
    expectInContract({ method: init?.method, path }, { status, ...answer });
    return { status, headers, ...answer };
  };
  const sendAs = (type: string) => (method: string, path: string, body: string) => request(path, { method, body, headers: { 'Content-Type': type } });
  return {
    store,
    woken,
    logged,
    async namespace() {
      const name = `ns-${(namespaces += 1)}`;
      await store.transaction(async (tx) => {
        await store.namespaces.ensure(tx, name);
        await store.deploymentTargets.insert(tx, { namespace: name, name: 'default', labels: {}, annotations: {}, spec: { local: {} } });
      });
      return `/api/v1/namespaces/${name}`;
    },
    request,
    open,
    fetch: (sent) => app.fetch(sent),
    get: (path, headers = {}) => request(path, { headers }),
    send: (method, path, body) => sendAs('application/json')(method, path, JSON.stringify(body)),
    yaml: sendAs('application/yaml'),
    as: (token) => {
      const Authorization = `Bearer ${token}`;
      return {
        get: (path, headers = {}) => request(path, { headers: { Authorization, ...headers } }),
        send: (method, path, body) =>
          request(path, {
            method,
            headers: { Authorization, 'Content-Type': 'application/json' },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          }),
      };
    },
  };
}

/** What a test of the API starts from. */
interface OwnApi {
  readonly store: Store;
  readonly api: Api;
  /** Path of a namespace of its own. */
  readonly N: string;
}

/** One API on a store of its own for the tests of the calling file. `take` gets it before they begin. */
export function withApi(take: (own: OwnApi) => void, options: ApiOptions = {}): void {
  beforeAll(withFreshApis(take, options));
}

/** A store for the tests of the calling file. Returns what makes a new API on it, in a namespace of its own, for some of them: a hook of a group. */
export function withFreshApis(take: (own: OwnApi) => void, options: ApiOptions = {}): () => Promise<void> {
  let store: Store;
  beforeAll(async () => {
    store = await openStore();
  });
  afterAll(() => store.close());
  return async () => {
    const api = anApi(store, options);
    take({ store, api, N: await api.namespace() });
  };
}

async function read(answer: Response): Promise<Answer> {
  const { status, headers } = answer;
  const text = await answer.text();
  return { status, headers, text, body: parseAnswer(text, headers.get('content-type') ?? '') };
}

function parseAnswer(text: string, type: string): unknown {
  if (text === '') return undefined;
  if (type.includes('yaml')) return parse(text);
  return type.includes('json') ? JSON.parse(text) : text;
}

function depsFor(store: Store, options: ApiOptions, log: { readonly woken: string[]; readonly logged: object[] }): AppDeps {
  const tell = (title: string): Promise<boolean> => {
    log.woken.push(title);
    return Promise.resolve(options.temporalAnswers ?? true);
  };
  const local = { versions: ['2.3.0', '1.20.0'], versionFor: (wanted?: string) => ['2.3.0', '1.20.0'].find((version) => version.startsWith(wanted ?? '')) };
  const { storage } = createStorage({ blobRoot: '/blobs' });
  return {
    store,
    wake: { deployment: ({ summary }) => tell(summary), sessionCluster: ({ summary }) => tell(summary), sweep: () => tell('sweep') },
    flink: {
      faultOfUrl: flinkPool.faultOfUrl,
      ...options.flink,
      local: { ...local, ...options.flink?.local },
      storage,
      uploads: options.uploads,
    } as unknown as FunctionDeps['flink'],
    reach: () => Promise.resolve(options.endpoint === undefined ? undefined : flinkPool.rest(options.endpoint)),
    readiness: () => options.readiness ?? { ready: true, reasons: [] },
    registry: new Registry(),
    logger: { error: (context) => log.logged.push(context) },
    settings: {
      version: '0.1.0',
      auth: { kind: 'none', admins: [] },
      allowedHosts: [],
      lenient: false,
      localTargets: true,
      watching: { watchMs: 200 },
      ...options.settings,
    },
  };
}

/** The smallest document a Deployment can be made of. */
export function aDocument(overrides: { readonly metadata?: object; readonly spec?: object; readonly artifact?: object } = {}) {
  return {
    metadata: { name: 'clicks', ...overrides.metadata },
    spec: {
      deploymentTargetName: 'default',
      template: { spec: { artifact: { kind: 'jar', jarUri: 'https://example.com/job.jar', ...overrides.artifact } } },
      ...overrides.spec,
    },
  };
}

export interface JobOptions {
  readonly change?: JobChange;
  readonly sessionCluster?: string;
}

/** A Job of this Deployment, as an activity would have made it. */
export async function aJobOf(store: Store, deploymentId: string, { change, sessionCluster }: JobOptions = {}): Promise<Job> {
  return store.transaction(async (tx) => {
    const deployment = await store.deployments.findById(tx, parseId<'DeploymentId'>(deploymentId));
    if (deployment === undefined) throw new Error(`no Deployment ${deploymentId}`);
    const { namespace, name, spec, specVersion } = deployment;
    const cluster = sessionCluster === undefined ? undefined : await store.sessionClusters.find(tx, namespace, sessionCluster);
    const job = await store.jobs.insert(tx, {
      id: store.newId<'JobId'>() as JobId,
      deploymentId: deployment.id as DeploymentId,
      namespace,
      deploymentName: name,
      specVersion,
      template: spec.template,
      place: cluster === undefined ? { kind: 'local', target: 'default' } : { kind: 'session', sessionCluster: cluster.name, sessionClusterId: cluster.id },
      flinkConfiguration: { ...spec.template.spec.flinkConfiguration, 'state.savepoints.dir': 'file:///blobs/savepoints' },
      allowNonRestoredState: false,
    });
    return change === undefined ? job : store.jobs.change(tx, job.id, change);
  });
}

/** As a run would: the Deployment came to rest. */
export async function settle(store: Store, id: string, state: 'RUNNING' | 'CANCELLED' | 'SUSPENDED' | 'FAILED'): Promise<void> {
  await store.transaction((tx) => store.deployments.record(tx, parseId<'DeploymentId'>(id), { status: { state, conditions: [], because: 'settled' } }));
}
