// How much history is kept: the newest Jobs and events of a Deployment; what goes stays known by its id (D31).
import { describe, expect, it } from 'vitest';
import type { Store } from '../../../store/store.ts';
import { aJob, storeDeployment, storeEndedJob } from '../samples.ts';

export function historyContract(store: () => Store): void {
  describe('history', () => {
    it('keeps the newest terminal Jobs, the live one and those that are excepted, and knows the ids of the others', async () => {
      const deployment = await storeDeployment(store());
      const other = await storeEndedJob(store(), await storeDeployment(store()));
      const ended = [];
      for (let i = 0; i < 5; i += 1) ended.push(await storeEndedJob(store(), deployment));
      const live = await store().transaction((tx) => store().jobs.insert(tx, aJob(deployment)));
      const except = ended.slice(0, 1);
      expect(await store().transaction((tx) => store().jobs.prune(tx, deployment.id, { keep: 2, except }))).toBe(2);
      const kept = (await store().jobs.ofDeployment(store().read, deployment.id)).map(({ id }) => id);
      expect(kept).toEqual([live.id, ended[4], ended[3], ended[0]]);
      for (const id of ended) expect(await store().jobs.wasEverKnown(store().read, id)).toBe(true);
      expect(await store().jobs.findById(store().read, other)).toBeDefined();
    });

    it('drops what the audit log noted before an instant, and keeps the rest in its order', async () => {
      const note = (path: string) => {
        const entry = { actor: 'user:ann', method: 'POST', path, operation: 'createDeployment', status: 201 };
        return store().transaction((tx) => store().auditLog.append(tx, entry));
      };
      const paths = async () => (await store().auditLog.list(store().read, { offset: 0, limit: 1000 })).map(({ path }) => path);
      await note('/early');
      const newest = await store().auditLog.list(store().read, { offset: 0, limit: 1 });
      await note('/late');
      await store().transaction((tx) => store().auditLog.prune(tx, 0));
      expect((await paths()).slice(0, 2)).toEqual(['/late', '/early']);
      // Ids carry the millisecond in which they were made.
      const made = Number.parseInt((newest[0]?.id ?? '').replaceAll('-', '').slice(0, 12), 16);
      await store().transaction((tx) => store().auditLog.prune(tx, made));
      expect(await paths()).toEqual(['/late', '/early']);
      await store().transaction((tx) => store().auditLog.prune(tx, made + 60_000));
      expect(await paths()).toEqual([]);
    });

    it('names deleted Jobs until their files are forgotten', async () => {
      const deployment = await storeDeployment(store());
      const id = await storeEndedJob(store(), deployment);
      await store().transaction((tx) => store().jobs.prune(tx, deployment.id, { keep: 0, except: [] }));
      expect(await store().jobs.unforgotten(store().read, 1000)).toContain(id);
      await store().transaction((tx) => store().jobs.forgotten(tx, id));
      expect(await store().jobs.unforgotten(store().read, 1000)).not.toContain(id);
      expect(await store().jobs.wasEverKnown(store().read, id)).toBe(true);
    });

    it('keeps the newest events of a Deployment, and all of the others', async () => {
      const { id: deploymentId, namespace } = await storeDeployment(store());
      const other = await storeDeployment(store(), { namespace, name: 'other' });
      const append = (message: string, about = deploymentId) =>
        store().transaction((tx) => store().events.append(tx, namespace, [{ name: 'EXTERNAL', message, deploymentId: about }]));
      for (const message of ['1', '2', '3', '4']) await append(message);
      await append('of the other', other.id);
      await store().transaction((tx) => store().events.prune(tx, deploymentId, 2));
      expect((await store().events.list(store().read, namespace)).map(({ message }) => message)).toEqual(['of the other', '4', '3']);
      await store().transaction((tx) => store().events.prune(tx, deploymentId, 2));
      expect(await store().events.list(store().read, namespace, { deploymentId })).toHaveLength(2);
    });
  });
}
