// The look that was last recorded of a live Job, for a plan that is only shown: no decision rests on it.
import type { Sighting } from './assemble-view.ts';
import type { Condition } from './deployment.ts';
import type { Job } from './job.ts';
import { keepsCheckpoints } from './restore.ts';
import type { Look, LookAtJob } from './view.ts';

export interface Recorded {
  readonly job: Job | undefined;
  /** What the watch saw last of it. */
  readonly seen: Sighting | undefined;
  /** As the last decision left them. */
  readonly conditions: readonly Condition[];
}

export function recordedLook({ job, seen, conditions }: Recorded): Look {
  if (job === undefined || job.submit === 'NOT_YET' || job.end !== undefined) return { kind: 'nothing' };
  const newer = seen !== undefined && seen.seenAt >= (job.observed?.at ?? 0) ? seen : undefined;
  const status = newer?.status ?? job.observed?.status;
  switch (status) {
    case undefined:
      return job.state === 'STARTED' ? lookAt(job, { status: 'RUNNING', tasks: '', seen, conditions }) : { kind: 'starting' };
    case 'UNKNOWN':
      return { kind: 'unreachable', because: 'it did not answer when it was last asked' };
    case 'ABSENT':
      return job.state === 'STARTING' ? { kind: 'starting' } : { kind: 'unknownJob' };
    case 'GONE':
      return { kind: 'gone', reason: 'its JobManager was seen to be gone', text: '' };
    default:
      return lookAt(job, { status, tasks: newer?.tasks ?? '', seen, conditions });
  }
}

interface Known extends Pick<Recorded, 'seen' | 'conditions'> {
  readonly status: string;
  readonly tasks: string;
}

function lookAt(job: Job, recorded: Known): LookAtJob {
  const { status } = recorded;
  return {
    kind: 'job',
    status,
    tasks: tasksOf(job, status, recorded.tasks),
    restarts: job.observed?.counter ?? job.observed?.restarts ?? 0,
    missingTaskManagers: 0,
    ...checkpointsOf(job, recorded),
  };
}

function checkpointsOf(job: Job, { seen, conditions }: Known): Pick<LookAtJob, 'checkpoints'> {
  if (checkpointingIsOff(job, conditions)) return { checkpoints: { off: true, completed: 0 } };
  const newest = seen?.checkpoint ?? job.newestCheckpoint;
  if (newest === undefined) return {};
  const restored = job.restore === undefined ? {} : { restored: { location: job.restore.location, isSavepoint: true } };
  return { checkpoints: { completed: 1, newest, ...restored } };
}

/** "running/total"; where they were not counted, all run once the Job has started. */
function tasksOf(job: Job, status: string, text: string): LookAtJob['tasks'] {
  const [, running, total] = /^(\d+)\/(\d+)/.exec(text) ?? [];
  if (running !== undefined && total !== undefined && Number(total) > 0) return { running: Number(running), total: Number(total), finished: 0 };
  return { total: 1, running: job.state !== 'STARTING' && status === 'RUNNING' ? 1 : 0, finished: 0 };
}

/** Only then are checkpoints not retained where the configuration of the Job retains them (state-safety.ts). */
function checkpointingIsOff(job: Job, conditions: readonly Condition[]): boolean {
  const notRetained = conditions.some(({ reason }) => reason === 'NO_RETAINED_CHECKPOINTS');
  return notRetained && !job.hadState && keepsCheckpoints({ ...job, end: { how: 'CANCELED' } });
}
