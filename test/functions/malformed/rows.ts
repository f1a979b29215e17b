// Turns fields and what is malformed in them into requests. A row is the same for every method; what a PATCH means by null is seen to here.
import type { Field } from './fields.ts';
import type { Malformed } from './rules.ts';

export type Method = 'POST' | 'PUT' | 'PATCH';

export interface Row {
  readonly at: string;
  readonly what: string;
  /** What it adds to a sound document; what is undefined in it is left out there. */
  readonly change: object;
  readonly message: string;
  readonly inPatch: boolean;
}

const nest = (keys: readonly string[], value: unknown): object => keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as object;
const isMapping = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Both, the upper one where they differ; what is undefined there is left out. A null is a value. */
export function over(under: unknown, above: unknown): unknown {
  if (!isMapping(under) || !isMapping(above)) return above;
  return { ...under, ...Object.fromEntries(Object.entries(above).map(([key, value]) => [key, key in under ? over(under[key], value) : value])) };
}

/** A PATCH takes away what is null in it. */
const asPatch = (change: unknown): unknown =>
  isMapping(change) ? Object.fromEntries(Object.entries(change).map(([key, value]) => [key, value === undefined ? null : asPatch(value)])) : change;

/** What is null in a mapping is no value in a PATCH, so there it is nothing malformed. */
const holdsNull = (value: unknown): boolean => isMapping(value) && Object.values(value).some((each) => each === null || holdsNull(each));

function rowOf({ at, beside = {} }: Field, [what, value, words, below = '']: Malformed): Row {
  return { at, what, change: over(beside, nest(at.split('.'), value)) as object, message: `${at}${below}: ${words}`, inPatch: !holdsNull({ value }) };
}

export const rowsOf = (fields: readonly Field[]): readonly Row[] => fields.flatMap((field) => field.faults.map((fault) => rowOf(field, fault)));

/** The body of a request: `base` is the sound document. */
export function bodyOf({ change }: Row, method: Method, base: object): unknown {
  return method === 'PATCH' ? asPatch(change) : over(base, change);
}

/** What an answer says as far as it matters: words that end in "…" are a beginning, and long ones are cut. */
export function saying(said: string, { message }: Row): { readonly said: string; readonly wanted: string } {
  const wanted = message.slice(0, 400);
  return { said: wanted.endsWith('…') ? `${said.slice(0, wanted.length - 1)}…` : said, wanted };
}
