// Waiting for a condition, with what was last seen in the complaint. Never waits for a time to pass.
import { setTimeout as wait } from 'node:timers/promises';

export interface Patience {
  readonly limitMs: number;
  readonly everyMs: number;
}

export interface Watch<T> {
  /** What is waited for, in words. */
  readonly what: string;
  readonly look: () => Promise<T>;
  readonly accepts: (seen: T) => boolean;
}

/** Characters of what was last seen. */
const SHOWN = 300;

/** The first look that is accepted. Throws after the limit. */
export async function untilSeen<T>({ limitMs, everyMs }: Patience, { what, look, accepts }: Watch<T>): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (accepts(seen)) return seen;
    if (performance.now() > end) throw new Error(`waited ${limitMs} ms ${what}; last seen: ${JSON.stringify(seen).slice(0, SHOWN)}`);
    await wait(everyMs);
  }
}
