// Pages of lists: each begins behind the last row of the one before, and together they are the list.
import { describe, expect, it } from 'vitest';
import type { Event } from '../../../domain/event.ts';
import type { EventId } from '../../../domain/ids.ts';
import type { Page, Store, TimeKey } from '../../../store/store.ts';
import { aClusterSpec, aClusterStatus, aNamespace, aSavepoint, storeDeployment, storeEndedJob } from '../samples.ts';

/** All pages, until one is short. */
async function pages<Row, Key>(read: (page: Page<Key>) => Promise<readonly Row[]>, keyOf: (row: Row) => Key, limit = 2): Promise<readonly (readonly Row[])[]> {
  const found: (readonly Row[])[] = [];
  for (let after: Key | undefined; ; ) {
    const rows = await read({ limit, ...(after !== undefined && { after }) });
    found.push(rows);
    const last = rows.at(-1);
    if (rows.length < limit || last === undefined) return found;
    after = keyOf(last);
  }
}

const byTime = ({ createdAt, id }: { readonly createdAt: number; readonly id: string }): TimeKey => ({ createdAt, id });
const idsOf = (rows: readonly { readonly id: string }[]): readonly string[] => rows.map(({ id }) => id);

export function pagesContract(store: () => Store): void {
  describe('pages', () => {
    it('of Deployments, session clusters and targets go by name', async () => {
      const namespace = aNamespace();
      for (const name of ['b', 'a-1', 'a', 'A', 'c']) {
        await storeDeployment(store(), { namespace, name, labels: name === 'A' ? {} : { team: 'red' } });
        const common = { namespace, name, labels: {}, annotations: {} };
        await store().transaction((tx) => store().sessionClusters.insert(tx, { ...common, spec: aClusterSpec, status: aClusterStatus }));
        await store().transaction((tx) => store().deploymentTargets.insert(tx, { ...common, spec: { local: {} } }));
      }
      const { read } = store();
      const names = (rows: readonly (readonly { readonly name: string }[])[]) => rows.map((page) => page.map(({ name }) => name));
      const keyOf = ({ name }: { readonly name: string }): string => name;
      expect(names(await pages((page) => store().deployments.list(read, namespace, { page }), keyOf))).toEqual([['A', 'a'], ['a-1', 'b'], ['c']]);
      const red = { team: 'red' };
      expect(names(await pages((page) => store().deployments.list(read, namespace, { labels: red, page }), keyOf))).toEqual([['a', 'a-1'], ['b', 'c'], []]);
      expect(names(await pages((page) => store().sessionClusters.list(read, namespace, page), keyOf)).flat()).toEqual(['A', 'a', 'a-1', 'b', 'c']);
      expect(names(await pages((page) => store().deploymentTargets.list(read, namespace, page), keyOf)).flat()).toEqual(['A', 'a', 'a-1', 'b', 'c']);
    });

    it('of Jobs and Savepoints are newest first, and rows of the same microsecond are told apart', async () => {
      const deployment = await storeDeployment(store());
      const { namespace, id: deploymentId } = deployment;
      for (let i = 0; i < 5; i += 1) await storeEndedJob(store(), deployment);
      const capturedAt = 1_795_000_000_000.123;
      const retained = (checkpointId: number, at: number) =>
        aSavepoint(deployment, { origin: 'RETAINED_CHECKPOINT', state: 'COMPLETED', checkpointId, capturedAt: at, jobId: store().newId<'JobId'>() });
      await store().transaction(async (tx) => {
        for (let i = 0; i < 5; i += 1) await store().savepoints.insert(tx, retained(i, i < 4 ? capturedAt : capturedAt + 0.001));
      });
      const { read } = store();
      const jobs = await pages((page) => store().jobs.list(read, namespace, { deploymentId, page }), byTime);
      expect(jobs.map(({ length }) => length)).toEqual([2, 2, 1]);
      expect(idsOf(jobs.flat())).toEqual(idsOf(await store().jobs.list(read, namespace)));
      const savepoints = await pages((page) => store().savepoints.list(read, namespace, { deploymentId, page }), byTime);
      expect(savepoints.flat()[0]?.checkpointId).toBe(4);
      expect(idsOf(savepoints.flat())).toEqual(idsOf(await store().savepoints.list(read, namespace)));
    });

    it('of events go either way', async () => {
      const namespace = aNamespace();
      const messages = ['a', 'b', 'c', 'd', 'e'];
      expect(await store().events.newest(store().read, namespace)).toBeUndefined();
      await store().transaction((tx) =>
        store().events.append(
          tx,
          namespace,
          messages.map((message) => ({ name: 'EXTERNAL', message })),
        ),
      );
      const { read } = store();
      const told = async (ascending: boolean) =>
        (
          await pages<Event, EventId>(
            (page) => store().events.list(read, namespace, { ascending, page }),
            ({ id }) => id,
          )
        )
          .flat()
          .map(({ message }) => message);
      expect(await told(true)).toEqual(messages);
      expect(await told(false)).toEqual(messages.toReversed());
      const [newest, , third] = await store().events.list(read, namespace);
      expect(await store().events.newest(read, namespace)).toBe(newest?.id);
      const after = third && { after: third.id };
      expect((await store().events.list(read, namespace, { ...after, ascending: true, page: { limit: 1 } })).map(({ message }) => message)).toEqual(['d']);
    });
  });
}
