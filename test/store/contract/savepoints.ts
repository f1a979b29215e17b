// Savepoints: one suspension at a time, one row per retained checkpoint.
import { describe, expect, it } from 'vitest';
import type { Store } from '../../../store/store.ts';
import { newId } from '../open-store.ts';
import { aSavepoint, storeDeployment } from '../samples.ts';

export function savepointsContract(store: () => Store): void {
  const insert = (savepoint: ReturnType<typeof aSavepoint>) => store().transaction((tx) => store().savepoints.insert(tx, savepoint));
  const change = (id: ReturnType<typeof aSavepoint>['id'], what: Parameters<Store['savepoints']['change']>[2]) =>
    store().transaction((tx) => store().savepoints.change(tx, id, what));

  describe('savepoints', () => {
    it('come back as they were stored, not yet triggered', async () => {
      const deployment = await storeDeployment(store());
      const wanted = aSavepoint(deployment, { jobId: newId<'JobId'>(), targetDirectory: 'file:///dir', checkpointId: 2 ** 40 });
      const stored = await insert(wanted);
      expect(stored).toMatchObject({ ...wanted, triggered: false, resourceVersion: 1 });
      expect(stored).not.toHaveProperty('location');
      expect(await store().savepoints.find(store().read, deployment.namespace, wanted.id)).toEqual(stored);
      expect(await store().savepoints.find(store().read, 'elsewhere', wanted.id)).toBeUndefined();
    });

    it('refuse a second suspension under way', async () => {
      const deployment = await storeDeployment(store());
      const first = aSavepoint(deployment, { origin: 'SUSPEND' });
      await insert(first);
      await expect(insert(aSavepoint(deployment, { origin: 'SUSPEND' }))).rejects.toMatchObject({ code: '23505' });
      await insert(aSavepoint(deployment, { origin: 'USER_REQUEST' }));
      await change(first.id, { state: 'FAILED' });
      await expect(insert(aSavepoint(deployment, { origin: 'SUSPEND' }))).resolves.toBeDefined();
    });

    it('hold a retained checkpoint of a job once', async () => {
      const deployment = await storeDeployment(store());
      const retained = { origin: 'RETAINED_CHECKPOINT', state: 'COMPLETED', jobId: newId<'JobId'>(), checkpointId: 7 } as const;
      await insert(aSavepoint(deployment, retained));
      expect(await insert(aSavepoint(deployment, retained))).toBeUndefined();
      expect(await insert(aSavepoint(deployment, { ...retained, checkpointId: 8 }))).toBeDefined();
      expect(await insert(aSavepoint(deployment, { ...retained, jobId: newId<'JobId'>() }))).toBeDefined();
      expect(await store().savepoints.ofDeployment(store().read, deployment.id)).toHaveLength(3);
    });

    it('date a retained checkpoint by its capture, others by their request', async () => {
      const deployment = await storeDeployment(store());
      const capturedAt = 1_700_000_000_000.125;
      const retained = await insert(aSavepoint(deployment, { origin: 'RETAINED_CHECKPOINT', jobId: newId<'JobId'>(), checkpointId: 1, capturedAt }));
      const asked = await insert(aSavepoint(deployment, { capturedAt }));
      expect(retained?.createdAt).toBe(capturedAt);
      expect(asked?.createdAt).toBeGreaterThan(capturedAt);
      const all = await store().savepoints.ofDeployment(store().read, deployment.id);
      expect(all.map(({ id }) => id)).toEqual([asked?.id, retained?.id]);
    });

    it('change what is given and nothing else', async () => {
      const { id } = (await insert(aSavepoint(await storeDeployment(store())))) ?? {};
      if (!id) throw new Error('not stored');
      await change(id, { triggered: true });
      const failure = { reason: 'r', message: 'm', failedAt: 1 };
      const changed = await change(id, { state: 'FAILED', failure, checkpointId: 3, capturedAt: 5.25, location: 'file:///x' });
      expect(changed).toMatchObject({
        state: 'FAILED',
        triggered: true,
        failure,
        checkpointId: 3,
        capturedAt: 5.25,
        location: 'file:///x',
        resourceVersion: 3,
      });
      expect(await store().savepoints.findById(store().read, id)).toEqual(changed);
      await expect(change(newId<'SavepointId'>(), { state: 'FAILED' })).rejects.toThrow('does not exist');
    });

    it('are listed newest first, by namespace, deployment and job', async () => {
      const one = await storeDeployment(store());
      const other = await storeDeployment(store(), { namespace: one.namespace, name: 'other' });
      const jobId = newId<'JobId'>();
      const ids = [aSavepoint(one, { jobId }), aSavepoint(other), aSavepoint(one)];
      for (const savepoint of ids) await insert(savepoint);
      const list = async (filter?: Parameters<Store['savepoints']['list']>[2]) =>
        (await store().savepoints.list(store().read, one.namespace, filter)).map(({ id }) => id);
      expect(await list()).toEqual(ids.map(({ id }) => id).toReversed());
      expect(await list({ deploymentId: one.id })).toEqual([ids[2]?.id, ids[0]?.id]);
      expect(await list({ deploymentId: one.id, jobId })).toEqual([ids[0]?.id]);
    });

    it('are gone when deleted', async () => {
      const savepoint = aSavepoint(await storeDeployment(store()));
      await insert(savepoint);
      await store().transaction((tx) => store().savepoints.delete(tx, savepoint.id));
      expect(await store().savepoints.findById(store().read, savepoint.id)).toBeUndefined();
    });
  });
}
