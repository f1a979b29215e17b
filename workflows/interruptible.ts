// Interrupting a wait without losing its result (reference/temporal.md, appendix A).
import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';

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
