// Ending a wait before its time without losing its result (reference/temporal.md, appendix A).
import { CancellationScope, condition, isCancellation, workflowInfo } from '@temporalio/workflow';

/** The result of `wait`, or undefined when `stop` became true first. A result or a real failure wins over the interrupt. */
export async function interruptible<T>(wait: () => Promise<T>, stop: () => boolean): Promise<T | undefined> {
  const scope = new CancellationScope();
  let settled = false;
  const settle = (): void => {
    settled = true;
  };
  const done = scope.run(wait).finally(settle);
  const quiet = done.then(settle, settle);
  await Promise.race([quiet, condition(() => stop() || settled)]);
  if (settled) return done;
  scope.cancel();
  try {
    return await done;
  } catch (error) {
    if (isCancellation(error)) return undefined;
    throw error;
  }
}

export interface Doubts {
  readonly isDirty: () => boolean;
  /** Looks again; clears what `isDirty` says. */
  readonly isStillWanted: () => Promise<boolean>;
}

/** True when `deed`, which may take minutes, was done. A nudge only asks whether it is still wanted; false when it is not, and it was dropped. */
export async function doneWhileWanted(deed: () => Promise<unknown>, { isDirty, isStillWanted }: Doubts): Promise<boolean> {
  const scope = new CancellationScope();
  let settled = false;
  const settle = (): void => {
    settled = true;
  };
  const done = scope.run(deed).finally(settle);
  done.catch(settle);
  let isWanted = true;
  try {
    while (isWanted && !settled) {
      await condition(() => settled || isDirty());
      if (!settled) isWanted = !workflowInfo().continueAsNewSuggested && (await isStillWanted());
    }
  } finally {
    if (!settled) scope.cancel(); // also when the look failed: the next decision must not start a second one beside it
  }
  if (isWanted) await done;
  return isWanted;
}
