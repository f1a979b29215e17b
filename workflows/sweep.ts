// sweep: finds whatever nobody nudged. Started every minute; watches for most of it, so that a failed job is noticed in seconds.
import { watch } from './durable.ts';

/** One watch; short enough for a worker that may vanish. */
const WATCH_MS = 25_000;
const EVERY_MS = 2000;
/** As long as the Schedule's interval: the next sweep is buffered and follows at once, so there is no gap. */
const SWEEP_MS = 60_000;

export interface SweepReport {
  readonly rounds: number;
  readonly jobs: number;
  readonly changed: number;
  readonly woken: number;
  readonly foreign: number;
}

export async function sweep(): Promise<SweepReport> {
  const until = Date.now() + SWEEP_MS;
  let report: SweepReport = { rounds: 0, jobs: 0, changed: 0, woken: 0, foreign: 0 };
  for (let left = SWEEP_MS; left > EVERY_MS; left = until - Date.now()) {
    const seen = await watch.watchFleet({ forMs: Math.min(WATCH_MS, left), everyMs: EVERY_MS });
    report = {
      rounds: report.rounds + seen.rounds,
      jobs: seen.jobs,
      changed: report.changed + seen.changed,
      woken: report.woken + seen.woken,
      foreign: seen.foreign,
    };
    if (seen.isGlance) break;
  }
  return report;
}
