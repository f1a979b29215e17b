// Who refers to the same data, over all Deployments; and keys of requests.
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { RequestKey, Store } from '../../../store/store.ts';
import { newId } from '../open-store.ts';
import { aJob, aNamespace, aSavepoint, storeDeployment } from '../samples.ts';

export function referencesContract(store: () => Store): void {
  const place = (): string => `file:///data/${newId<'EventId'>()}/savepoint-1`;

  describe('a location', () => {
    it('is stored in one spelling', async () => {
      const location = place();
      const draft = aSavepoint(await storeDeployment(store()), { location: `${location.replace('file:///', 'file:/')}/_metadata` });
      const stored = await store().transaction((tx) => store().savepoints.insert(tx, draft));
      expect(stored?.location).toBe(location);
      const changed = await store().transaction((tx) => store().savepoints.change(tx, draft.id, { location: `${location}/` }));
      expect(changed.location).toBe(location);
    });

    it('is found at COMPLETED Savepoints of every Deployment, however it is spelled there', async () => {
      const location = place();
      const path = location.replace('file://', '');
      const found: string[] = [];
      for (const over of [{ location }, { location: path }, { location: `${path}/`, origin: 'COPIED' }, { location: `${location}x` }] as const) {
        const draft = aSavepoint(await storeDeployment(store()), { state: 'COMPLETED', ...over });
        await store().transaction((tx) => store().savepoints.insert(tx, draft));
        if (!over.location.endsWith('x')) found.unshift(draft.id);
      }
      const going = aSavepoint(await storeDeployment(store()), { state: 'PENDING_DELETION', location });
      await store().transaction((tx) => store().savepoints.insert(tx, going));
      for (const spelled of [location, path]) {
        expect((await store().savepoints.completedAt(store().read, spelled)).map(({ id }) => id)).toEqual(found);
        const held = await store().transaction((tx) => store().savepoints.holdAt(tx, spelled));
        expect(held.toSorted()).toEqual(['COMPLETED', 'COMPLETED', 'COMPLETED', 'PENDING_DELETION']);
      }
    });

    it('is found at live Jobs that were started from it', async () => {
      const location = place();
      const start = async (state: 'STARTED' | 'TERMINATING' | 'FAILED', at: string) => {
        const job = aJob(await storeDeployment(store()), { restore: { savepointId: newId<'SavepointId'>(), location: at } });
        await store().transaction(async (tx) => {
          await store().jobs.insert(tx, job);
          await store().jobs.change(tx, job.id, { state });
        });
        return job.id;
      };
      const live = [await start('STARTED', location), await start('TERMINATING', location.replace('file://', ''))];
      await start('FAILED', location);
      await start('STARTED', place());
      expect((await store().jobs.liveFrom(store().read, location)).map(({ id }) => id)).toEqual(live.toReversed());
    });
  });

  describe('a request key', () => {
    const aKey = (): RequestKey => ({ namespace: aNamespace(), route: '/things', key: 'k' });
    const use = (key: RequestKey, hash: string, resource: string) =>
      store().transaction(async (tx) => {
        const used = await store().requestKeys.claim(tx, key, hash);
        if (used === undefined) await store().requestKeys.bind(tx, key, resource);
        return used;
      });

    it('is claimed once, and then tells what it made', async () => {
      const key = aKey();
      const made = newId<'EventId'>();
      expect(await use(key, 'h', made)).toBeUndefined();
      expect(await use(key, 'h', newId<'EventId'>())).toEqual({ sameBody: true, resourceId: made });
      expect(await use(key, 'other', newId<'EventId'>())).toEqual({ sameBody: false, resourceId: made });
      for (const other of [
        { ...key, key: 'l' },
        { ...key, route: '/others' },
        { ...key, namespace: aNamespace() },
      ])
        expect(await use(other, 'h', newId<'EventId'>())).toBeUndefined();
    });

    it('is free again when the transaction fails', async () => {
      const key = aKey();
      const failing = store().transaction(async (tx) => {
        await store().requestKeys.claim(tx, key, 'h');
        throw new Error('refused');
      });
      await expect(failing).rejects.toThrow('refused');
      expect(await use(key, 'h', newId<'EventId'>())).toBeUndefined();
    });

    it('lives for a day, and goes when others come', async () => {
      const [old, mine] = [aKey(), aKey()];
      await use(old, 'h', newId<'EventId'>());
      await use(mine, 'h', newId<'EventId'>());
      const age = (namespace: string, hours: number) =>
        sql`update request_key set created_at = created_at - ${sql.lit(hours)} * interval '1 hour' where namespace = ${namespace}`.execute(store().read);
      await age(old.namespace, 25);
      await age(mine.namespace, 23);
      expect(await use(aKey(), 'h', newId<'EventId'>())).toBeUndefined();
      const left = await sql`select 1 from request_key where namespace in (${old.namespace}, ${mine.namespace})`.execute(store().read);
      expect(left.rows).toHaveLength(1);
      expect(await use(mine, 'h', newId<'EventId'>())).toBeDefined();
      expect(await use(old, 'h', newId<'EventId'>())).toBeUndefined();
    });
  });
}
