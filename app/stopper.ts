// The order in which everything that was started is stopped again, however far the start came. Stops each thing once.
import type { Logger } from 'pino';

/** Parts of one line stop together, lines after each other. Jobs are parked while nobody else works on them. */
const ORDER = [['http', 'worker'], ['jobs', 'temporal'], ['flink'], ['store'], ['lock']] as const;

type Stoppable = (typeof ORDER)[number][number];

export interface Stopper {
  /** Something was started. When the stop is already under way, it is stopped at once. */
  add(part: Stoppable, stop: () => Promise<void>): Promise<void>;
  /** Stops everything. A part that fails or hangs does not keep the others. */
  run(): Promise<void>;
}

/** How long one part may take; parking has its own, shorter limits inside. */
const LIMIT_MS: Readonly<Record<Stoppable, number>> = { http: 2000, worker: 4000, jobs: 11_000, temporal: 7000, flink: 2000, store: 3000, lock: 1000 };

export function createStopper(logger: Pick<Logger, 'warn'>): Stopper {
  const started = new Map<Stoppable, (() => Promise<void>)[]>();
  let running: Promise<void> | undefined;

  const stopOne = async (part: Stoppable, stop: () => Promise<void>): Promise<void> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`took longer than ${LIMIT_MS[part]} ms`)), LIMIT_MS[part]);
    });
    await Promise.race([stop(), late]).catch((error: unknown) => logger.warn({ part, error: String(error) }, 'could not be stopped'));
    clearTimeout(timer);
  };
  const stopAll = async (): Promise<void> => {
    for (const together of ORDER) {
      await Promise.all(together.flatMap((part) => (started.get(part) ?? []).map((stop) => stopOne(part, stop))));
    }
  };
  return {
    async add(part, stop) {
      if (running) return await stopOne(part, stop);
      started.set(part, [...(started.get(part) ?? []), stop]);
    },
    run: () => (running ??= stopAll()),
  };
}
