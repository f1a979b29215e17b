// Where two JSON values differ, down to the last key that both have; a list or a value that differs is told as a whole.
import { isMapping } from './document.ts';
import { sameJson } from './json.ts';

export interface Difference {
  readonly path: readonly string[];
  /** Left out where the field is not there. */
  readonly before?: unknown;
  readonly after?: unknown;
}

export function differences(before: unknown, after: unknown, path: readonly string[] = []): readonly Difference[] {
  if (sameJson(before, after)) return [];
  if (!isMapping(before) || !isMapping(after)) return [{ path, ...told('before', before), ...told('after', after) }];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => differences(own(before, key), own(after, key), [...path, key]));
}

/** A label may be called `constructor`. */
function own(mapping: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(mapping, key) ? mapping[key] : undefined;
}

function told(side: 'before' | 'after', value: unknown): Partial<Record<'before' | 'after', unknown>> {
  return value === undefined ? {} : { [side]: value };
}
