// What one container of a Lambda function holds: opened with the first event that needs it, kept for the next ones, opened anew when that
// failed. A container is frozen between events, so whatever is kept may find its peer gone when it wakes.
import type { Wake } from '../../domain/wake.ts';
import type { Logger } from '../../functions/deps.ts';
import type { Store } from '../../store/store.ts';
import type { Config } from '../config.ts';
import { kept } from '../kept.ts';
import { lateTemporal, lateWake } from '../late-temporal.ts';
import { createLogger, createUnspeakable } from '../log.ts';
import { readRemoteConfig } from '../remote-config.ts';
import { openStore } from '../open-store.ts';
import { secretsOf } from '../secrets-of.ts';
import { type FleetMetrics, measureFleet } from './fleet-metrics.ts';
import { createThawedApi, type ThawedApi } from './thawed-api.ts';

export interface Container {
  /** Rejects with a Problem that says what is missing, as far as anybody may know; the log says it in full. */
  readonly app: () => Promise<ThawedApi>;
  readonly wake: () => Promise<Pick<Wake, 'sweep'>>;
  /** How the fleet does; what cannot be measured is absent. */
  readonly metrics: () => Promise<FleetMetrics>;
}

/** A connection that is silent for so long is given up. */
const SILENT_MS = 1000;

/** `log`: where lines go before the configuration is known; it holds no secrets then. */
export function openContainer(log: Logger): Container {
  const temporal = kept(async () => lateTemporal(await readRemoteConfig()).get());
  const store = kept(async () => openCountedStore(await readRemoteConfig()));
  return {
    app: createThawedApi(log),
    async wake() {
      await temporal.get();
      return lateWake(temporal);
    },
    metrics: async () => {
      const countByState = async (): Promise<Readonly<Record<string, number>>> => {
        const opened = await store.get();
        try {
          await opened.ping(SILENT_MS);
          return await opened.deployments.countByState(opened.read);
        } catch (error) {
          // Closed beside what comes next: a connection that is silent is not soon closed.
          if (store.forget()) opened.close().catch(() => undefined);
          throw error;
        }
      };
      return measureFleet({ fleet: await temporal.get(), countByState, log });
    },
  };
}

async function openCountedStore(config: Config): Promise<Store> {
  const unspeakable = createUnspeakable(secretsOf(config));
  return openStore(config, { logger: createLogger(process.stdout, unspeakable), unspeakable });
}
