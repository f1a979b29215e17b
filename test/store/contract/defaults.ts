// DeploymentDefaults of namespaces as rows, and what a namespace's instruction does to its Deployments.
import { describe, expect, it } from 'vitest';
import type { Store } from '../../../store/store.ts';
import { aNamespace, storeDeployment } from '../samples.ts';

export function defaultsContract(store: () => Store): void {
  describe('deployment defaults', () => {
    const inNamespace = async (): Promise<string> => {
      const namespace = aNamespace();
      await store().transaction((tx) => store().namespaces.ensure(tx, namespace));
      return namespace;
    };
    const wanted = { labels: { a: 'b' }, annotations: { c: 'd' }, spec: { maxJobCreationAttempts: 2 } };
    const write = (namespace: string, spec = wanted.spec) =>
      store().transaction(async (tx) => {
        const before = await store().deploymentDefaults.lock(tx, namespace);
        return store().deploymentDefaults.edit(tx, namespace, { ...wanted, spec: { ...before.spec, ...spec } });
      });

    it('are made by the first lock, empty, and come back as they were stored', async () => {
      const namespace = await inNamespace();
      expect(await store().deploymentDefaults.find(store().read, namespace)).toBeUndefined();
      const stored = await write(namespace);
      expect(stored).toMatchObject({ ...wanted, namespace, resourceVersion: 1 });
      expect(await store().deploymentDefaults.find(store().read, namespace)).toEqual(stored);
      expect((await write(namespace)).id).toBe(stored.id);
    });

    it('leave nothing of a first write that failed', async () => {
      const namespace = await inNamespace();
      const failing = store().transaction(async (tx) => {
        await store().deploymentDefaults.lock(tx, namespace);
        throw new Error('refused');
      });
      await expect(failing).rejects.toThrow('refused');
      expect(await store().deploymentDefaults.find(store().read, namespace)).toBeUndefined();
    });

    it('lose nothing of two writes at once, also not of the first two', async () => {
      const namespace = await inNamespace();
      const specs = [{ maxJobCreationAttempts: 2 }, { maxSavepointCreationAttempts: 3 }];
      await Promise.all(specs.map((spec) => write(namespace, spec as typeof wanted.spec)));
      const both = await store().deploymentDefaults.find(store().read, namespace);
      expect(both).toMatchObject({ spec: { ...specs[0], ...specs[1] }, resourceVersion: 2 });
    });

    it('go with their namespace', async () => {
      const namespace = await inNamespace();
      await write(namespace);
      await store().transaction((tx) => store().namespaces.delete(tx, namespace));
      expect(await store().deploymentDefaults.find(store().read, namespace)).toBeUndefined();
    });

    it('raise the intent of Deployments of their namespace that say nothing of state themselves', async () => {
      const namespace = await inNamespace();
      const silent = await storeDeployment(store(), { namespace, name: 'silent' });
      const own = await storeDeployment(store(), { namespace, name: 'own', annotations: { 'drey.dev/require-state': 'false' } });
      const other = await storeDeployment(store());
      await store().transaction((tx) => store().deploymentDefaults.raiseIntents(tx, namespace));
      const intents = await Promise.all([silent, own, other].map(async ({ id }) => (await store().deployments.findById(store().read, id))?.intentVersion));
      expect(intents).toEqual([2, 1, 1]);
    });

    it('are among the rows that a decision rests on', async () => {
      const namespace = await inNamespace();
      const deployment = await storeDeployment(store(), { namespace });
      expect((await store().rowsOf(store().read, deployment)).defaultAnnotations).toEqual({});
      await write(namespace);
      expect((await store().rowsOf(store().read, deployment)).defaultAnnotations).toEqual({ c: 'd' });
    });
  });
}
