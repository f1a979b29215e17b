// Where the code is known to fall short of the specification. Each gap has a failing test of its own (`it`); the model check leaves
// the decision out that would lead there. When a gap is closed, its line goes.
import { liveJob } from '../../../domain/learn.ts';
import type { World } from './a-world.ts';
import { liveJobs } from './fake-flink.ts';
import type { Happening } from './happenings.ts';

const GAPS: readonly ((world: World) => boolean)[] = [startingInSilence, ranBetweenTwoLooks, jobEndsAfterGivingUp];

export function knownGap(world: World, happening: Happening): boolean {
  return happening === 'decide' && GAPS.some((gap) => gap(world));
}

/** plan-unreachable.test.ts: a starting job is ended as NEVER_RAN by silence. */
function startingInSilence({ flink, jobs }: World): boolean {
  const job = liveJob({ jobs });
  return !flink.answers && job?.state === 'STARTING' && job.submit === 'ACCEPTED';
}

/** plan-submit.test.ts: a job that completed a checkpoint before drey saw all of its tasks run is ended as NEVER_RAN. */
function ranBetweenTwoLooks({ flink, jobs }: World): boolean {
  const job = liveJob({ jobs });
  const seen = job === undefined ? undefined : flink.jobs.get(job.id);
  return job?.state === 'STARTING' && seen !== undefined && !seen.tasksRun && seen.completed > 0;
}

/** plan-stop.test.ts: FAILED is left when the job that was not stopped falls silent or ends. */
function jobEndsAfterGivingUp({ flink, jobs, deployment }: World): boolean {
  const gaveUp = deployment.failedSpecVersion === deployment.specVersion && deployment.spec.state !== 'CANCELLED';
  return gaveUp && liveJob({ jobs }) !== undefined && (!flink.answers || liveJobs(flink).length === 0);
}
