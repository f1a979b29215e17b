// noteChanges: stores what the watch saw and, where it changed in a way that matters, raises the Deployment's intentVersion in the
// same transaction, so that a lost wake-up loses nothing. While it stays so, nothing is raised.
import type { DeploymentId } from '../domain/ids.ts';
import type { Observation } from '../store/store.ts';
import type { ActivityDeps } from './deps.ts';
import type { JobSighting } from './observe-fleet.ts';

/** Deployments for which something that matters changed. */
export async function noteChanges(deps: ActivityDeps, sightings: readonly JobSighting[]): Promise<readonly DeploymentId[]> {
  const { store } = deps;
  const known = new Map((await store.observations.all(store.read)).map((observation) => [observation.jobId, observation]));
  const changed: DeploymentId[] = [];
  for (const sighting of sightings) {
    const before = known.get(sighting.job.id);
    if (before !== undefined && before.status === sighting.status && before.tasks === sighting.tasks) continue;
    const matters = mattersAgainst(before, sighting);
    await store.transaction(async (tx) => {
      const { id: jobId, deploymentId } = sighting.job;
      await store.observations.put(tx, { jobId, deploymentId, status: sighting.status, tasks: sighting.tasks, seenAt: await store.now(tx) });
      if (matters) await store.deployments.raiseIntent(tx, deploymentId);
    });
    if (matters) changed.push(sighting.job.deploymentId);
  }
  return changed;
}

/** The first sighting of a healthy job is no news. */
function mattersAgainst(before: Observation | undefined, sighting: JobSighting): boolean {
  const isHealthy = healthOf(sighting) === 'runs';
  if (before === undefined) return !isHealthy;
  return healthOf(before) !== healthOf(sighting);
}

function healthOf({ status, tasks }: Pick<Observation, 'status' | 'tasks'>): string {
  if (status !== 'RUNNING') return status;
  if (tasks.includes('missing')) return tasks;
  const [running, total] = tasks.split('/');
  return running === total ? 'runs' : 'waits for tasks';
}
