// Lets the calls about one thing happen one after the other within this process. Holds no state of the things themselves.

const tails = new Map<string, Promise<unknown>>();

/** Runs `work` when everything asked for earlier under the same key has ended, well or badly. */
export async function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
  const before = tails.get(key) ?? Promise.resolve();
  const mine = before.then(work, work);
  const tail = mine.catch(() => undefined);
  tails.set(key, tail);
  try {
    return await mine;
  } finally {
    if (tails.get(key) === tail) tails.delete(key);
  }
}
