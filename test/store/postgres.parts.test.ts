// The store on PostgreSQL: the contract, and the races that PGlite's one connection hides. Each race has a database of its own.
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Fence, Store } from '../../store/store.ts';
import { migrate } from '../../store/migrate.ts';
import { openPostgres } from '../../store/postgres.ts';
import { storeContract } from '../contracts/store-contract.ts';
import { createDatabase, dropDatabase, startPostgres, type TestPostgres } from '../fixtures/postgres.ts';
import { openPostgresStore } from './open-store.ts';
import { aGate, aMeeting, breakOthers, readUntil, untilSomebodyWaitsForALock } from './races.ts';
import { aJob, aSavepoint, aSpec, aStatus, storeDeployment } from './samples.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
  const kysely = openPostgres({ url: postgres.url, max: 1 });
  await migrate(kysely);
  await kysely.destroy();
});
afterAll(() => postgres.stop());

async function aDatabase(template?: string): Promise<string> {
  const url = await createDatabase(postgres.url, template);
  onTestFinished(() => dropDatabase(url));
  return url;
}

/** Two stores with pools of their own on one fresh database, as two processes have them. */
async function twoStores(): Promise<readonly [Store, Store]> {
  const url = await aDatabase(postgres.url);
  const stores = [openPostgresStore(url), openPostgresStore(url)] as const;
  onTestFinished(async () => {
    await Promise.all(stores.map((store) => store.close()));
  });
  return stores;
}

storeContract('PostgreSQL', async () => openPostgresStore(await createDatabase(postgres.url, postgres.url)));

async function acquire(store: Store, deployment: { readonly id: Parameters<Store['deployments']['acquireFence']>[1] }, runId: string): Promise<Fence> {
  const fence = await store.transaction((tx) => store.deployments.acquireFence(tx, deployment.id, runId));
  if (!fence) throw new Error('no fence');
  return fence;
}

describe('two processes', () => {
  it('that acquire fences at once get different numbers, and only the later one may write', async () => {
    const [a, b] = await twoStores();
    const deployment = await storeDeployment(a);
    const fences = await Promise.all([acquire(a, deployment, 'run-a'), acquire(b, deployment, 'run-b')]);
    expect(new Set(fences.map(({ number }) => number))).toEqual(new Set([1, 2]));
    const outcomes = await Promise.all(fences.map((fence) => a.transaction(async (tx) => (await a.deployments.lockForRun(tx, deployment.id, fence)).kind)));
    expect(outcomes).toEqual(fences.map(({ number }) => (number === 2 ? 'locked' : 'fenced')));
  });

  it('wait for each other: a run that waited for the lock is refused when it was replaced meanwhile', async () => {
    const [a, b] = await twoStores();
    const deployment = await storeDeployment(a);
    const old = await acquire(a, deployment, 'run-old');
    const [taken, waiting] = [aGate(), aGate()];
    const taking = b.transaction(async (tx) => {
      await b.deployments.acquireFence(tx, deployment.id, 'run-new');
      taken.resolve();
      await waiting.promise;
    });
    await taken.promise;
    const late = a.transaction((tx) => a.deployments.lockForRun(tx, deployment.id, old));
    await untilSomebodyWaitsForALock(a);
    waiting.resolve();
    await taking;
    expect(await late).toEqual({ kind: 'fenced' });
  });

  it('of one run: only one of two attempts that read the same row version may write', async () => {
    const [a, b] = await twoStores();
    const deployment = await storeDeployment(a);
    const fence = await acquire(a, deployment, 'run');
    const attempt = (store: Store) =>
      store.transaction(async (tx) => {
        const locked = await store.deployments.lockForRun(tx, deployment.id, fence, deployment.rowVersion);
        if (locked.kind === 'locked') await store.jobs.insert(tx, aJob(deployment));
        return locked.kind;
      });
    const kinds = await Promise.all([a, b, a, b].map(attempt));
    expect(kinds.toSorted()).toEqual(['locked', 'moved', 'moved', 'moved']);
    expect(await a.jobs.list(a.read, deployment.namespace)).toHaveLength(1);
  });

  it('that insert a Job each, without a lock, get one Job', async () => {
    const [a, b] = await twoStores();
    const deployment = await storeDeployment(a);
    const inserted = await Promise.allSettled([a, b].map((store) => store.transaction((tx) => store.jobs.insert(tx, aJob(deployment)))));
    expect(inserted.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await a.jobs.list(a.read, deployment.namespace)).toHaveLength(1);
  });

  it('that collect the same checkpoint get one Savepoint', async () => {
    const [a, b] = await twoStores();
    const deployment = await storeDeployment(a);
    const { id: jobId } = await a.transaction((tx) => a.jobs.insert(tx, aJob(deployment)));
    const retained = () => aSavepoint(deployment, { origin: 'RETAINED_CHECKPOINT', state: 'COMPLETED', jobId, checkpointId: 4 });
    const stored = await Promise.all([a, b].map((store) => store.transaction((tx) => store.savepoints.insert(tx, retained()))));
    expect(stored.filter((savepoint) => savepoint !== undefined)).toHaveLength(1);
  });

  it('lose nothing when users edit while runs record', async () => {
    const [a, b] = await twoStores();
    const deployment = await storeDeployment(a);
    const fence = await acquire(b, deployment, 'run');
    const edit = (index: number) =>
      a.transaction(async (tx) => {
        const row = await a.deployments.lock(tx, deployment.id);
        const labels = { ...row?.labels, [`edit-${index}`]: 'here' };
        await a.deployments.edit(tx, deployment.id, { labels, spec: aSpec({ maxJobCreationAttempts: index + 1 }) });
      });
    const record = (index: number) =>
      b.transaction(async (tx) => {
        const locked = await b.deployments.lockForRun(tx, deployment.id, fence);
        if (locked.kind !== 'locked') throw new Error(locked.kind);
        await b.deployments.record(tx, deployment.id, { status: { ...aStatus, because: `record ${index}` }, settledVersion: locked.row.intentVersion });
      });
    await Promise.all(Array.from({ length: 10 }, (_, index) => [edit(index), record(index)]).flat());
    const row = await a.deployments.findById(a.read, deployment.id);
    expect(row).toMatchObject({ specVersion: 11, intentVersion: 11, rowVersion: 10, resourceVersion: 21 });
    expect(Object.keys(row?.labels ?? {})).toHaveLength(10);
    expect(row?.status.because).toMatch(/^record \d$/);
  });

  it('append events in the order of their commits, each at least a microsecond later', async () => {
    const [a, b] = await twoStores();
    const seen: string[] = [];
    const append = (store: Store, index: number) =>
      store.transaction((tx) =>
        store.events.append(
          tx,
          'default',
          [0, 1, 2].map((part) => ({ name: 'EXTERNAL', message: `${index}-${part}` })),
        ),
      );
    const work = Promise.all(Array.from({ length: 30 }, (_, index) => append(index % 2 === 0 ? a : b, index)));
    const done = { now: false };
    const reading = readUntil(a, done, seen);
    await work;
    done.now = true;
    await reading;
    const events = (await a.events.list(a.read, 'default')).toReversed();
    expect(events).toHaveLength(90);
    const micros = events.map(({ createdAt }) => Math.round(createdAt * 1000));
    expect(micros.every((at, index) => index === 0 || at > (micros[index - 1] ?? 0))).toBe(true);
    expect(seen).toEqual(events.map(({ message }) => message));
  });

  it('that lock two Deployments in opposite order both succeed', async () => {
    const [a, b] = await twoStores();
    const [one, two] = [await storeDeployment(a), await storeDeployment(a)];
    const crosswise = (store: Store, order: readonly (typeof one)[], met: () => Promise<void>) =>
      store.transaction(async (tx) => {
        for (const { id } of order) {
          await store.deployments.lock(tx, id);
          await met();
        }
        for (const { id } of order) await store.deployments.raiseIntent(tx, id);
      });
    const meeting = aMeeting(2);
    await Promise.all([crosswise(a, [one, two], meeting), crosswise(b, [two, one], meeting)]);
    expect((await a.deployments.findById(a.read, one.id))?.intentVersion).toBe(3);
    expect((await a.deployments.findById(a.read, two.id))?.intentVersion).toBe(3);
  });

  it('that migrate an empty database at once both succeed', async () => {
    for (let round = 0; round < 3; round += 1) {
      const url = await aDatabase();
      const pools = [1, 2, 3].map(() => openPostgres({ url, max: 2 }));
      await Promise.all(pools.map(migrate));
      await Promise.all(pools.map((pool) => pool.destroy()));
      const store = openPostgresStore(url);
      expect(await store.deployments.due(store.read, 1)).toEqual([]);
      await store.close();
    }
  });
});

describe('a database that does not answer', () => {
  it('is reported within the limit', async () => {
    const store = openPostgresStore('postgresql://nobody@127.0.0.1:1/none');
    onTestFinished(() => store.close());
    await expect(store.ping()).rejects.toThrow(/ECONNREFUSED/);
  });

  it('is reported within the limit when it accepts and says nothing', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void silent.close());
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const store = openPostgresStore(`postgresql://nobody@127.0.0.1:${port}/none`);
    onTestFinished(() => store.close());
    const began = performance.now();
    await expect(store.ping()).rejects.toThrow();
    expect(performance.now() - began).toBeLessThan(5000);
  });

  it('neither ends the process nor stays unanswered when it is back', async () => {
    const [a, b] = await twoStores();
    await a.ping();
    await breakOthers(b);
    const answered = (): Promise<boolean> =>
      a.ping().then(
        () => true,
        () => false,
      );
    await expect.poll(answered).toBe(true);
  });
});
