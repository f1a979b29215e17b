// The HTTP app of a process that serves the API and nothing else: over a database, with Temporal at hand for writes.
import type { Logger as PinoLogger } from 'pino';
import { Registry } from 'prom-client';
import type { ActivityDeps } from '../activities/deps.ts';
import type { Wake } from '../domain/wake.ts';
import { DEFAULT_POLICY } from '../domain/view.ts';
import type { AppDeps, FunctionSettings, HttpApp } from '../functions/deps.ts';
import type { Store } from '../store/store.ts';
import type { Config } from './config.ts';
import { createDefaults } from './defaults.ts';
import { createFirstAdmin } from './first-admin.ts';
import { functionSettings } from './function-settings.ts';
import { lateTemporal, lateWake } from './late-temporal.ts';
import { createLogger, createUnspeakable } from './log.ts';
import { openFlink, type OpenedFlink } from './open-flink.ts';
import { openStore } from './open-store.ts';
import { secretsOf } from './secrets-of.ts';

export interface OpenedApi {
  readonly app: HttpApp;
  readonly store: Store;
  /** Of its metrics. */
  readonly registry: Registry;
  close(): Promise<void>;
}

/** Leaves nothing open behind where it fails. */
export async function openApi(config: Config, version: string): Promise<OpenedApi> {
  const unspeakable = createUnspeakable(secretsOf(config));
  const logger = createLogger(process.stdout, unspeakable);
  const settings = await functionSettings(config, version);
  const opened = await openFlink(config);
  const closing: (() => Promise<void>)[] = [() => opened.close()];
  const close = async (): Promise<void> => void (await Promise.allSettled(closing.map((each) => each())));
  try {
    const store = await openStore(config, { logger, unspeakable });
    closing.push(() => store.close());
    await createDefaults(store, config);
    if (config.adminToken !== undefined) await createFirstAdmin(store, config.adminToken);
    const { createHttpApp } = await import('../functions/app.ts');
    const temporal = lateTemporal(config);
    closing.push(async () => temporal.close());
    const registry = new Registry();
    return { app: createHttpApp(appDeps({ store, opened, logger, wake: lateWake(temporal), settings, registry })), store, registry, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Parts {
  readonly store: Store;
  readonly opened: OpenedFlink;
  readonly logger: PinoLogger;
  readonly wake: Wake;
  readonly settings: FunctionSettings;
  readonly registry: Registry;
}

function appDeps({ store, opened, logger, wake, settings, registry }: Parts): AppDeps {
  const deps: ActivityDeps = { store, flink: opened.flink, wake, policy: DEFAULT_POLICY, log: logger };
  return {
    store,
    wake,
    flink: opened.flink,
    async reach(job) {
      const { reachJob } = await import('../activities/reach.ts');
      const reach = await reachJob(deps, job);
      return reach.kind === 'rest' ? reach.rest : undefined;
    },
    async readiness() {
      await store.ping();
      return { ready: true, reasons: [] };
    },
    registry,
    logger,
    settings: { ...settings, loggingProfiles: opened.loggingProfiles },
  };
}
