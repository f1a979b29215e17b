// deleteSavepoint on a real store and real files: who refers to the data, and crashes between any two points.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deleteSavepoint } from '../../activities/delete-savepoint.ts';
import type { ActivityDeps, Order } from '../../activities/deps.ts';
import type { Deployment } from '../../domain/deployment.ts';
import { toFlinkJobId, type SavepointId } from '../../domain/ids.ts';
import { createStorage } from '../../flink/storage/create-storage.ts';
import type { NewSavepoint, Store } from '../../store/store.ts';
import { newId, openPgliteStore } from '../store/open-store.ts';
import { aJob, aSavepoint, storeDeployment } from '../store/samples.ts';

let store: Store;
let root: string;
beforeAll(async () => {
  store = await openPgliteStore();
  root = await mkdtemp(join(tmpdir(), 'drey-deletion-'));
});
afterAll(() => store.close());

const storage = () => createStorage({ blobRoot: root }).storage;
const depsWith = (remove = (location: string): Promise<void> => storage().remove(location)): ActivityDeps =>
  ({ store, flink: { storage: { ...storage(), remove } } }) as unknown as ActivityDeps;

interface Case {
  readonly deployment: Deployment;
  readonly id: SavepointId;
  readonly location: string;
  readonly path: string;
  readonly order: Order & { readonly savepointId: SavepointId };
}

function writeSnapshot(path: string): void {
  mkdirSync(path, { recursive: true });
  for (const file of ['_metadata', 'part-1']) writeFileSync(join(path, file), file);
}

/** A Savepoint with real files, whose deletion was asked for. */
async function aCase(over: Partial<NewSavepoint> = {}, where?: string): Promise<Case> {
  const deployment = await storeDeployment(store);
  const id = newId<'SavepointId'>();
  const targetDirectory = `file://${join(root, id)}`;
  const path = where ?? join(root, id, 'savepoint-1');
  writeSnapshot(path);
  const draft = { id, targetDirectory, location: `file://${path}`, state: 'PENDING_DELETION', ...over } as const;
  const fence = await store.transaction(async (tx) => {
    await store.savepoints.insert(tx, aSavepoint(deployment, draft));
    return store.deployments.acquireFence(tx, deployment.id, 'run-1');
  });
  if (fence === undefined) throw new Error('no fence');
  return { deployment, id, location: draft.location, path, order: { id: deployment.id, fence, savepointId: id } };
}

const found = ({ id }: Pick<Case, 'id'>) => store.savepoints.findById(store.read, id);
const told = async ({ deployment }: Case): Promise<string | undefined> =>
  (await store.events.list(store.read, deployment.namespace, { deploymentId: deployment.id }))[0]?.message;
/** A live Job of another Deployment, started from there. */
async function startsFrom(location: string, savepointId = newId<'SavepointId'>(), deployment?: Deployment): Promise<void> {
  const owner = deployment ?? (await storeDeployment(store));
  await store.transaction((tx) => store.jobs.insert(tx, aJob(owner, { restore: { savepointId, location } })));
}

describe('deleteSavepoint', () => {
  it('removes the data, then the row, and tells it', async () => {
    const one = await aCase();
    await deleteSavepoint(depsWith(), one.order);
    expect([existsSync(one.path), await found(one), await told(one)]).toEqual([false, undefined, 'the Savepoint was deleted; its data was removed']);
  });

  it('has the row in DELETING while it removes', async () => {
    const one = await aCase();
    const states: unknown[] = [];
    const remove = async (): Promise<void> => void states.push((await found(one))?.state);
    await deleteSavepoint(depsWith(remove), one.order);
    expect(states).toEqual(['DELETING']);
  });

  it('leaves data alone that a COMPLETED Savepoint of another Deployment refers to, in whatever spelling', async () => {
    for (const spelled of [
      (l: string) => l,
      (l: string) => `${l}/_metadata`,
      (l: string) => l.replace('file://', ''),
      (l: string) => l.replace('file:///', 'file:/'),
    ]) {
      const one = await aCase();
      const other = await storeDeployment(store);
      await store.transaction((tx) =>
        store.savepoints.insert(tx, aSavepoint(other, { origin: 'COPIED', state: 'COMPLETED', location: spelled(one.location) })),
      );
      await deleteSavepoint(depsWith(), one.order);
      expect([existsSync(join(one.path, 'part-1')), await found(one)]).toEqual([true, undefined]);
      expect(await told(one)).toContain('its data stays: Savepoint');
    }
  });

  it('leaves data alone that a live Job of any Deployment was started from', async () => {
    const one = await aCase();
    await startsFrom(one.location);
    await deleteSavepoint(depsWith(), one.order);
    expect([existsSync(one.path), await found(one)]).toEqual([true, undefined]);
    expect(await told(one)).toContain('its data stays: Job');
  });

  it('takes neither Savepoint nor data when a live Job was started from this very one', async () => {
    const one = await aCase();
    await startsFrom(one.location, one.id, one.deployment);
    await deleteSavepoint(depsWith(), one.order);
    expect([existsSync(one.path), (await found(one))?.state]).toEqual([true, 'FAILED_DELETION']);
  });

  it('is not kept by Savepoints that are themselves to go, nor by a Job that has ended', async () => {
    const one = await aCase();
    const other = await storeDeployment(store);
    await store.transaction(async (tx) => {
      await store.savepoints.insert(tx, aSavepoint(other, { origin: 'COPIED', state: 'PENDING_DELETION', location: one.location }));
      const { id } = await store.jobs.insert(tx, aJob(other, { restore: { savepointId: one.id, location: one.location } }));
      await store.jobs.change(tx, id, { state: 'TERMINATED' });
    });
    await deleteSavepoint(depsWith(), one.order);
    expect([existsSync(one.path), await found(one)]).toEqual([false, undefined]);
  });

  it('never touches what was registered', async () => {
    const one = await aCase({ origin: 'COPIED' });
    await deleteSavepoint(depsWith(), one.order);
    expect([existsSync(one.path), await found(one)]).toEqual([true, undefined]);
  });

  it('refuses data that lies elsewhere than it was asked for', async () => {
    const elsewhere = join(root, newId<'EventId'>(), 'savepoint-1');
    const one = await aCase({}, elsewhere);
    await deleteSavepoint(depsWith(), one.order);
    expect([existsSync(elsewhere), (await found(one))?.state]).toEqual([true, 'FAILED_DELETION']);
  });

  it('takes a retained checkpoint alone, not what the checkpoints of its Job share', async () => {
    const jobId = newId<'JobId'>();
    const path = join(root, toFlinkJobId(jobId), 'chk-7');
    const shared = join(dirname(path), 'shared');
    writeSnapshot(shared);
    const one = await aCase({ origin: 'RETAINED_CHECKPOINT', jobId, checkpointId: 7 }, path);
    await deleteSavepoint(depsWith(), one.order);
    expect([existsSync(path), existsSync(join(shared, 'part-1')), await found(one)]).toEqual([false, true, undefined]);
  });

  it('ends in FAILED_DELETION with the cause when the file system is not seen from here', async () => {
    const one = await aCase({ targetDirectory: 's3://bucket/x', location: 's3://bucket/x/savepoint-1' });
    await deleteSavepoint(depsWith(), one.order);
    const left = await found(one);
    expect([left?.state, left?.failure?.reason]).toEqual(['FAILED_DELETION', expect.stringContaining('does not lie on this machine')]);
  });

  it('that crashed before it removed anything, half-way, or before it recorded that, is done again', async () => {
    const crash = (before: () => Promise<void>) => async (): Promise<void> => {
      await before();
      // Another decision of the same run: the late attempt may record nothing.
      await store.transaction((tx) => store.deployments.lockForRun(tx, one.order.id, one.order.fence));
    };
    const one = await aCase();
    for (const before of [async () => undefined, async () => storage().remove(one.location)]) {
      await expect(deleteSavepoint(depsWith(crash(before)), one.order)).rejects.toMatchObject({ type: 'Moved' });
      expect((await found(one))?.state).toBe('DELETING');
    }
    await deleteSavepoint(depsWith(), one.order);
    expect([existsSync(one.path), await found(one)]).toEqual([false, undefined]);
  });

  it('does nothing for a run that was replaced, or a Savepoint that is not to be deleted any more', async () => {
    const one = await aCase();
    const late = { ...one.order, fence: { number: 1, runId: 'run-0' } };
    await expect(deleteSavepoint(depsWith(), late)).rejects.toMatchObject({ type: 'Fenced' });
    await store.transaction((tx) => store.savepoints.change(tx, one.id, { state: 'COMPLETED' }));
    await expect(deleteSavepoint(depsWith(), one.order)).rejects.toMatchObject({ type: 'Moved' });
    expect([existsSync(one.path), (await found(one))?.state]).toEqual([true, 'COMPLETED']);
  });

  it('finds nothing to record when a user forced it meanwhile', async () => {
    const one = await aCase();
    const remove = (): Promise<void> => store.transaction((tx) => store.savepoints.delete(tx, one.id));
    await deleteSavepoint(depsWith(remove), one.order);
    expect(await found(one)).toBeUndefined();
  });
});
