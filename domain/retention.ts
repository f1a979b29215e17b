// How many Savepoints of a Deployment stay, as its annotations say. Only what they say: choosing which is plan-deletion.ts.
import type { SavepointOrigin } from './savepoint.ts';

/** Of each origin but USER_REQUEST, the newest so many stay. */
export const KEEP = 'drey.dev/keep-savepoints';
/** Of the ones that users asked for. */
export const KEEP_USER = 'drey.dev/keep-user-savepoints';

export const KEEP_KEYS: readonly string[] = [KEEP, KEEP_USER];

/** The number, or undefined for a text that is none: then everything stays. */
export function parseKeep(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined;
}

/** How many of this origin stay; undefined means all. A Savepoint that a user asked for is never counted by the rule for the others (D33). */
export function keptOf(origin: SavepointOrigin, annotations: Readonly<Record<string, string>>): number | undefined {
  return parseKeep(annotations[ruleFor(origin)]);
}

/** The annotation that rules this origin. */
export function ruleFor(origin: SavepointOrigin): string {
  return origin === 'USER_REQUEST' ? KEEP_USER : KEEP;
}
