// A request that takes too long is answered all the same, and what it wanted to store is not stored.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FunctionDeps } from '../../functions/deps.ts';
import { withinBudget } from '../../functions/time-budget.ts';
import type { Store } from '../../store/store.ts';
import { aDocument, anApi, openStore } from './an-api.ts';
import type { Api } from './an-api.ts';

let store: Store;
let api: Api;
let N: string;
beforeAll(async () => {
  store = await openStore();
  api = anApi(store, { settings: { requestLimitMs: 50 } });
  N = await api.namespace();
});
afterAll(() => store.close());

/** Keeps every other transaction waiting until it is released. */
function occupyStore(): { readonly release: () => Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const held = store.transaction(() => promise);
  return {
    release: async () => {
      resolve();
      await held;
    },
  };
}

const made = (deployments: { readonly items: readonly { readonly metadata: { readonly name: string } }[] }) =>
  deployments.items.map(({ metadata }) => metadata.name);

describe('a request that takes too long', () => {
  it.each(['POST', 'GET'])('%s is answered 503 in time, and stores nothing, not even later', async (method) => {
    const { release } = occupyStore();
    const document = JSON.stringify(aDocument({ metadata: { name: 'late' } }));
    const body = method === 'POST' ? { body: document, headers: { 'Content-Type': 'application/json' } } : {};
    const { status, body: said } = await api.request(`${N}/deployments`, { method, ...body });
    expect([status, said.message]).toEqual([503, 'this took longer than 0.05 s and was given up; nothing was stored: try again']);
    await release();
    // Whatever waits for the store has its turn before this.
    await store.transaction(() => Promise.resolve());
    expect(made((await anApi(store).get(`${N}/deployments`)).body)).toEqual([]);
  });

  it('is answered as usual where it is stored already', async () => {
    const deps = { store, settings: { requestLimitMs: 1 } } as unknown as FunctionDeps;
    const namespace = `${N.split('/').at(-1)}-kept`;
    const reply = await withinBudget(deps, async (limited) => {
      await limited.store.transaction((tx) => limited.store.namespaces.ensure(tx, namespace));
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
      return 'stored';
    });
    expect([reply, await store.namespaces.exists(store.read, namespace)]).toEqual(['stored', true]);
  });

  it('leaves nothing behind of a transaction that was under way', async () => {
    const deps = { store, settings: { requestLimitMs: 1 } } as unknown as FunctionDeps;
    const namespace = `${N.split('/').at(-1)}-undone`;
    const { promise, resolve } = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<unknown>();
    const reply = withinBudget(deps, async (limited) => {
      const writing = limited.store.transaction(async (tx) => {
        await limited.store.namespaces.ensure(tx, namespace);
        await promise;
      });
      writing.then(ended.resolve, ended.resolve);
      await writing;
    });
    await expect(reply).rejects.toThrow('nothing was stored');
    resolve();
    expect(await ended.promise).toBeInstanceOf(Error);
    expect(await store.namespaces.exists(store.read, namespace)).toBe(false);
  });
});
