// How long a request may take. What is not done by then is given up: the answer says so at once, and a transaction that ends later is undone.
// What is being committed when the time is over is let through, so that no answer says "nothing was stored" of what was.
import type { Store } from '../store/store.ts';
import type { FunctionDeps } from './deps.ts';
import { Problem } from './problem.ts';

const USUAL_MS = 25_000;

/** `work` may use no other store than the one it is given. Streams that it returns are not its time. */
export async function withinBudget<T>(deps: FunctionDeps, work: (deps: FunctionDeps) => Promise<T>): Promise<T> {
  const limitMs = deps.settings.requestLimitMs ?? USUAL_MS;
  const late = (): Problem => new Problem('unavailable', `this took longer than ${limitMs / 1000} s and was given up; nothing was stored: try again`);
  let isOver = false;
  let isStored = false;
  let isCommitting = false;
  const transaction: Store['transaction'] = async (write) => {
    const result = await deps.store.transaction(async (tx) => {
      isCommitting = false;
      const made = await write(tx);
      if (isOver) throw late();
      isCommitting = true;
      return made;
    });
    isStored = true;
    return result;
  };
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      if (isStored || isCommitting) return;
      isOver = true;
      reject(late());
    }, limitMs);
  });
  const store: Store = Object.create(deps.store, { transaction: { value: transaction } });
  return Promise.race([work({ ...deps, store }), limit]).finally(() => clearTimeout(timer));
}
