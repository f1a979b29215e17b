// JSON values: comparing and merging them without touching either side.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True when both hold the same JSON; the order of keys does not matter, an undefined key counts as absent. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => sameJson(item, b[i]));
  if (!isMapping(a) || !isMapping(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  const own = (value: Record<string, unknown>, key: string): unknown => (Object.hasOwn(value, key) ? value[key] : undefined);
  return [...keys].every((key) => sameJson(own(a, key), own(b, key)));
}

/** RFC 7396: `patch` over `target`. Null removes a key, an array replaces, neither argument changes. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isMapping(patch)) return patch;
  const merged: Record<string, unknown> = {};
  const put = (key: string, value: unknown): unknown => Object.defineProperty(merged, key, { value, enumerable: true, writable: true, configurable: true });
  const base = isMapping(target) ? target : {};
  for (const key of Object.keys(base)) if (!Object.hasOwn(patch, key)) put(key, base[key]);
  for (const key of Object.keys(patch)) {
    if (patch[key] !== null) put(key, mergePatch(Object.hasOwn(base, key) ? base[key] : undefined, patch[key]));
  }
  return merged;
}

/** `next` with the fields of `stored` that `known` lacks, wherever `next` has their mapping still: what somebody newer wrote is kept. */
export function carryOver(next: unknown, stored: unknown, known: unknown): unknown {
  if (!isMapping(next) || !isMapping(stored) || !isMapping(known)) return next;
  const own = (value: Record<string, unknown>, key: string): unknown => (Object.hasOwn(value, key) ? value[key] : undefined);
  const carried = Object.entries(next).map(([key, value]) => [key, carryOver(value, own(stored, key), own(known, key))]);
  const unknown = Object.entries(stored).filter(([key]) => !Object.hasOwn(known, key) && !Object.hasOwn(next, key));
  return Object.fromEntries([...carried, ...unknown]);
}
