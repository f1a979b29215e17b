// What a look proves about the live Job. Only proofs change a Job; silence and doubt leave it as it is.
import type { Instant } from './instant.ts';
import { isTerminal, type Job, type JobEnd } from './job.ts';
import { sameLocation } from './location.ts';
import type { Look, LookAtJob, Policy, View } from './view.ts';

/** Fields of a Job that a look may prove. */
export type Learned = Partial<Pick<Job, 'state' | 'submit' | 'end' | 'stable' | 'restoreChecked' | 'hadState' | 'startedAt' | 'observed' | 'failure'>>;

export function liveJob(view: Pick<View, 'jobs'>): Job | undefined {
  return view.jobs.find((job) => !isTerminal(job));
}

/** What is now known of the live Job; an empty object when nothing new is. */
export function learn(job: Job, look: Look, clock: { readonly now: Instant; readonly policy: Policy }): Learned {
  if (job.end !== undefined) return {};
  const end = endOf(job, look, clock);
  if (end !== undefined) return { end, ...observedOf(job, look, clock.now) };
  if (look.kind !== 'job') return observedOf(job, look, clock.now);
  return { submit: 'ACCEPTED', ...startOf(job, look, clock), ...observedOf(job, look, clock.now) };
}

function endOf(job: Job, look: Look, { now, policy }: { readonly now: Instant; readonly policy: Policy }): JobEnd | undefined {
  if (look.kind === 'gone') return { how: 'GONE', failure: { reason: look.reason, message: look.text, failedAt: now } };
  if (look.kind === 'unknownJob') return absenceOf(job, now, policy);
  if (look.kind !== 'job') return undefined;
  if (look.status === 'CANCELED') return { how: 'CANCELED' };
  if (look.status === 'FINISHED') return { how: 'FINISHED' };
  if (look.status !== 'FAILED') return undefined;
  const failure = look.failure ?? { reason: 'Flink reports the job as FAILED without a cause', text: '' };
  return { how: 'FAILED', failure: { reason: failure.reason, message: failure.text, failedAt: now } };
}

/** A job that ran and is denied by its own, reachable JobManager for the whole grace time is gone (design.md §4 rule 1). */
function absenceOf(job: Job, now: Instant, policy: Policy): JobEnd | undefined {
  if (job.submit !== 'ACCEPTED' || job.observed?.status !== 'ABSENT' || now - job.observed.at < policy.absenceMs) return undefined;
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
    ...(completed > 0 && !job.hadState ? { hadState: true } : {}),
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

function observedOf(job: Job, look: Look, now: Instant): Learned {
  const status = statusText(look);
  if (status === undefined) return {};
  const restarts = look.kind === 'job' ? Math.max(look.restarts, job.observed?.restarts ?? 0) : (job.observed?.restarts ?? 0);
  const before = job.observed;
  if (before !== undefined && before.status === status && before.restarts === restarts) return {};
  return { observed: { status, restarts, at: now } };
}

function statusText(look: Look): string | undefined {
  if (look.kind === 'job') return look.status;
  if (look.kind === 'unreachable') return 'UNKNOWN';
  return look.kind === 'unknownJob' ? 'ABSENT' : undefined;
}
