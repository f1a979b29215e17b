// Ending what runs on this machine, when the platform stops: jobs are parked with their state, then every Flink process is ended.
// Called after the worker has stopped, so that nobody starts anything meanwhile.
import type { ActivityDeps } from '../activities/deps.ts';
import { parkAll } from '../activities/park.ts';

export interface ParkOrder {
  readonly deps: ActivityDeps;
  readonly say: (line: string) => void;
}

/** How long stop-with-savepoint may take; the stop as a whole takes at most 15 s. */
const SAVEPOINT_LIMIT_MS = 8000;

/** Session clusters end after their jobs; a Job that could not be parked loses its processes all the same, its state is in its checkpoints. */
async function tearDownClusters({ store, flink }: ActivityDeps): Promise<void> {
  const namespaces = await store.namespaces.list(store.read);
  const clusters = (await Promise.all(namespaces.map(({ name }) => store.sessionClusters.list(store.read, name)))).flat();
  const sessions = clusters.filter(({ spec, incarnation }) => spec.external === undefined && incarnation > 0);
  const jobs = (await store.jobs.live(store.read)).filter(({ place }) => place.kind === 'local');
  await Promise.allSettled([
    ...sessions.map(({ id, incarnation }) => flink.local.tearDown({ kind: 'session', sessionClusterId: id, incarnation })),
    ...jobs.map(({ id }) => flink.local.tearDown({ kind: 'job', jobId: id })),
  ]);
}

/** Returns when no Flink process of this installation is left. */
export async function park({ deps, say }: ParkOrder): Promise<void> {
  try {
    await parkAll(deps, { savepointLimitMs: SAVEPOINT_LIMIT_MS, progress: say });
  } finally {
    await tearDownClusters(deps);
  }
}
