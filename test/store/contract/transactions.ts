// Transactions, the clock, values that cross the border.
import { describe, expect, it } from 'vitest';
import { NamespaceGone } from '../../../domain/namespace-gone.ts';
import type { Store } from '../../../store/store.ts';
import { aDeployment, aNamespace, aStatus, storeDeployment, storeNamespace } from '../samples.ts';

export function transactionsContract(store: () => Store): void {
  describe('transactions', () => {
    it('keeps nothing of a transaction that throws', async () => {
      const deployment = aDeployment({ namespace: await storeNamespace(store()) });
      const work = store().transaction(async (tx) => {
        await store().deployments.insert(tx, deployment);
        throw new Error('changed my mind');
      });
      await expect(work).rejects.toThrow('changed my mind');
      expect(await store().deployments.find(store().read, deployment.namespace, deployment.name)).toBeUndefined();
    });

    it('runs a transaction again that was refused for its order, and not one that failed otherwise', async () => {
      const runs = { refused: 0, failed: 0 };
      const answer = await store().transaction(async () => {
        runs.refused += 1;
        if (runs.refused < 3) throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
        return 'done';
      });
      const failing = store().transaction(async () => {
        runs.failed += 1;
        throw Object.assign(new Error('duplicate key'), { code: '23505' });
      });
      await expect(failing).rejects.toThrow('duplicate key');
      expect({ answer, runs }).toEqual({ answer: 'done', runs: { refused: 3, failed: 1 } });
    });

    it('tells of a namespace that is gone, and keeps nothing', async () => {
      const draft = { namespace: aNamespace(), name: 'late', labels: {}, annotations: {} };
      const target = store().transaction((tx) => store().deploymentTargets.insert(tx, { ...draft, spec: { local: {} } }));
      await expect(target).rejects.toThrow(NamespaceGone);
      await expect(store().transaction((tx) => store().secretValues.insert(tx, { ...draft, value: 'v' }))).rejects.toThrow(NamespaceGone);
      await expect(store().transaction((tx) => store().apiTokens.insert(tx, { ...draft, role: 'viewer' }, 'hash'))).rejects.toThrow(NamespaceGone);
    });

    it('gives up a transaction that is refused every time', async () => {
      let runs = 0;
      const refused = store().transaction(async () => {
        runs += 1;
        throw Object.assign(new Error('could not serialize'), { code: '40001' });
      });
      await expect(refused).rejects.toThrow('could not serialize');
      expect(runs).toBe(6);
    });

    it('refuses another transaction or a read inside a transaction, instead of waiting for ever', async () => {
      const nested = store().transaction(() => store().transaction(async () => undefined));
      await expect(nested).rejects.toThrow('inside a transaction');
      const reading = store().transaction(async () => store().namespaces.list(store().read));
      await expect(reading).rejects.toThrow('inside a transaction');
    });

    it('runs ten transactions at a time', async () => {
      const namespace = aNamespace();
      const names = Array.from({ length: 10 }, (_, index) => `job-${index}`);
      await Promise.all(names.map((name) => storeDeployment(store(), { namespace, name })));
      const listed = await store().deployments.list(store().read, namespace);
      expect(listed.map(({ name }) => name)).toEqual(names);
    });

    it('tells the time of the database, which moves within a transaction', async () => {
      const [first, second] = await store().transaction(async (tx) => {
        const early = await store().now(tx);
        await new Promise((resolve) => setTimeout(resolve, 5));
        return [early, await store().now(tx)];
      });
      expect(second).toBeGreaterThan(first ?? Number.NaN);
      expect(Math.abs(Date.now() - (second ?? 0))).toBeLessThan(60_000);
    });

    it('answers a ping', async () => {
      await expect(store().ping()).resolves.toBeUndefined();
    });

    it('keeps instants to the microsecond', async () => {
      const { id } = await storeDeployment(store());
      for (const wakeAt of [1_795_000_000_123.456, 1_795_000_000_000.001, 1_795_000_000_999.999, 0.001]) {
        await store().transaction((tx) => store().deployments.record(tx, id, { wakeAt }));
        expect((await store().deployments.findById(store().read, id))?.wakeAt).toBe(wakeAt);
      }
    });

    it('stores text that PostgreSQL cannot hold with replacement characters', async () => {
      const status = { ...aStatus, because: 'a\0b, half a \ud83d, a path C:\\u0000 and "quotes"' };
      const { id } = await storeDeployment(store(), { status });
      const stored = await store().deployments.findById(store().read, id);
      expect(stored?.status.because).toBe('a\uFFFDb, half a \uFFFD, a path C:\\u0000 and "quotes"');
      expect(await store().deployments.find(store().read, 'no\0where', 'a\0b')).toBeUndefined();
    });
  });

  describe('namespaces', () => {
    it('are made once, however often they are ensured', async () => {
      const name = aNamespace();
      expect(await store().namespaces.exists(store().read, name)).toBe(false);
      await store().transaction((tx) => store().namespaces.ensure(tx, name));
      await store().transaction((tx) => store().namespaces.ensure(tx, name));
      expect(await store().namespaces.exists(store().read, name)).toBe(true);
      expect((await store().namespaces.list(store().read)).filter((each) => each.name === name)).toHaveLength(1);
    });
  });
}
