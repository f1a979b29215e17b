// Locks and fences, the same for Deployments and SessionClusters.
import { describe, expect, it } from 'vitest';
import type { DeploymentId, SessionClusterId } from '../../../domain/ids.ts';
import type { Controlled, Store, Tx } from '../../../store/store.ts';
import { newId } from '../open-store.ts';
import { aClusterSpec, aClusterStatus, storeDeployment, storeNamespace } from '../samples.ts';

interface Row {
  readonly rowVersion: number;
  readonly intentVersion: number;
  readonly resourceVersion: number;
}

export function fencesContract(store: () => Store): void {
  describe('a deployment', () =>
    controlledContract<DeploymentId>(store, {
      repository: () => store().deployments,
      insert: async () => (await storeDeployment(store())).id,
      unknown: newId<'DeploymentId'>(),
    }));
  describe('a session cluster', () =>
    controlledContract<SessionClusterId>(store, {
      repository: () => store().sessionClusters,
      insert: async () => (await storeCluster(store())).id,
      unknown: newId<'SessionClusterId'>(),
    }));
}

async function storeCluster(store: Store) {
  const cluster = { namespace: await storeNamespace(store), name: 'shared', labels: {}, annotations: {}, spec: aClusterSpec, status: aClusterStatus };
  const stored = await store.transaction((tx) => store.sessionClusters.insert(tx, cluster));
  if (!stored) throw new Error('the name is taken');
  return stored;
}

interface Case<Id> {
  readonly repository: () => Controlled<Id, Row> & { readonly findById: (tx: Tx, id: Id) => Promise<Row | undefined> };
  readonly insert: () => Promise<Id>;
  readonly unknown: Id;
}

function controlledContract<Id>(store: () => Store, { repository, insert, unknown }: Case<Id>): void {
  const acquire = (id: Id, runId: string) => store().transaction((tx) => repository().acquireFence(tx, id, runId));
  const lock = (id: Id, fence: { number: number; runId: string }, rowVersion?: number) =>
    store().transaction((tx) => repository().lockForRun(tx, id, fence, rowVersion));

  it('gives a run the same fence when it asks again, and each other run a higher one', async () => {
    const id = await insert();
    const first = await acquire(id, 'run-1');
    expect(await acquire(id, 'run-1')).toEqual(first);
    const second = await acquire(id, 'run-2');
    expect(second?.number).toBe((first?.number ?? Number.NaN) + 1);
    expect((await acquire(id, 'run-1'))?.number).toBe((second?.number ?? Number.NaN) + 1);
  });

  it('gives no fence and no lock when it does not exist', async () => {
    expect(await acquire(unknown, 'run-1')).toBeUndefined();
    expect(await lock(unknown, { number: 1, runId: 'run-1' })).toEqual({ kind: 'gone' });
    expect(await store().transaction((tx) => repository().lock(tx, unknown))).toBeUndefined();
  });

  it('refuses a run whose fence another run took over', async () => {
    const id = await insert();
    const first = await acquire(id, 'run-1');
    const second = await acquire(id, 'run-2');
    if (!first || !second) throw new Error('no fence');
    expect(await lock(id, first)).toEqual({ kind: 'fenced' });
    expect(await lock(id, { ...second, runId: 'run-1' })).toEqual({ kind: 'fenced' });
    expect(await lock(id, second)).toMatchObject({ kind: 'locked' });
  });

  it('refuses a run that has no fence yet', async () => {
    expect(await lock(await insert(), { number: 0, runId: '' })).toEqual({ kind: 'fenced' });
  });

  it('moves the row version with every lock of a run, and refuses one that has read an older one', async () => {
    const id = await insert();
    const fence = await acquire(id, 'run-1');
    if (!fence) throw new Error('no fence');
    expect(await lock(id, fence, 0)).toMatchObject({ kind: 'locked', row: { rowVersion: 1 } });
    expect(await lock(id, fence, 0)).toEqual({ kind: 'moved' });
    expect(await lock(id, fence, 1)).toMatchObject({ kind: 'locked', row: { rowVersion: 2 } });
    expect(await lock(id, fence)).toMatchObject({ kind: 'locked', row: { rowVersion: 3 } });
    expect((await repository().findById(store().read, id))?.rowVersion).toBe(3);
  });

  it('does not move the row version for a user', async () => {
    const id = await insert();
    const row = await store().transaction(async (tx) => {
      await repository().lock(tx, id);
      await repository().raiseIntent(tx, id);
      return repository().lock(tx, id);
    });
    expect(row).toMatchObject({ rowVersion: 0, intentVersion: 2, resourceVersion: 1 });
  });
}
