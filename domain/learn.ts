// What a look proves about the live Job. Only proofs change a Job; silence and doubt leave it as it is.
import { countRestarts } from './health.ts';
import type { Instant } from './instant.ts';
import { isTerminal, type Job, type JobEnd, type Observed, type SeenException, type SeenSnapshot } from './job.ts';
import { sameLocation } from './location.ts';
import type { Look, LookAtJob, Policy, View } from './view.ts';

/** Fields of a Job that a look may prove. */
export type Learned = Partial<
  Pick<
    Job,
    | 'state'
    | 'submit'
    | 'end'
    | 'stable'
    | 'restoreChecked'
    | 'hadState'
    | 'startedAt'
    | 'observed'
    | 'failure'
    | 'newestCheckpoint'
    | 'exceptions'
    | 'voidSince'
  >
>;

export function liveJob(view: Pick<View, 'jobs'>): Job | undefined {
  return view.jobs.find((job) => !isTerminal(job));
}

/** What is now known of the live Job; an empty object when nothing new is. */
export function learn(job: Job, look: Look, clock: { readonly now: Instant; readonly policy: Policy }): Learned {
  if (job.end !== undefined) return {};
  const seen = { ...stateOf(job, look), ...observedOf(job, look, clock.now), ...exceptionsOf(job, look) };
  const end = endOf(job, look, clock);
  if (end !== undefined) return { end, ...voidOf(job, look), ...seen };
  if (look.kind !== 'job') return seen;
  return { submit: 'ACCEPTED', ...startOf(job, look, clock), ...seen };
}

function endOf(job: Job, look: Look, { now, policy }: { readonly now: Instant; readonly policy: Policy }): JobEnd | undefined {
  if (look.kind === 'gone') return { how: 'GONE', failure: { reason: look.reason, message: look.text, failedAt: now } };
  if (look.kind === 'unknownJob') return absenceOf(job, now, look.recovers ? policy.absenceMs * 10 : policy.absenceMs);
  if (look.kind !== 'job') return undefined;
  if (look.status === 'CANCELED') return { how: 'CANCELED' };
  if (look.status === 'FINISHED') {
    const stoppedWith = stopOf(look);
    return { how: 'FINISHED', ...(stoppedWith === undefined ? {} : { stoppedWith }) };
  }
  if (look.status !== 'FAILED') return undefined;
  const failure = look.failure ?? { reason: 'Flink reports the job as FAILED without a cause', text: '' };
  return { how: 'FAILED', failure: { reason: failure.reason, message: failure.text, failedAt: now } };
}

/** The savepoint that ended it. A job that completed a checkpoint after its last stop was not ended by that stop. */
function stopOf({ checkpoints }: LookAtJob): SeenSnapshot | undefined {
  const { stoppedWith, newest } = checkpoints ?? {};
  return stoppedWith === undefined || (newest !== undefined && newest.id > stoppedWith.id) ? undefined : stoppedWith;
}

/** A job that ran and is denied by its own, reachable JobManager for the whole grace time is gone (design.md §4 rule 1). */
function absenceOf(job: Job, now: Instant, graceMs: number): JobEnd | undefined {
  if (job.submit !== 'ACCEPTED' || job.observed?.status !== 'ABSENT' || now - job.observed.at < graceMs) return undefined;
  const reason = 'the JobManager no longer knows the job';
  return { how: 'GONE', failure: { reason, message: reason, failedAt: now } };
}

function startOf(job: Job, look: LookAtJob, { now, policy }: { readonly now: Instant; readonly policy: Policy }): Learned {
  const started = job.state === 'STARTED' || (job.state === 'STARTING' && allTasksRun(look));
  const startedAt = job.startedAt ?? (started ? now : undefined);
  const completed = look.checkpoints?.completed ?? 0;
  const stable = job.stable || (started && allTasksRun(look) && startedAt !== undefined && (completed > 0 || now - startedAt >= policy.stableAfterMs));
  const restoreChecked = job.restoreChecked || (started && look.checkpoints !== undefined && restoredAsMeant(job, look));
  return {
    ...(started && job.state === 'STARTING' ? { state: 'STARTED' } : {}),
    ...(startedAt !== undefined && job.startedAt === undefined ? { startedAt } : {}),
    ...(stable && !job.stable ? { stable } : {}),
    ...(restoreChecked && !job.restoreChecked ? { restoreChecked } : {}),
  };
}

/** RUNNING alone proves nothing: it stays so without a single TaskManager (`reference/flink.md` §0.8). */
export function allTasksRun(look: LookAtJob): boolean {
  const { total, running, finished } = look.tasks;
  return look.status === 'RUNNING' && total > 0 && running + finished === total;
}

/** True when Flink restored exactly what the Job names, or nothing where it names nothing, or cannot tell (D27). */
export function restoredAsMeant(job: Pick<Job, 'restore'>, look: LookAtJob): boolean {
  const { checkpoints } = look;
  if (checkpoints === undefined) return true;
  const { restored } = checkpoints;
  if (checkpoints.off && restored === undefined) return true;
  if (restored === undefined) return job.restore === undefined;
  if (!restored.isSavepoint) return true;
  return job.restore !== undefined && restored.location !== undefined && sameLocation(restored.location, job.restore.location);
}

/**
 * True when a JobManager began again with the job and restored less than is known to be complete: without high availability it goes
 * back to what it was first started from (scenario D13).
 */
export function wentBackInTime(job: Pick<Job, 'newestCheckpoint'>, look: LookAtJob): boolean {
  return restoredTooOldAt(job, look) !== undefined;
}

/** When it did. */
export function restoredTooOldAt({ newestCheckpoint: newest }: Pick<Job, 'newestCheckpoint'>, look: LookAtJob): Instant | undefined {
  if (newest === undefined || look.checkpoints === undefined || look.checkpoints.off) return undefined;
  const { restored } = look.checkpoints;
  const since = restored === undefined ? look.startedAt : restored.at;
  if (since === undefined || since <= newest.at) return undefined;
  return restored === undefined || (restored.id !== undefined && restored.id < newest.id) ? since : undefined;
}

/** What it completed, by this look or by what the watch saw of it before: also of a job that is first seen when it is over. */
function stateOf(job: Job, look: Look): Learned {
  const fresh = look.kind === 'job' ? checkpointOf(job, look) : undefined;
  const newest = fresh ?? job.newestCheckpoint;
  const completed = look.kind === 'job' && ((look.checkpoints?.completed ?? 0) > 0 || (look.status === 'FINISHED' && stopOf(look) !== undefined));
  const hasState = newest !== undefined || completed;
  return {
    ...(newest !== undefined && (fresh !== undefined || !job.hadState) ? { newestCheckpoint: newest } : {}),
    ...(hasState && !job.hadState ? { hadState: true } : {}),
  };
}

function checkpointOf(job: Job, look: LookAtJob): SeenSnapshot | undefined {
  const { newest } = look.checkpoints ?? {};
  if (newest === undefined || restoredTooOldAt(job, look) !== undefined) return undefined;
  return job.newestCheckpoint === undefined || newest.id > job.newestCheckpoint.id ? newest : undefined;
}

/** A job that ran on other state than it was meant to and ended before anybody noticed. */
function voidOf(job: Job, look: Look): Learned {
  if (look.kind !== 'job' || job.voidSince !== undefined) return {};
  const voidSince = voidSinceOf(job, look) ?? (restoredAsMeant(job, look) ? undefined : job.createdAt);
  return voidSince === undefined ? {} : { voidSince };
}

/** Since when it runs on other state than it was meant to; undefined when it always did, or never. */
export function voidSinceOf(job: Pick<Job, 'newestCheckpoint' | 'restore' | 'restoreChecked'>, look: LookAtJob): Instant | undefined {
  const tooOld = restoredTooOldAt(job, look);
  if (tooOld !== undefined || !job.restoreChecked || restoredAsMeant(job, look)) return tooOld;
  return look.checkpoints?.restored?.at ?? look.startedAt;
}

const EXCEPTIONS_KEPT = 10;

/** Each entry once: Flink's history is per JobManager and holds what was seen before (scenario C8). */
function exceptionsOf(job: Job, look: Look): Learned {
  const known = job.exceptions ?? [];
  const isKnown = ({ at, name }: SeenException): boolean => known.some((one) => one.at === at && one.name === name);
  const fresh = look.kind === 'job' ? (look.exceptions ?? []).filter((one) => !isKnown(one)) : [];
  const kept = [...fresh, ...known].toSorted((a, b) => b.at - a.at).slice(0, EXCEPTIONS_KEPT);
  return kept.every(isKnown) ? {} : { exceptions: kept };
}

const SEEN_ALIKE = ['status', 'changedAt', 'restarts', 'counter'] as const;

function observedOf(job: Job, look: Look, now: Instant): Learned {
  const status = statusText(look);
  if (status === undefined) return {};
  const before = job.observed;
  const counts = look.kind === 'job' ? countRestarts(before, look, now) : keptOf(before);
  const changedAt = look.kind === 'job' ? look.changedAt : before?.changedAt;
  const seen: Observed = { status, at: now, ...(changedAt === undefined ? {} : { changedAt }), ...counts };
  const isSame = SEEN_ALIKE.every((field) => before?.[field] === seen[field]);
  return isSame ? {} : { observed: seen };
}

function keptOf(before: Observed | undefined): ReturnType<typeof countRestarts> {
  const { status: _, at: __, changedAt: ___, ...counts } = before ?? { status: '', at: 0, restarts: 0 };
  return counts;
}

function statusText(look: Look): string | undefined {
  if (look.kind === 'job') return look.status;
  if (look.kind === 'unreachable') return 'UNKNOWN';
  return look.kind === 'unknownJob' ? 'ABSENT' : undefined;
}
