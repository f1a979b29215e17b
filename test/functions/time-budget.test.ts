// A request that takes too long is answered all the same, and what it wanted to store is not stored.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
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
  it('is answered 503, and stores nothing, not even later', async () => {
    const { release } = occupyStore();
    const wanted = { body: JSON.stringify(aDocument({ metadata: { name: 'late' } })), headers: { 'Content-Type': 'application/json' } };
    const writing = api.request(`${N}/deployments`, { method: 'POST', ...wanted });
    const reading = await api.get(`${N}/deployments`);
    expect([reading.status, reading.body.message]).toEqual([503, 'this took longer than 0.05 s and was given up; nothing was stored: try again']);
    // One that began later is over: so is the first.
    expect((await api.get(`${N}/deployments`)).status).toBe(503);
    await release();
    const { status, body } = await writing;
    expect([status, body.message]).toEqual([503, expect.stringContaining('nothing was stored')]);
    // Whatever waits for the store has its turn before this.
    await store.transaction(() => Promise.resolve());
    expect(made((await anApi(store).get(`${N}/deployments`)).body)).toEqual([]);
  });
});

describe('the time of a request', () => {
  beforeAll(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterAll(() => {
    vi.useRealTimers();
  });
  const deps = (): FunctionDeps => ({ store, settings: { requestLimitMs: 1000 } }) as unknown as FunctionDeps;

  it('does not matter any more once something is stored', async () => {
    const namespace = `${N.split('/').at(-1)}-kept`;
    const reply = await withinBudget(deps(), async (limited) => {
      await limited.store.transaction((tx) => limited.store.namespaces.ensure(tx, namespace));
      vi.advanceTimersByTime(2000);
      return 'stored';
    });
    expect([reply, await store.namespaces.find(store.read, namespace)]).toEqual(['stored', expect.objectContaining({ name: namespace })]);
  });

  it('undoes a transaction that was under way when it was over', async () => {
    const namespace = `${N.split('/').at(-1)}-undone`;
    const { promise: ended, resolve } = Promise.withResolvers<unknown>();
    const reply = withinBudget(deps(), async (limited) => {
      const writing = limited.store.transaction(async (tx) => {
        await limited.store.namespaces.ensure(tx, namespace);
        vi.advanceTimersByTime(2000);
      });
      writing.then(resolve, resolve);
      await writing;
    });
    await expect(reply).rejects.toThrow('nothing was stored');
    expect(await ended).toBeInstanceOf(Error);
    expect(await store.namespaces.find(store.read, namespace)).toBeUndefined();
  });
});
