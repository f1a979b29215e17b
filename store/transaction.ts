// Transactions that are repeated when the database asks for it. Owns the limits of that, and the guard against nesting.
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { NamespaceGone } from '../domain/namespace-gone.ts';
import type { Tx } from './tables.ts';

const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 10;
/** serialization_failure and deadlock_detected: the same transaction may succeed when it is run again. */
const REPEATABLE: ReadonlySet<unknown> = new Set(['40001', '40P01']);

export interface Transactions {
  /** Runs `work` in a transaction. Throws what `work` throws, NamespaceGone, and whatever still fails after six attempts. */
  readonly transaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
  /** Throws inside of a transaction. PGlite has one connection, so waiting for another one there would never end; on PostgreSQL it would drain the pool. */
  readonly assertOutside: () => void;
}

export function createTransactions(database: Tx): Transactions {
  const open = new AsyncLocalStorage<true>();
  const assertOutside = (): void => {
    if (open.getStore()) throw new Error('inside a transaction only its own `tx` may be used');
  };
  const attempt = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => database.transaction().execute((tx) => open.run(true, () => work(tx)));

  return {
    assertOutside,
    async transaction(work) {
      assertOutside();
      for (let repeated = 1; ; repeated += 1) {
        try {
          return await attempt(work);
        } catch (error) {
          if (isOfGoneNamespace(error)) throw new NamespaceGone(error);
          if (repeated === ATTEMPTS || !REPEATABLE.has(fieldOf(error, 'code'))) throw error;
        }
        await sleep(Math.random() * FIRST_PAUSE_MS * 2 ** repeated);
      }
    },
  };
}

/** foreign_key_violation of what lies in a namespace; also of a namespace that was filled while it was taken away. */
function isOfGoneNamespace(error: unknown): boolean {
  return fieldOf(error, 'code') === '23503' && /_namespace(_fkey)?$/.test(String(fieldOf(error, 'constraint')));
}

function fieldOf(error: unknown, name: 'code' | 'constraint'): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
}
