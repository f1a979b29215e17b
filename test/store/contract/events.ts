// Events: in order, and a reader that continues where it stopped misses none.
import { describe, expect, it } from 'vitest';
import type { Store } from '../../../store/store.ts';
import { newId } from '../open-store.ts';
import { aNamespace } from '../samples.ts';

export function eventsContract(store: () => Store): void {
  const append = (namespace: string, ...messages: string[]) =>
    store().transaction((tx) =>
      store().events.append(
        tx,
        namespace,
        messages.map((message) => ({ name: 'EXTERNAL', message })),
      ),
    );

  describe('events', () => {
    it('come back as they were stored', async () => {
      const namespace = aNamespace();
      const draft = {
        name: 'CREATING_A_NEW_JOB',
        message: 'cut in half: \ud83d and \0',
        deploymentId: newId<'DeploymentId'>(),
        jobId: newId<'JobId'>(),
        savepointId: newId<'SavepointId'>(),
        sessionClusterId: newId<'SessionClusterId'>(),
        resourceName: 'word-count',
        workflowRunId: 'run-1',
      } as const;
      await store().transaction((tx) => store().events.append(tx, namespace, [draft]));
      await append(namespace, 'short');
      const [short, full] = await store().events.list(store().read, namespace);
      expect(full).toMatchObject({ ...draft, message: 'cut in half: \uFFFD and \uFFFD', namespace });
      expect(Object.keys(short ?? {}).sort()).toEqual(['createdAt', 'id', 'message', 'name', 'namespace']);
    });

    it('are listed newest first, each at least a microsecond after the one before', async () => {
      const namespace = aNamespace();
      const messages = Array.from({ length: 30 }, (_, index) => `event ${index}`);
      for (let at = 0; at < messages.length; at += 3) await append(namespace, ...messages.slice(at, at + 3));
      await append(namespace);
      const listed = await store().events.list(store().read, namespace);
      expect(listed.map(({ message }) => message)).toEqual(messages.toReversed());
      const micros = listed.map(({ createdAt }) => Math.round(createdAt * 1000)).toReversed();
      expect(micros.every((at, index) => index === 0 || at > (micros[index - 1] ?? 0))).toBe(true);
      const ids = listed.map(({ id }) => id).toReversed();
      expect(ids.toSorted()).toEqual(ids);
      expect(new Set(ids).size).toBe(30);
    });

    it('continue after the newest one a reader has seen', async () => {
      const namespace = aNamespace();
      await append(namespace, 'a', 'b');
      const [newest] = await store().events.list(store().read, namespace);
      if (!newest) throw new Error('no event');
      expect(await store().events.list(store().read, namespace, { after: newest.id })).toEqual([]);
      await append(namespace, 'c', 'd');
      const later = await store().events.list(store().read, namespace, { after: newest.id });
      expect(later.map(({ message }) => message)).toEqual(['d', 'c']);
    });

    it('are told apart by what they are about', async () => {
      const namespace = aNamespace();
      const [deploymentId, jobId, sessionClusterId] = [newId<'DeploymentId'>(), newId<'JobId'>(), newId<'SessionClusterId'>()];
      await store().transaction((tx) =>
        store().events.append(tx, namespace, [
          { name: 'EXTERNAL', message: 'deployment', deploymentId },
          { name: 'EXTERNAL', message: 'job', deploymentId, jobId },
          { name: 'EXTERNAL', message: 'cluster', sessionClusterId },
        ]),
      );
      const messages = async (filter: Parameters<Store['events']['list']>[2]) =>
        (await store().events.list(store().read, namespace, filter)).map(({ message }) => message);
      expect(await messages({ deploymentId })).toEqual(['job', 'deployment']);
      expect(await messages({ jobId })).toEqual(['job']);
      expect(await messages({ sessionClusterId })).toEqual(['cluster']);
      expect(await store().events.list(store().read, aNamespace())).toEqual([]);
    });
  });
}
