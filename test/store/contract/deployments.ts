// Deployments: names, versions, labels, who writes what.
import { describe, expect, it } from 'vitest';
import type { Store } from '../../../store/store.ts';
import { aDeployment, aJob, aNamespace, aSavepoint, aSpec, aStatus, storeDeployment, storeNamespace } from '../samples.ts';

export function deploymentsContract(store: () => Store): void {
  describe('deployments', () => {
    it('come back as they were stored', async () => {
      const wanted = aDeployment({ displayName: 'Word count', labels: { team: 'a', tier: '' }, annotations: { note: 'x' } });
      const stored = await storeDeployment(store(), wanted);
      expect(stored).toMatchObject(wanted);
      expect(stored).toMatchObject({ specVersion: 1, intentVersion: 1, settledVersion: 0, resourceVersion: 1, rowVersion: 0 });
      expect(Object.keys(stored)).not.toEqual(expect.arrayContaining(['wakeAt']));
      expect(await store().deployments.findById(store().read, stored.id)).toEqual(stored);
    });

    it('refuse a name that is taken in the namespace, and only there', async () => {
      const { namespace } = await storeDeployment(store());
      const again = await store().transaction((tx) => store().deployments.insert(tx, aDeployment({ namespace })));
      expect(again).toBeUndefined();
      await expect(storeDeployment(store())).resolves.toBeDefined();
    });

    it('are found by id in any letter case, by name, and by a name that looks like an id', async () => {
      const namespace = aNamespace();
      const named = await storeDeployment(store(), { namespace, name: 'by-name' });
      const odd = await storeDeployment(store(), { namespace, name: '0b9c1b62-6f7e-4d7a-9d3e-0a1b2c3d4e5f' });
      const find = (key: string) => store().deployments.find(store().read, namespace, key);
      expect((await find(named.id.toUpperCase()))?.id).toBe(named.id);
      expect((await find('by-name'))?.id).toBe(named.id);
      expect((await find(odd.name))?.id).toBe(odd.id);
      expect(await store().deployments.find(store().read, aNamespace(), named.id)).toBeUndefined();
    });

    it('are listed by name, all of the namespace or those with every given label', async () => {
      const namespace = aNamespace();
      await storeDeployment(store(), { namespace, name: 'b', labels: { team: 'red', tier: 'gold' } });
      await storeDeployment(store(), { namespace, name: 'a', labels: { team: 'red' } });
      await storeDeployment(store(), { namespace, name: 'a-1', labels: { team: 'blue', tier: 'gold' } });
      const names = async (labels?: Record<string, string>) =>
        (await store().deployments.list(store().read, namespace, labels && { labels })).map(({ name }) => name);
      expect(await names()).toEqual(['a', 'a-1', 'b']);
      expect(await names({})).toEqual(['a', 'a-1', 'b']);
      expect(await names({ team: 'red' })).toEqual(['a', 'b']);
      expect(await names({ team: 'red', tier: 'gold' })).toEqual(['b']);
      expect(await names({ team: 'green' })).toEqual([]);
    });

    it('keep labels that are longer than an index entry', async () => {
      const labels = { note: 'x'.repeat(10_000) };
      const { namespace, id } = await storeDeployment(store(), { labels });
      expect((await store().deployments.list(store().read, namespace, { labels })).map((each) => each.id)).toEqual([id]);
    });

    it('count every edit in resourceVersion, a new spec in specVersion, and what calls for a look in intentVersion', async () => {
      const { id } = await storeDeployment(store(), { labels: { old: '1' }, displayName: 'old' });
      const edit = (change: Parameters<Store['deployments']['edit']>[2]) => store().transaction((tx) => store().deployments.edit(tx, id, change));
      expect(await edit({})).toMatchObject({ resourceVersion: 2, specVersion: 1, intentVersion: 1, labels: { old: '1' }, displayName: 'old' });
      expect(await edit({ raiseIntent: true })).toMatchObject({ resourceVersion: 3, specVersion: 1, intentVersion: 2 });
      const spec = aSpec({ state: 'SUSPENDED' });
      expect(await edit({ spec, raiseIntent: true })).toMatchObject({ resourceVersion: 4, specVersion: 2, intentVersion: 3, spec });
      const renamed = await edit({ labels: { new: '2' }, annotations: { a: 'b' }, displayName: null });
      expect(renamed).toMatchObject({ resourceVersion: 5, specVersion: 2, intentVersion: 3, labels: { new: '2' }, annotations: { a: 'b' }, spec });
      expect(renamed).not.toHaveProperty('displayName');
      expect(renamed.labels).toEqual({ new: '2' });
      expect(renamed.rowVersion).toBe(0);
    });

    it('show a recorded status as a change only when it differs', async () => {
      const before = await storeDeployment(store());
      const record = async (change: Parameters<Store['deployments']['record']>[2]) => {
        await store().transaction((tx) => store().deployments.record(tx, before.id, change));
        return store().deployments.findById(store().read, before.id);
      };
      expect(await record({ status: { because: 'it is new', conditions: [], state: 'CANCELLED' } })).toEqual(before);
      expect(await record({ settledVersion: 1, wakeAt: 5000, failedSpecVersion: 1 })).toEqual({
        ...before,
        settledVersion: 1,
        wakeAt: 5000,
        failedSpecVersion: 1,
      });
      const changed = await record({ status: { ...aStatus, state: 'RUNNING' }, wakeAt: null, failedSpecVersion: null });
      expect(changed).toMatchObject({ status: { state: 'RUNNING' }, resourceVersion: 2, specVersion: 1, settledVersion: 1 });
      expect(changed?.modifiedAt).toBeGreaterThan(before.modifiedAt - 1);
      expect(changed).not.toHaveProperty('wakeAt');
      expect(changed).not.toHaveProperty('failedSpecVersion');
      expect(await record({})).toEqual(changed);
    });

    it('are deleted with all they have, and the ids of their jobs stay known', async () => {
      const deployment = await storeDeployment(store(), { labels: { a: 'b' } });
      const { namespace, id } = deployment;
      const job = aJob(deployment);
      const savepoint = aSavepoint(deployment);
      await store().transaction(async (tx) => {
        await store().jobs.insert(tx, job);
        await store().savepoints.insert(tx, savepoint);
        await store().observations.put(tx, { jobId: job.id, deploymentId: id, status: 'RUNNING', tasks: '1/1', seenAt: 1 });
        await store().events.append(tx, namespace, [{ name: 'EXTERNAL', message: 'x', deploymentId: id }]);
      });
      await store().transaction((tx) => store().deployments.delete(tx, id));
      const { read } = store();
      expect(await store().deployments.findById(read, id)).toBeUndefined();
      expect(await store().jobs.list(read, namespace)).toEqual([]);
      expect(await store().savepoints.list(read, namespace)).toEqual([]);
      expect(await store().events.list(read, namespace)).toEqual([]);
      expect((await store().observations.all(read)).filter((each) => each.deploymentId === id)).toEqual([]);
      expect(await store().jobs.wasEverKnown(read, job.id)).toBe(true);
      expect(await store().transaction((tx) => store().deployments.lock(tx, id))).toBeUndefined();
    });

    it('are found by the target or session cluster they refer to', async () => {
      const namespace = await storeNamespace(store());
      const target = await store().transaction((tx) =>
        store().deploymentTargets.insert(tx, { namespace, name: 'k8s', labels: {}, annotations: {}, spec: { local: {} } }),
      );
      const { deploymentTargetName: _, ...noPlace } = aSpec();
      await storeDeployment(store(), { namespace, name: 'by-name', spec: { ...noPlace, deploymentTargetName: 'k8s' } });
      await storeDeployment(store(), { namespace, name: 'by-id', spec: { ...noPlace, deploymentTargetId: target?.id ?? '' } });
      await storeDeployment(store(), { namespace, name: 'session', spec: { ...noPlace, sessionClusterName: 'shared' } });
      const referring = (reference: Parameters<Store['deployments']['referringTo']>[2]) => store().deployments.referringTo(store().read, namespace, reference);
      expect(await referring({ deploymentTargetName: 'k8s' })).toEqual(['by-id', 'by-name']);
      expect(await referring({ sessionClusterName: 'shared' })).toEqual(['session']);
      expect(await referring({ sessionClusterName: 'k8s' })).toEqual([]);
    });

    it('are counted by state', async () => {
      const before = (await store().deployments.countByState(store().read))['FINISHED'] ?? 0;
      await storeDeployment(store(), { status: { ...aStatus, state: 'FINISHED' } });
      expect((await store().deployments.countByState(store().read))['FINISHED']).toBe(before + 1);
    });
  });
}
