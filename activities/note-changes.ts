// noteChanges: stores what the watch saw and, where it changed in a way that matters, raises the Deployment's intentVersion in the
// same transaction, so that a lost wake-up loses nothing. While it stays so, nothing is raised.
import type { DeploymentId, JobId } from '../domain/ids.ts';
import type { Observation } from '../store/store.ts';
import type { ActivityDeps } from './deps.ts';
import type { JobSighting } from './observe-fleet.ts';

/** What was stored last, by Job; kept up to date by `noteChanges`. */
export type Known = Map<JobId, Observation>;

export async function knownObservations({ store }: ActivityDeps): Promise<Known> {
  return new Map((await store.observations.all(store.read)).map((observation) => [observation.jobId, observation]));
}

/** Deployments for which something that matters changed. */
export async function noteChanges(deps: ActivityDeps, known: Known, sightings: readonly JobSighting[]): Promise<readonly DeploymentId[]> {
  const { store } = deps;
  const changed: DeploymentId[] = [];
  for (const sighting of sightings) {
    const before = known.get(sighting.job.id);
    if (before !== undefined && isSame(before, sighting)) continue;
    const matters = mattersAgainst(before, sighting);
    const observation = await store.transaction(async (tx) => {
      const seen = toObservation(sighting, before, await store.now(tx));
      await store.observations.put(tx, seen);
      if (matters) await store.deployments.raiseIntent(tx, seen.deploymentId);
      return seen;
    });
    known.set(sighting.job.id, observation);
    if (matters) changed.push(sighting.job.deploymentId);
  }
  return changed;
}

function toObservation({ job, status, tasks, changedAt, checkpoint, stalls }: JobSighting, before: Observation | undefined, seenAt: number): Observation {
  const newest = checkpoint ?? before?.checkpoint;
  return {
    jobId: job.id,
    deploymentId: job.deploymentId,
    status,
    tasks,
    seenAt,
    stalls: stalls ?? before?.stalls ?? false,
    ...(changedAt === undefined ? {} : { changedAt }),
    ...(newest === undefined ? {} : { checkpoint: newest }),
  };
}

function isSame(before: Observation, { status, tasks, changedAt, checkpoint, stalls }: JobSighting): boolean {
  const sameProgress = (checkpoint === undefined || checkpoint.id === before.checkpoint?.id) && (stalls === undefined || stalls === before.stalls);
  return before.status === status && before.tasks === tasks && before.changedAt === changedAt && sameProgress;
}

/** The first sighting of a healthy job is no news; that its tasks changed states since it was known to run is: it restarted, too fast to be seen otherwise. */
function mattersAgainst(before: Observation | undefined, sighting: JobSighting): boolean {
  const health = healthOf(sighting);
  if (before === undefined)
    return health !== HEALTHY || sighting.stalls === true || (sighting.changedAt ?? 0) > (sighting.job.startedAt ?? Number.POSITIVE_INFINITY);
  if (healthOf(before) !== health) return true;
  if (sighting.stalls !== undefined && sighting.stalls !== (before.stalls ?? false)) return true;
  return health === HEALTHY && before.changedAt !== undefined && sighting.changedAt !== undefined && before.changedAt !== sighting.changedAt;
}

const HEALTHY = 'runs';

function healthOf({ status, tasks }: Pick<Observation, 'status' | 'tasks'>): string {
  if (status !== 'RUNNING') return status;
  if (tasks.includes('missing')) return tasks;
  const [running, total] = tasks.split('/');
  return running === total ? HEALTHY : 'waits for tasks';
}
