// The feed that wakes watchers of events: one question for all, asked again where there was no answer.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createEventFeed } from '../../functions/event-feed.ts';
import type { Store } from '../../store/store.ts';
import { openStore } from './an-api.ts';

const QUICK = { pollMs: 5, watchMs: 400, heartbeatMs: 50, watchers: 3 };

let store: Store;
beforeAll(async () => {
  store = await openStore();
});
afterAll(() => store.close());

describe('the feed', () => {
  it('asks again where the store does not answer', async () => {
    await store.transaction((tx) => store.events.append(tx, 'default', [{ name: 'EXTERNAL', message: 'something' }]));
    let failures = 3;
    const newest: Store['events']['newest'] = (...args) => ((failures -= 1) >= 0 ? Promise.reject(new Error('down')) : store.events.newest(...args));
    const watch = createEventFeed({ store: { read: store.read, events: { ...store.events, newest } }, limits: QUICK }).watch('default');
    await vi.waitFor(() => expect(watch?.newest()).toBeDefined());
    watch?.end();
  });

  it('asks the store once for all watchers of a namespace, and no more when they left', async () => {
    let asked = 0;
    const counting = { ...store.events, newest: (...args: Parameters<Store['events']['newest']>) => ((asked += 1), store.events.newest(...args)) };
    const feed = createEventFeed({ store: { read: store.read, events: counting }, limits: QUICK });
    const watches = [feed.watch('a'), feed.watch('a')];
    expect([feed.watchers, asked]).toEqual([2, 1]);
    await vi.waitFor(() => expect(asked).toBeGreaterThan(2));
    for (const watch of watches) watch?.end();
    expect(feed.watchers).toBe(0);
    const [before, rounds] = [asked, 3];
    const other = feed.watch('b');
    await vi.waitFor(() => expect(asked).toBeGreaterThan(before + rounds));
    other?.end();
  });
});
