// SecretValues as rows: what comes back, what a text may repeat, and for how long former values are known.
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { SecretValue } from '../../../domain/secret-value.ts';
import type { Store } from '../../../store/store.ts';
import { aJob, storeDeployment, storeNamespace } from '../samples.ts';

export function secretValuesContract(store: () => Store): void {
  const insert = async (namespace: string, name = 'TOKEN', value = 'first-value'): Promise<SecretValue> => {
    const draft = { namespace, name, labels: { a: 'b' }, annotations: { c: 'd' }, value };
    const stored = await store().transaction((tx) => store().secretValues.insert(tx, draft));
    if (!stored) throw new Error('not stored');
    return stored;
  };
  const echoes = (namespace: string, names: readonly string[] | 'all' = 'all') => store().secretValues.echoesOf(store().read, { namespace, names });

  describe('secret values', () => {
    it('come back as they were stored, by name and by id, and lie encrypted', async () => {
      const namespace = await storeNamespace(store());
      const stored = await insert(namespace);
      expect(stored).toMatchObject({ namespace, name: 'TOKEN', value: 'first-value', labels: { a: 'b' }, annotations: { c: 'd' }, resourceVersion: 1 });
      expect(await store().secretValues.find(store().read, namespace, 'TOKEN')).toEqual(stored);
      expect(await store().secretValues.findById(store().read, stored.id)).toEqual(stored);
      const { rows } = await sql`select * from secret_value where namespace = ${namespace}`.execute(store().read);
      expect(JSON.stringify(rows)).not.toContain('first-value');
    });

    it('refuse a name that is taken and are listed by name', async () => {
      const namespace = await storeNamespace(store());
      await insert(namespace, 'b');
      await insert(namespace, 'A');
      const again = { namespace, name: 'b', labels: {}, annotations: {}, value: 'x' };
      expect(await store().transaction((tx) => store().secretValues.insert(tx, again))).toBeUndefined();
      expect((await store().secretValues.list(store().read, namespace)).map(({ name }) => name)).toEqual(['A', 'b']);
    });

    it('are edited and deleted', async () => {
      const namespace = await storeNamespace(store());
      const stored = await insert(namespace);
      const edited = await store().transaction((tx) => store().secretValues.edit(tx, stored, { value: 'second-value', labels: {} }));
      expect(edited).toMatchObject({ value: 'second-value', labels: {}, annotations: { c: 'd' }, resourceVersion: 2 });
      await store().transaction((tx) => store().secretValues.delete(tx, edited));
      expect(await store().secretValues.list(store().read, namespace)).toEqual([]);
    });

    it('may be repeated by whoever uses their names, and by nobody else', async () => {
      const namespace = await storeNamespace(store());
      await insert(namespace, 'A', 'value-a');
      await insert(namespace, 'B', 'value-b');
      expect(await echoes(namespace, ['B', 'C'])).toEqual(['value-b']);
      expect((await echoes(namespace)).toSorted()).toEqual(['value-a', 'value-b']);
      expect(await echoes(namespace, [])).toEqual([]);
      expect(await echoes(await storeNamespace(store()))).toEqual([]);
    });

    it('that were replaced or deleted stay known while a Job may repeat them, and no longer', async () => {
      const deployment = await storeDeployment(store());
      const { namespace } = deployment;
      const first = await insert(namespace);
      await store().transaction((tx) => store().jobs.insert(tx, aJob(deployment)));
      const second = await store().transaction((tx) => store().secretValues.edit(tx, first, { value: 'second-value' }));
      await store().transaction((tx) => store().secretValues.delete(tx, second));
      expect((await echoes(namespace, ['TOKEN'])).toSorted()).toEqual(['first-value', 'second-value']);
      await store().transaction((tx) => store().deployments.delete(tx, deployment.id));
      const third = await insert(namespace, 'TOKEN', 'third-value');
      await store().transaction((tx) => store().secretValues.edit(tx, third, { value: 'fourth-value' }));
      expect(await echoes(namespace, ['TOKEN'])).toEqual(['fourth-value']);
    });

    it('keep their namespace while they are there, and leave nothing behind when it goes', async () => {
      const deployment = await storeDeployment(store());
      const { namespace } = deployment;
      const stored = await insert(namespace);
      await store().transaction((tx) => store().jobs.insert(tx, aJob(deployment)));
      const edited = await store().transaction((tx) => store().secretValues.edit(tx, stored, { value: 'second-value' }));
      await store().transaction((tx) => store().deployments.delete(tx, deployment.id));
      await expect(store().transaction((tx) => store().namespaces.delete(tx, namespace))).rejects.toThrow();
      await store().transaction(async (tx) => {
        await store().secretValues.delete(tx, edited);
        await store().namespaces.delete(tx, namespace);
      });
      expect(await echoes(namespace)).toEqual([]);
    });

    it('are all readable with the key that wrote them', async () => {
      await insert(await storeNamespace(store()));
      expect(await store().secretValues.countUnreadable(store().read)).toBe(0);
      expect(await store().transaction((tx) => store().secretValues.reseal(tx, { limit: 10 }))).toEqual({ count: 0 });
    });
  });
}
