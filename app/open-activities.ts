// The activities of a worker that keeps nothing: over a database and a Flink elsewhere. Waking goes through a Temporal client of their own.
import type { Logger } from 'pino';
import type { Activities } from '../activities/create-activities.ts';
import type { ActivityDeps } from '../activities/deps.ts';
import { DEFAULT_POLICY } from '../domain/view.ts';
import { type Config, ENVIRONMENT } from './config.ts';
import { eventBusOf } from './event-bus.ts';
import { lateTemporal, lateWake } from './late-temporal.ts';
import type { Unspeakable } from './log.ts';
import { openFlink } from './open-flink.ts';
import { openStore, unreadableSecrets } from './open-store.ts';
import { endStrandedRuns } from './stranded-runs.ts';

export interface OpenedActivities {
  readonly activities: Activities;
  /** One sentence when the database does not answer, or secrets in it cannot be read. */
  problem(): Promise<string | undefined>;
  close(): Promise<void>;
}

export interface ActivitiesOrder {
  readonly logger: Logger;
  readonly unspeakable: Unspeakable;
  /** The worker ends soon: it looks once at the fleet where others keep looking. */
  readonly isShortLived: boolean;
}

const STRANDED = {
  /** Longer than any run that is not stranded stays open, but for those that wait for a cluster: of these the build is asked for. */
  olderThanMs: 600_000,
  because: 'no worker has the build that began it',
  /** The sweep has more to do; the next one goes on. */
  forMs: 5000,
} as const;

/** Leaves nothing open behind where it fails. Throws a StartProblem. */
export async function openActivities(config: Config, { logger, unspeakable, isShortLived }: ActivitiesOrder): Promise<OpenedActivities> {
  const { keepJobs, keepEvents, keepAuditMs } = config;
  const [opened, { createActivities }] = await Promise.all([openFlink(config), import('../activities/create-activities.ts')]);
  try {
    const store = await openStore(config, { logger, unspeakable });
    const policy = { ...DEFAULT_POLICY, keepJobs, keepEvents, keepAuditMs };
    const temporal = lateTemporal(config);
    const deps: ActivityDeps = {
      store,
      flink: opened.flink,
      wake: lateWake(temporal),
      policy,
      log: logger,
      isShortLived,
      ...eventBusOf(config, ENVIRONMENT),
      endStrandedRuns: async () => endStrandedRuns(await temporal.get(), STRANDED),
    };
    return {
      activities: createActivities(deps),
      async problem() {
        await store.ping();
        return unreadableSecrets(store);
      },
      close: async () => {
        temporal.close();
        await Promise.allSettled([store.close(), opened.close()]);
      },
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}
