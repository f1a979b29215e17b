// What one container of a Lambda function holds: opened with the first event that needs it, kept for the next ones, opened anew when that
// failed. A container is frozen between events, so whatever is kept may find its peer gone when it wakes.
import { Registry } from 'prom-client';
import type { ActivityDeps } from '../../activities/deps.ts';
import type { Wake } from '../../domain/wake.ts';
import { DEFAULT_POLICY } from '../../domain/view.ts';
import type { HttpApp, Logger } from '../../functions/deps.ts';
import { Problem } from '../../functions/problem.ts';
import { TASK_QUEUE } from '../../workflows/contract.ts';
import { ENVIRONMENT, readConfig, type Config } from '../config.ts';
import { createDefaults } from '../defaults.ts';
import { createFirstAdmin } from '../first-admin.ts';
import { functionSettings } from '../function-settings.ts';
import { createLogger, createUnspeakable } from '../log.ts';
import { openFlink } from '../open-flink.ts';
import { openStore } from '../open-store.ts';
import { secretsOf } from '../secrets-of.ts';
import { StartProblem } from '../start-problem.ts';
import { readEnvironment } from './environment.ts';

/** Put in by the build. */
declare const DREY_VERSION: string;

export interface Container {
  /** Rejects with a Problem that says what is missing, as far as anybody may know; the log says it in full. */
  readonly app: () => Promise<HttpApp>;
  readonly wake: () => Promise<Wake>;
}

/** `log`: where lines go before the configuration is known; it holds no secrets then. */
export function openContainer(log: Logger): Container {
  const config = kept(() => configure(ENVIRONMENT));
  const wake = kept(async () => lateWake(await config()));
  return {
    wake,
    app: kept(async () => {
      try {
        return await openApp(await config(), await wake());
      } catch (error) {
        log.error({ err: error }, 'the API cannot be opened');
        if (error instanceof StartProblem)
          throw new Problem('unavailable', 'drey is not set up here, or what it needs does not answer: the log of this function says which setting');
        throw error;
      }
    }),
  };
}

/** What `open` gave, for everybody who asks; asked again after a failure. */
function kept<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () =>
    (opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    }));
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

async function openApp(config: Config, wake: Wake): Promise<HttpApp> {
  const unspeakable = createUnspeakable(secretsOf(config));
  const logger = createLogger(process.stdout, unspeakable);
  const [store, opened, settings, { createHttpApp }] = await Promise.all([
    openStore(config, { logger, unspeakable }),
    openFlink(config),
    functionSettings(config, DREY_VERSION),
    import('../../functions/app.ts'),
  ]);
  await createDefaults(store, config);
  if (config.adminToken !== undefined) await createFirstAdmin(store, config.adminToken);
  const deps: ActivityDeps = { store, flink: opened.flink, wake, policy: DEFAULT_POLICY, log: logger };
  return createHttpApp({
    store,
    wake,
    flink: opened.flink,
    reach: async (job) => {
      const { reachJob } = await import('../../activities/reach.ts');
      const reach = await reachJob(deps, job);
      return reach.kind === 'rest' ? reach.rest : undefined;
    },
    readiness: async () => {
      await store.ping();
      return { ready: true, reasons: [] };
    },
    registry: new Registry(),
    logger,
    settings: { ...settings, loggingProfiles: opened.loggingProfiles },
  });
}

/** Temporal's client takes a while to load, and only writes need it. */
function lateWake(config: Config): Wake {
  const wake = kept(async () => {
    const { temporal } = config;
    if (temporal.kind !== 'external') throw new Error('there is no Temporal server');
    const [{ Client, Connection }, { createWake }] = await Promise.all([import('@temporalio/client'), import('../../functions/wake.ts')]);
    const client = new Client({ connection: Connection.lazy(temporal.connection), namespace: temporal.namespace });
    return createWake({ client: () => client, taskQueue: TASK_QUEUE });
  });
  return {
    deployment: async (target) => (await wake()).deployment(target),
    sessionCluster: async (target) => (await wake()).sessionCluster(target),
    sweep: async () => (await wake()).sweep(),
  };
}
