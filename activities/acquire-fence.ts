// acquireFence: this run's right to write, higher than every earlier run's. The same run gets the same one again.
import type { DeploymentId, SessionClusterId } from '../domain/ids.ts';
import type { Fence } from '../store/store.ts';
import type { ActivityDeps } from './deps.ts';

/** Null when the Deployment was deleted. */
export async function acquireFence({ store }: ActivityDeps, { id, runId }: { readonly id: DeploymentId; readonly runId: string }): Promise<Fence | null> {
  return (await store.transaction((tx) => store.deployments.acquireFence(tx, id, runId))) ?? null;
}

/** Null when the session cluster was deleted. */
export async function acquireSessionFence(
  { store }: ActivityDeps,
  { id, runId }: { readonly id: SessionClusterId; readonly runId: string },
): Promise<Fence | null> {
  return (await store.transaction((tx) => store.sessionClusters.acquireFence(tx, id, runId))) ?? null;
}
