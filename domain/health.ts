// How well a running job does, by what was noticed of it: restarts in the last minutes, checkpoints that do not complete (vvp.md §1.2,
// scenarios D5, D6). Told to users as conditions; never the ground for ending a job.
import type { Instant } from './instant.ts';
import type { Job, Observed } from './job.ts';
import type { Look, LookAtJob } from './view.ts';

const MINUTE_MS = 60_000;
/** JobFailing and JobUnstable: as many restarts within so long. */
export const FAILING = { restarts: 3, withinMs: 10 * MINUTE_MS } as const;
export const UNSTABLE = { restarts: 3, withinMs: 60 * MINUTE_MS } as const;

type Window = typeof FAILING | typeof UNSTABLE;

/** What was noticed of the restarts: Flink's counter begins again with each JobManager, so one that dropped tells of the new one's restarts (D9). */
export function countRestarts(before: Observed | undefined, look: LookAtJob, now: Instant): Pick<Observed, 'restarts' | 'counter' | 'restartedAt'> {
  const last = before?.counter ?? before?.restarts ?? 0;
  const more = look.restarts < last ? look.restarts : look.restarts - last;
  const noticed = Array.from({ length: Math.min(more, FAILING.restarts) }, () => now);
  const restartedAt = [...noticed, ...(before?.restartedAt ?? [])].slice(0, FAILING.restarts);
  return {
    restarts: (before?.restarts ?? 0) + more,
    ...(look.restarts === 0 && before?.counter === undefined ? {} : { counter: look.restarts }),
    ...(restartedAt.length === 0 ? {} : { restartedAt }),
  };
}

/** When this many restarts will no longer lie within the window; undefined when they do not now. */
function endOf({ observed }: Pick<Job, 'observed'>, { restarts, withinMs }: Window, now: Instant): Instant | undefined {
  const oldest = observed?.restartedAt?.[restarts - 1];
  return oldest !== undefined && now - oldest < withinMs ? oldest + withinMs : undefined;
}

export function restartsTooOften(job: Pick<Job, 'observed'>, window: Window, now: Instant): boolean {
  return endOf(job, window, now) !== undefined;
}

/** Flink's counter of restarts is a metric: by default it is up to 10 s behind the states of the job (`reference/flink.md` §2.8). */
const COUNTER_LAG_MS = 12_000;

/** How long until the counter cannot lag behind what was seen last; undefined when it does not now. */
export function countedIn({ observed }: Pick<Job, 'observed'>, now: Instant): number | undefined {
  const left = observed === undefined ? 0 : observed.at + COUNTER_LAG_MS - now;
  return left > 0 ? left : undefined;
}

/** How long until a condition that holds now stops to hold by time alone. */
export function calmIn(job: Pick<Job, 'observed'>, now: Instant): number | undefined {
  const ends = [FAILING, UNSTABLE].map((window) => endOf(job, window, now)).filter((end) => end !== undefined);
  return ends.length === 0 ? undefined : Math.max(1, Math.min(...ends) - now);
}

/** The moment from which a checkpoint is overdue; undefined when none is expected. */
export function overdueAt(job: Pick<Job, 'startedAt' | 'newestCheckpoint' | 'observed'>, patienceMs: number | undefined): Instant | undefined {
  if (patienceMs === undefined || job.startedAt === undefined) return undefined;
  return Math.max(job.startedAt, job.newestCheckpoint?.at ?? 0, job.observed?.restartedAt?.[0] ?? 0) + patienceMs;
}

/** True when no checkpoint completed for longer than it may take; undefined when that cannot be told now. */
export function checkpointsStall(job: Pick<Job, 'startedAt' | 'newestCheckpoint' | 'observed'>, look: Look, now: Instant): boolean | undefined {
  if (look.kind !== 'job' || look.checkpoints === undefined) return undefined;
  const overdue = overdueAt(job, look.checkpoints.patienceMs);
  return overdue !== undefined && now > overdue;
}
