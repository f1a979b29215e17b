// What one container of a Lambda function holds: opened with the first event that needs it, kept for the next ones, opened anew when that
// failed. A container is frozen between events, so whatever is kept may find its peer gone when it wakes.
import type { Wake } from '../../domain/wake.ts';
import type { Logger } from '../../functions/deps.ts';
import { Problem } from '../../functions/problem.ts';
import type { Store } from '../../store/store.ts';
import type { Config } from '../config.ts';
import { kept } from '../kept.ts';
import { lateTemporal, lateWake } from '../late-temporal.ts';
import { createLogger, createUnspeakable } from '../log.ts';
import { openApi } from '../open-api.ts';
import { readRemoteConfig } from '../remote-config.ts';
import { openStore } from '../open-store.ts';
import { secretsOf } from '../secrets-of.ts';
import { StartProblem } from '../start-problem.ts';
import { type FleetMetrics, measureFleet } from './fleet-metrics.ts';

/** Put in by the build. */
declare const DREY_VERSION: string;

export interface Container {
  /** Rejects with a Problem that says what is missing, as far as anybody may know; the log says it in full. */
  readonly app: () => Promise<{ fetch(request: Request): Promise<Response> }>;
  readonly wake: () => Promise<Pick<Wake, 'sweep'>>;
  /** How the fleet does; what cannot be measured is absent. */
  readonly metrics: () => Promise<FleetMetrics>;
}

/** `log`: where lines go before the configuration is known; it holds no secrets then. */
export function openContainer(log: Logger): Container {
  const api = kept(async () => openApi(await readRemoteConfig(), DREY_VERSION));
  const temporal = kept(async () => lateTemporal(await readRemoteConfig()).get());
  const wake = kept(async () => {
    await temporal.get();
    return lateWake(temporal);
  });
  const store = kept(async () => openCountedStore(await readRemoteConfig()));
  return {
    async app() {
      const opened = await api.get().catch((error: unknown) => {
        log.error({ err: error }, 'the API cannot be opened');
        throw error instanceof StartProblem ? new Problem('unavailable', NOT_SET_UP) : error;
      });
      if (!(await thaw(opened.store))) {
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
        if (!isReached && temporal.forget()) wake.forget();
        return isReached;
      },
    }),
    metrics: async () => {
      const countByState = async (): Promise<Readonly<Record<string, number>>> => {
        const opened = await store.get();
        return opened.deployments.countByState(opened.read).catch(async (error: unknown) => {
          if (store.forget()) await opened.close();
          throw error;
        });
      };
      return measureFleet({ fleet: await temporal.get(), countByState, log });
    },
  };
}

async function openCountedStore(config: Config): Promise<Store> {
  const unspeakable = createUnspeakable(secretsOf(config));
  return openStore(config, { logger: createLogger(process.stdout, unspeakable), unspeakable });
}

/** A container works on one event at a time, which needs two connections at most. */
const MOST_BROKEN = 3;
/** One attempt to connect takes 3 s at most, and an answer no longer. */
const PATIENCE_MS = 1000;
const NOT_SET_UP = 'drey is not set up here, or what it needs does not answer: the log of this function says which setting';

/**
 * Lets go of connections that broke while the container was frozen: a write that met one could not say whether it was stored. Each failed attempt takes
 * one out of the pool; false when there are no others.
 */
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
