// What the sweep selects.
import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../../domain/deployment.ts';
import type { DeploymentRecord, Store } from '../../../store/store.ts';
import { aClusterSpec, aClusterStatus, aJob, aSavepoint, storeDeployment, storeNamespace } from '../samples.ts';

export function dueContract(store: () => Store): void {
  const record = (id: Deployment['id'], change: DeploymentRecord) => store().transaction((tx) => store().deployments.record(tx, id, change));
  const settled = async (): Promise<Deployment> => {
    const deployment = await storeDeployment(store());
    await record(deployment.id, { settledVersion: deployment.intentVersion });
    return deployment;
  };
  const isDue = async ({ id }: Deployment): Promise<boolean> => (await store().deployments.due(store().read, 10_000)).some((each) => each.id === id);

  describe('due', () => {
    it('names a new deployment until it is settled, and again when its intent is raised', async () => {
      const deployment = await storeDeployment(store());
      const { id, namespace, name } = deployment;
      expect(await store().deployments.due(store().read, 10_000)).toContainEqual({ id, namespace, name });
      await record(id, { settledVersion: 1 });
      expect(await isDue(deployment)).toBe(false);
      await store().transaction((tx) => store().deployments.raiseIntent(tx, id));
      expect(await isDue(deployment)).toBe(true);
    });

    it('names a deployment when its time has come', async () => {
      const deployment = await settled();
      const now = await store().now(store().read);
      await record(deployment.id, { wakeAt: now + 60_000 });
      expect(await isDue(deployment)).toBe(false);
      await record(deployment.id, { wakeAt: now - 1 });
      expect(await isDue(deployment)).toBe(true);
      await record(deployment.id, { wakeAt: null });
      expect(await isDue(deployment)).toBe(false);
    });

    it('names a deployment with a job that starts or terminates', async () => {
      const deployment = await settled();
      const job = await store().transaction((tx) => store().jobs.insert(tx, aJob(deployment)));
      const afterwards = async (state: 'STARTED' | 'TERMINATING' | 'TERMINATED') => {
        await store().transaction((tx) => store().jobs.change(tx, job.id, { state }));
        return isDue(deployment);
      };
      expect(await isDue(deployment)).toBe(true);
      expect(await afterwards('STARTED')).toBe(false);
      expect(await afterwards('TERMINATING')).toBe(true);
      expect(await afterwards('TERMINATED')).toBe(false);
    });

    it('names a deployment once with savepoints that are under way', async () => {
      const deployment = await settled();
      const savepoint = aSavepoint(deployment);
      await store().transaction(async (tx) => {
        await store().savepoints.insert(tx, savepoint);
        await store().savepoints.insert(tx, aSavepoint(deployment, { state: 'COMPLETED' }));
      });
      const afterwards = async (state: 'COMPLETED' | 'PENDING_DELETION' | 'DELETING' | 'FAILED_DELETION') => {
        await store().transaction((tx) => store().savepoints.change(tx, savepoint.id, { state }));
        return (await store().deployments.due(store().read, 10_000)).filter((each) => each.id === deployment.id).length;
      };
      expect(await isDue(deployment)).toBe(true);
      expect(await afterwards('COMPLETED')).toBe(0);
      expect(await afterwards('PENDING_DELETION')).toBe(1);
      expect(await afterwards('DELETING')).toBe(1);
      expect(await afterwards('FAILED_DELETION')).toBe(0);
    });

    it('begins with what no run has looked at for the longest time, and names no more than asked for', async () => {
      const first = await storeDeployment(store());
      const second = await storeDeployment(store());
      const order = async () => {
        const ids = (await store().deployments.due(store().read, 10_000)).map(({ id }) => id);
        return ids.indexOf(first.id) < ids.indexOf(second.id);
      };
      expect(await order()).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 2));
      await store().transaction(async (tx) => {
        const fence = await store().deployments.acquireFence(tx, first.id, 'run');
        if (fence) await store().deployments.lockForRun(tx, first.id, fence);
      });
      expect(await order()).toBe(false);
      expect(await store().deployments.due(store().read, 1)).toHaveLength(1);
    });

    it('names session clusters too', async () => {
      const cluster = { namespace: await storeNamespace(store()), name: 'shared', labels: {}, annotations: {}, spec: aClusterSpec, status: aClusterStatus };
      const stored = await store().transaction((tx) => store().sessionClusters.insert(tx, cluster));
      if (!stored) throw new Error('the name is taken');
      const named = { id: stored.id, namespace: cluster.namespace, name: 'shared' };
      expect(await store().sessionClusters.due(store().read, 10_000)).toContainEqual(named);
      await store().transaction((tx) => store().sessionClusters.record(tx, stored.id, { settledVersion: 1 }));
      expect(await store().sessionClusters.due(store().read, 10_000)).not.toContainEqual(named);
      await store().transaction((tx) => store().sessionClusters.record(tx, stored.id, { wakeAt: 1 }));
      expect(await store().sessionClusters.due(store().read, 10_000)).toContainEqual(named);
    });
  });
}
