// A start that may fail for as long as somebody else's server does: tried again until it works, with its reason at hand meanwhile.
import { setTimeout as pause } from 'node:timers/promises';

export interface Patience {
  /** Ends the trying at once. */
  readonly signal: AbortSignal;
  /** One sentence for what an attempt threw. */
  readonly explain: (error: unknown) => string;
  /** Called with every reason that is another one than before. */
  readonly onReason: (reason: string) => void;
  /** Milliseconds before the second attempt; doubled with each, up to `mostMs`. */
  readonly firstMs?: number;
  readonly mostMs?: number;
}

/** What `attempt` returns at last; undefined when the signal came first. An attempt that is under way then is left alone. */
export async function patiently<T>(attempt: () => Promise<T>, patience: Patience): Promise<T | undefined> {
  const { signal, explain, onReason, firstMs = 1000, mostMs = 30_000 } = patience;
  const aborted = new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }));
  let known: string | undefined;
  for (let waitMs = firstMs; !signal.aborted; waitMs = Math.min(2 * waitMs, mostMs)) {
    try {
      return await Promise.race([attempt(), aborted]);
    } catch (error) {
      const reason = explain(error);
      if (reason !== known) onReason(reason);
      known = reason;
    }
    await pause(waitMs, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}
