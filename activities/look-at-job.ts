// One look at the live Job, with short limits. Says what was seen and no more: what it proves is `domain/learn.ts`.
import { toFlinkJobId } from '../domain/ids.ts';
import type { Job } from '../domain/job.ts';
import type { Look, LookAtJob } from '../domain/view.ts';
import type { Answer, FlinkJob, FlinkRest } from '../flink/flink.ts';
import type { ActivityDeps } from './deps.ts';
import { reachJob } from './reach.ts';

export async function lookAtJob(deps: ActivityDeps, job: Job | undefined): Promise<Look> {
  if (job === undefined || job.submit === 'NOT_YET' || job.end !== undefined) return { kind: 'nothing' };
  const reach = await reachJob(deps, job);
  if (reach.kind === 'neverStarted') return { kind: 'unknownJob' };
  if (reach.kind !== 'rest') return reach;
  const answer = await reach.rest.job(toFlinkJobId(job.id));
  return ofAnswer({ job, rest: reach.rest, missingTaskManagers: reach.missingTaskManagers }, answer);
}

interface Asked {
  readonly job: Job;
  readonly rest: FlinkRest;
  readonly missingTaskManagers: number;
}

async function ofAnswer(asked: Asked, answer: Answer<FlinkJob | undefined>): Promise<Look> {
  const comingUp = asked.job.place.kind === 'local' && asked.job.state === 'STARTING';
  if (answer.kind !== 'done') return comingUp ? { kind: 'starting' } : { kind: 'unreachable', because: answer.reason };
  if (answer.value === undefined) return comingUp ? { kind: 'starting' } : { kind: 'unknownJob' };
  return ofFlinkJob(asked, answer.value);
}

async function ofFlinkJob({ job, rest, missingTaskManagers }: Asked, seen: FlinkJob): Promise<LookAtJob> {
  const id = toFlinkJobId(job.id);
  const base = { kind: 'job' as const, status: seen.status, tasks: seen.tasks, missingTaskManagers };
  if (seen.status === 'FAILED') return { ...base, restarts: job.observed?.restarts ?? 0, failure: await failureOf(rest, job) };
  const [restarts, checkpoints] = await Promise.all([rest.restarts(id), job.stable && job.restoreChecked && job.hadState ? undefined : rest.checkpoints(id)]);
  const stats = checkpoints?.kind === 'done' ? checkpoints.value : undefined;
  return {
    ...base,
    restarts: restarts.kind === 'done' ? (restarts.value ?? 0) : (job.observed?.restarts ?? 0),
    ...(stats === undefined
      ? {}
      : {
          checkpoints: {
            ...(stats.enabled ? {} : { off: true as const }),
            completed: stats.latestCompleted === undefined ? 0 : stats.completedCount,
            ...(stats.restored === undefined ? {} : { restored: stats.restored }),
          },
        }),
  };
}

async function failureOf(rest: FlinkRest, job: Job): Promise<{ readonly reason: string; readonly text: string }> {
  const answer = await rest.exceptions(toFlinkJobId(job.id), 1);
  const newest = answer.kind === 'done' ? answer.value[0] : undefined;
  if (newest === undefined) return { reason: 'Flink reports the job as FAILED without a cause', text: '' };
  return { reason: newest.reason, text: newest.stacktrace };
}
