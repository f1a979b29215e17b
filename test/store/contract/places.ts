// DeploymentTargets and SessionClusters as rows; their locks are in fences.ts.
import { describe, expect, it } from 'vitest';
import type { Store } from '../../../store/store.ts';
import { aClusterSpec, aClusterStatus, storeNamespace } from '../samples.ts';

export function placesContract(store: () => Store): void {
  describe('deployment targets', () => {
    const aTarget = (namespace: string, name = 'k8s') => ({
      namespace,
      name,
      labels: { a: 'b' },
      annotations: {},
      spec: { kubernetes: { namespace: 'jobs' } },
    });
    const insert = (target: ReturnType<typeof aTarget>) => store().transaction((tx) => store().deploymentTargets.insert(tx, target));

    it('come back as they were stored, by name and by id', async () => {
      const wanted = aTarget(await storeNamespace(store()));
      const stored = await insert(wanted);
      expect(stored).toMatchObject({ ...wanted, resourceVersion: 1 });
      expect(await store().deploymentTargets.find(store().read, wanted.namespace, 'k8s')).toEqual(stored);
      expect(stored && (await store().deploymentTargets.findById(store().read, stored.id))).toEqual(stored);
      expect(await store().deploymentTargets.find(store().read, wanted.namespace, 'other')).toBeUndefined();
    });

    it('refuse a name that is taken and are listed by name', async () => {
      const namespace = await storeNamespace(store());
      await insert(aTarget(namespace, 'b'));
      await insert(aTarget(namespace, 'A'));
      expect(await insert(aTarget(namespace, 'b'))).toBeUndefined();
      expect((await store().deploymentTargets.list(store().read, namespace)).map(({ name }) => name)).toEqual(['A', 'b']);
    });

    it('are edited and deleted', async () => {
      const stored = await insert(aTarget(await storeNamespace(store())));
      if (!stored) throw new Error('not stored');
      const edited = await store().transaction((tx) => store().deploymentTargets.edit(tx, stored.id, { annotations: { x: 'y' } }));
      expect(edited).toMatchObject({ labels: { a: 'b' }, annotations: { x: 'y' }, resourceVersion: 2 });
      await store().transaction((tx) => store().deploymentTargets.delete(tx, stored.id));
      expect(await store().deploymentTargets.findById(store().read, stored.id)).toBeUndefined();
    });
  });

  describe('session clusters', () => {
    const aCluster = (namespace: string) => ({ namespace, name: 'shared', labels: {}, annotations: {}, spec: aClusterSpec, status: aClusterStatus });
    const insert = async (given?: string) => {
      const namespace = given ?? (await storeNamespace(store()));
      return store().transaction((tx) => store().sessionClusters.insert(tx, aCluster(namespace)));
    };

    it('come back as they were stored, never started', async () => {
      const namespace = await storeNamespace(store());
      const stored = await insert(namespace);
      expect(stored).toMatchObject({ ...aCluster(namespace), incarnation: 0, specVersion: 1, intentVersion: 1, settledVersion: 0, rowVersion: 0 });
      expect(await store().sessionClusters.find(store().read, namespace, 'shared')).toEqual(stored);
      expect(await store().sessionClusters.list(store().read, namespace)).toEqual([stored]);
      expect(await insert(namespace)).toBeUndefined();
    });

    it('count a new spec as an intent, and a start as an incarnation', async () => {
      const stored = await insert();
      if (!stored) throw new Error('not stored');
      const spec = { ...aClusterSpec, numberOfTaskManagers: 2 };
      const edited = await store().transaction((tx) => store().sessionClusters.edit(tx, stored.id, { spec, labels: { a: 'b' } }));
      expect(edited).toMatchObject({ spec, labels: { a: 'b' }, specVersion: 2, intentVersion: 2, resourceVersion: 2 });
      const status = { state: 'STARTING', because: 'it starts' } as const;
      await store().transaction((tx) => store().sessionClusters.record(tx, stored.id, { incarnation: 1, status, settledVersion: 2, wakeAt: 7 }));
      const recorded = await store().sessionClusters.findById(store().read, stored.id);
      expect(recorded).toMatchObject({ incarnation: 1, status, settledVersion: 2, wakeAt: 7, resourceVersion: 3, specVersion: 2 });
      await store().transaction((tx) => store().sessionClusters.record(tx, stored.id, { status }));
      expect((await store().sessionClusters.findById(store().read, stored.id))?.resourceVersion).toBe(3);
    });

    it('are deleted with their events', async () => {
      const stored = await insert();
      if (!stored) throw new Error('not stored');
      await store().transaction(async (tx) => {
        await store().events.append(tx, stored.namespace, [{ name: 'EXTERNAL', message: 'x', sessionClusterId: stored.id }]);
        await store().sessionClusters.delete(tx, stored.id);
      });
      expect(await store().sessionClusters.findById(store().read, stored.id)).toBeUndefined();
      expect(await store().events.list(store().read, stored.namespace)).toEqual([]);
    });
  });
}
