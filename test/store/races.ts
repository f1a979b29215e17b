// What a race needs: gates, meetings, and a look at who waits.
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Store } from '../../store/store.ts';

/** A promise and what fulfils it. */
export function aGate() {
  return Promise.withResolvers<void>();
}

export async function untilSomebodyWaitsForALock({ read }: Store): Promise<void> {
  const waiting = sql`select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  while ((await waiting.execute(read)).rows.length === 0) await sleep(5);
}

export async function breakOthers({ read }: Store): Promise<void> {
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`.execute(read);
}

/** Follows the feed of events as a client does: whatever comes after the newest it has seen. */
export async function readUntil(store: Store, done: { readonly now: boolean }, seen: string[]): Promise<void> {
  let after: Parameters<typeof store.events.list>[2] = {};
  for (let last = false; !last; ) {
    last = done.now;
    const events = (await store.events.list(store.read, 'default', after)).toReversed();
    seen.push(...events.map(({ message }) => message));
    const newest = events.at(-1);
    if (newest) after = { after: newest.id };
  }
}

/** The first `size` callers wait for each other; later ones pass. */
export function aMeeting(size: number): () => Promise<void> {
  const gate = aGate();
  let arrived = 0;
  return () => {
    arrived += 1;
    if (arrived >= size) gate.resolve();
    return gate.promise;
  };
}
