// Versions of Temporal servers: which are new enough. Pure.

/** The oldest server whose dev server behaves as drey expects. */
export const OLDEST_OWN_SERVER = '1.31.0';
/** The oldest server somebody else may run for us. */
export const OLDEST_EXTERNAL_SERVER = '1.29.1';

function numbersOf(version: string): readonly number[] | undefined {
  const parts = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version);
  return parts?.slice(1).map(Number);
}

/** True when `version` is the same as `oldest` or newer; false also for text that is no version. */
export function isAtLeast(version: string, oldest: string): boolean {
  const [have, want] = [numbersOf(version), numbersOf(oldest)];
  if (!have || !want) return false;
  for (const [index, least] of want.entries()) {
    const part = have[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}

/** The server that a CLI carries, out of `temporal --version`. The CLI's own version says nothing: a self-built one is 0.0.0-DEV. */
export function parseCarriedServer(output: string): string | undefined {
  return /\bServer v?(\d+\.\d+\.\d+)/i.exec(output)?.[1];
}
