// stopSessionCluster: ends the processes of one incarnation. Only decided when no Deployment has a job on it; jobs of others on it
// keep it running (scenario E7).
import { isTerminal } from '../domain/job.ts';
import type { ActivityDeps, SessionOrder } from './deps.ts';
import { moved } from './failures.ts';
import { lockedOrThrow } from './turn.ts';

export async function stopSessionCluster(deps: ActivityDeps, order: SessionOrder & { readonly incarnation: number }): Promise<void> {
  const { store, flink } = deps;
  await store.transaction(async (tx) => {
    lockedOrThrow(await store.sessionClusters.lockForRun(tx, order.id, order.fence));
    const jobs = await store.jobs.liveOnSessionCluster(tx, order.id);
    if (jobs.some((job) => !isTerminal(job))) throw moved();
  });
  await flink.local.tearDown({ kind: 'session', sessionClusterId: order.id, incarnation: order.incarnation });
}
