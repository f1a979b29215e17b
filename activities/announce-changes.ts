// Tells others of the changes of state that were stored, at least once each, in the order in which they happened. What cannot be told now is told by the
// next watch: nothing waits for it.
import type { ActivityDeps } from './deps.ts';

/** At a time; the next ones follow at once. */
const MANY = 100;

/** Never throws. Where nobody wants to know, they are dropped. */
export async function announceChanges({ store, announce, log }: ActivityDeps): Promise<void> {
  try {
    for (;;) {
      const changes = await store.stateChanges.oldest(store.read, MANY);
      if (changes.length === 0) return;
      await announce?.(changes);
      const told = changes.map(({ id }) => id);
      await store.transaction((tx) => store.stateChanges.remove(tx, told));
    }
  } catch (error) {
    log.error({ err: error }, 'changes of state could not be announced; the next watch tries again');
  }
}
