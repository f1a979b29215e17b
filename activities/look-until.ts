// A short look: asks again and again for at most two seconds, then gives up so that no worker is held (reference/temporal.md §2.5).
import { setTimeout as wait } from 'node:timers/promises';

const LOOK_FOR_MS = 2000;
const FIRST_MS = 15;
const GROWTH = 1.4;

/** The first answer that is settled, or undefined when none was within two seconds. */
export async function lookUntil<T>(look: () => Promise<T>, isSettled: (seen: T) => boolean, signal: AbortSignal): Promise<T | undefined> {
  const until = performance.now() + LOOK_FOR_MS;
  for (let pauseMs = FIRST_MS; ; pauseMs = Math.min(pauseMs * GROWTH, 250)) {
    signal.throwIfAborted();
    const seen = await look();
    if (isSettled(seen)) return seen;
    if (performance.now() + pauseMs > until) return undefined;
    await wait(pauseMs, undefined, { signal });
  }
}
