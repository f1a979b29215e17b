// The activities as Temporal registers them: one deed each, bound to what `app` hands in.
import { TemporalFailure } from '@temporalio/common';
import { acquireFence, acquireSessionFence } from './acquire-fence.ts';
import { awaitEnd } from './await-end.ts';
import { awaitRunning } from './await-running.ts';
import { awaitSessionCluster } from './await-session-cluster.ts';
import { burnJobId } from './burn-job-id.ts';
import { cancelJob } from './cancel-job.ts';
import { collectCheckpoints } from './collect-checkpoints.ts';
import { decide } from './decide.ts';
import { decideSessionCluster } from './decide-session-cluster.ts';
import { deleteSavepoint } from './delete-savepoint.ts';
import type { ActivityDeps } from './deps.ts';
import { endStray } from './end-stray.ts';
import { ensureCluster } from './ensure-cluster.ts';
import { unexpected } from './failures.ts';
import { fetchArtifact } from './fetch-artifact.ts';
import { keepBeating } from './progress.ts';
import { awaitSavepoint } from './settle-savepoint.ts';
import { startSessionCluster } from './start-session-cluster.ts';
import { stopSessionCluster } from './stop-session-cluster.ts';
import { stopWithSavepoint, takeSavepoint } from './stop-with-savepoint.ts';
import { submitJob } from './submit-job.ts';
import { tearDown } from './tear-down.ts';
import { uploadJar } from './upload-jar.ts';
import { watchFleet } from './watch-fleet.ts';

const ACTIVITIES = {
  acquireFence,
  decide,
  fetchArtifact,
  uploadJar,
  submitJob,
  burnJobId,
  awaitRunning,
  ensureCluster,
  stopWithSavepoint,
  takeSavepoint,
  awaitSavepoint,
  cancelJob,
  awaitEnd,
  collectCheckpoints,
  tearDown,
  deleteSavepoint,
  endStray,
  acquireSessionFence,
  decideSessionCluster,
  startSessionCluster,
  awaitSessionCluster,
  stopSessionCluster,
  watchFleet,
};

type Bound<F> = F extends (deps: ActivityDeps, order: infer O) => infer R ? (order: O) => R : never;

/** What workflows may call. */
export type Activities = { readonly [Name in keyof typeof ACTIVITIES]: Bound<(typeof ACTIVITIES)[Name]> };

export function createActivities(deps: ActivityDeps): Activities {
  const bound = Object.entries(ACTIVITIES).map(([name, deed]) => {
    const run = async (order: never): Promise<unknown> => {
      const stopBeating = keepBeating();
      try {
        return await deed(deps, order);
      } catch (error) {
        throw withoutDetails(deps, name, error);
      } finally {
        stopBeating();
      }
    };
    return [name, run] as const;
  });
  return Object.fromEntries(bound) as unknown as Activities;
}

/** The history of a run is open to more people than the log: an unexpected error stands there by its name alone. */
function withoutDetails({ log }: ActivityDeps, activity: string, error: unknown): unknown {
  if (error instanceof TemporalFailure || (error instanceof Error && error.name === 'AbortError')) return error;
  log.error({ activity, err: error }, 'an activity failed unexpectedly and is tried again');
  return unexpected(error);
}
