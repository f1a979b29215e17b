// The store on PGlite, and what is special about it: opening, closing, many rows.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createStore } from '../../store/create-store.ts';
import { migrate } from '../../store/migrate.ts';
import { openPglite } from '../../store/pglite.ts';
import { storeContract } from '../contracts/store-contract.ts';
import { aSecretBox } from '../fixtures/a-secret-box.ts';
import { newId, openPgliteStore } from './open-store.ts';
import { aDeployment, storeDeployment } from './samples.ts';

storeContract('PGlite', openPgliteStore);

it('opens a new directory, keeps what was stored, and can be migrated again', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'drey-pglite-new-'));
  onTestFinished(() => rm(parent, { recursive: true }));
  const open = async () => {
    const kysely = await openPglite({ directory: join(parent, 'deep', 'data') });
    await migrate(kysely);
    return createStore({ kysely, newId, secretBox: aSecretBox() });
  };
  const first = await open();
  const stored = await storeDeployment(first);
  await first.close();
  const second = await open();
  expect(await second.deployments.findById(second.read, stored.id)).toEqual(stored);
  await second.close();
  expect(await readdir(join(parent, 'deep'))).toEqual(['data']);
}, 60_000);

it('finds what the sweep and the lists ask for among a thousand Deployments', async () => {
  const store = await openPgliteStore();
  onTestFinished(() => store.close());
  await store.transaction(async (tx) => {
    await store.namespaces.ensure(tx, 'big');
    for (let index = 0; index < 1000; index += 1) {
      const stored = await store.deployments.insert(tx, aDeployment({ namespace: 'big', name: `d-${index}`, labels: { n: String(index % 10) } }));
      if (stored && index % 10 > 0) await store.deployments.record(tx, stored.id, { settledVersion: 1 });
    }
  });
  expect(await store.deployments.due(store.read, 500)).toHaveLength(100);
  expect(await store.deployments.list(store.read, 'big')).toHaveLength(1000);
  expect(await store.deployments.list(store.read, 'big', { labels: { n: '3' } })).toHaveLength(100);
}, 60_000);
