// What one container of a Lambda function holds: opened with the first event that needs it, kept for the next ones, opened anew when that
// failed. A container is frozen between events, so whatever is kept may find its peer gone when it wakes.
import type { Logger as PinoLogger } from 'pino';
import { Registry } from 'prom-client';
import type { ActivityDeps } from '../../activities/deps.ts';
import type { Wake } from '../../domain/wake.ts';
import { DEFAULT_POLICY } from '../../domain/view.ts';
import type { AppDeps, FunctionSettings, HttpApp, Logger } from '../../functions/deps.ts';
import { Problem } from '../../functions/problem.ts';
import type { Store } from '../../store/store.ts';
import { TASK_QUEUE } from '../../workflows/contract.ts';
import { ENVIRONMENT, readConfig, type Config } from '../config.ts';
import { createDefaults } from '../defaults.ts';
import { createFirstAdmin } from '../first-admin.ts';
import { functionSettings } from '../function-settings.ts';
import { createLogger, createUnspeakable } from '../log.ts';
import { openFlink, type OpenedFlink } from '../open-flink.ts';
import { openStore } from '../open-store.ts';
import { secretsOf } from '../secrets-of.ts';
import { StartProblem } from '../start-problem.ts';
import { readEnvironment } from './environment.ts';

/** Put in by the build. */
declare const DREY_VERSION: string;

export interface Container {
  /** Rejects with a Problem that says what is missing, as far as anybody may know; the log says it in full. */
  readonly app: () => Promise<{ fetch(request: Request): Promise<Response> }>;
  readonly wake: () => Promise<Pick<Wake, 'sweep'>>;
}

/** `log`: where lines go before the configuration is known; it holds no secrets then. */
export function openContainer(log: Logger): Container {
  const api = kept(async () => openApi(await configure(ENVIRONMENT)));
  const wake = kept(async () => lateWake(await configure(ENVIRONMENT)));
  return {
    async app() {
      const opened = await api.get().catch((error: unknown) => {
        log.error({ err: error }, 'the API cannot be opened');
        throw error instanceof StartProblem ? new Problem('unavailable', NOT_SET_UP) : error;
      });
      if (!(await opened.thaw())) {
        if (api.forget()) await opened.close();
        throw new Problem('unavailable', 'the database does not answer: try again');
      }
      return {
        async fetch(request) {
          const response = await opened.app.fetch(request);
          // What it needs is away, or its settings have changed: a password, a key, the address of a database.
          if (response.status === 503 && api.forget()) await opened.close();
          return response;
        },
      };
    },
    wake: async () => ({
      async sweep() {
        const isReached = await (await wake.get()).sweep();
        if (!isReached) wake.forget();
        return isReached;
      },
    }),
  };
}

/** A container works on one event at a time, which needs two connections at most. */
const MOST_BROKEN = 3;
/** One attempt to connect takes 3 s at most, and an answer no longer. */
const PATIENCE_MS = 1000;
const NOT_SET_UP = 'drey is not set up here, or what it needs does not answer: the log of this function says which setting';

interface Kept<T> {
  /** What was opened, for everybody who asks; opened anew after a failure. */
  get(): Promise<T>;
  /** The next one who asks opens it anew. False when it is forgotten already. */
  forget(): boolean;
}

function kept<T>(open: () => Promise<T>): Kept<T> {
  let opened: Promise<T> | undefined;
  return {
    get: () =>
      (opened ??= open().catch((error: unknown) => {
        opened = undefined;
        throw error;
      })),
    forget() {
      const isKept = opened !== undefined;
      opened = undefined;
      return isKept;
    },
  };
}

/** Lambda answers whoever finds its address, has one folder to write in, and runs no Flink. */
async function configure(variables: Readonly<Record<string, string | undefined>>): Promise<Config> {
  const given = await readEnvironment(variables);
  const config = await readConfig([], {
    DREY_HOME: '/tmp/drey',
    DREY_CACHE: '/tmp/drey',
    DREY_AUTH: 'tokens',
    ...given,
    HOST: '0.0.0.0',
    DREY_LOCAL_TARGETS: '0',
    DREY_EXAMPLE: '0',
  });
  if (config.database.kind === 'embedded') throw new StartProblem('DATABASE_URL (or DATABASE_URL_FROM) is missing: a function keeps nothing itself.');
  if (config.temporal.kind === 'embedded') throw new StartProblem('TEMPORAL_ADDRESS is missing: a function cannot run a Temporal server.');
  return config;
}

interface OpenedApi {
  readonly app: HttpApp;
  /** Lets go of connections that broke while the container was frozen: a write that met one could not say whether it was stored. False when there are no others. */
  thaw(): Promise<boolean>;
  close(): Promise<void>;
}

/** Leaves nothing open behind where it fails. */
async function openApi(config: Config): Promise<OpenedApi> {
  const unspeakable = createUnspeakable(secretsOf(config));
  const logger = createLogger(process.stdout, unspeakable);
  const settings = await functionSettings(config, DREY_VERSION);
  const opened = await openFlink(config);
  const closing: (() => Promise<void>)[] = [() => opened.close()];
  const close = async (): Promise<void> => void (await Promise.allSettled(closing.map((each) => each())));
  try {
    const store = await openStore(config, { logger, unspeakable });
    closing.push(() => store.close());
    await createDefaults(store, config);
    if (config.adminToken !== undefined) await createFirstAdmin(store, config.adminToken);
    const { createHttpApp } = await import('../../functions/app.ts');
    return { app: createHttpApp(appDeps({ store, opened, logger, wake: lateWake(config), settings })), thaw: () => thaw(store), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Each failed attempt takes the broken connection out of the pool. */
async function thaw(store: Store): Promise<boolean> {
  const begun = performance.now();
  for (let attempt = 1; attempt <= MOST_BROKEN && performance.now() - begun < PATIENCE_MS; attempt += 1) {
    const answers = await store.ping().then(
      () => true,
      () => false,
    );
    if (answers) return true;
  }
  return false;
}

interface Parts {
  readonly store: Store;
  readonly opened: OpenedFlink;
  readonly logger: PinoLogger;
  readonly wake: Wake;
  readonly settings: FunctionSettings;
}

function appDeps({ store, opened, logger, wake, settings }: Parts): AppDeps {
  const deps: ActivityDeps = { store, flink: opened.flink, wake, policy: DEFAULT_POLICY, log: logger };
  return {
    store,
    wake,
    flink: opened.flink,
    async reach(job) {
      const { reachJob } = await import('../../activities/reach.ts');
      const reach = await reachJob(deps, job);
      return reach.kind === 'rest' ? reach.rest : undefined;
    },
    async readiness() {
      await store.ping();
      return { ready: true, reasons: [] };
    },
    registry: new Registry(),
    logger,
    settings: { ...settings, loggingProfiles: opened.loggingProfiles },
  };
}

/** Temporal's client takes a while to load, and only writes need it. */
function lateWake({ temporal }: Config): Wake {
  const wake = kept(async () => {
    if (temporal.kind !== 'external') throw new Error('there is no Temporal server');
    const [{ Client, Connection }, { createWake }] = await Promise.all([import('@temporalio/client'), import('../../functions/wake.ts')]);
    const client = new Client({ connection: Connection.lazy(temporal.connection), namespace: temporal.namespace });
    return createWake({ client: () => client, taskQueue: TASK_QUEUE });
  });
  return {
    deployment: async (target) => (await wake.get()).deployment(target),
    sessionCluster: async (target) => (await wake.get()).sessionCluster(target),
    sweep: async () => (await wake.get()).sweep(),
  };
}
