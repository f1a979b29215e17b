// Checks a value against its schema. A fault becomes a Problem that names each JSON path and what would be right there.
import type { Exact } from '../domain/scalar.schema.ts';
import { pathOf } from './path-of.ts';
import { Problem } from './problem.ts';

/** The little of a zod issue that is read here. */
interface Issue {
  readonly code?: string | undefined;
  readonly path?: readonly PropertyKey[] | undefined;
  readonly message?: string | undefined;
  readonly keys?: readonly string[];
  readonly input?: unknown;
  readonly expected?: unknown;
  readonly values?: readonly unknown[];
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly origin?: unknown;
  readonly inclusive?: unknown;
}

type Checked<T> = { readonly success: true; readonly data: T } | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };

/** A zod schema, as far as it is used here. */
export interface Schema<T> {
  safeParse(value: unknown, options: { readonly error: (issue: Issue) => string | undefined; readonly reportInput: boolean }): Checked<T>;
}

const MAX_FAULTS = 10;

export interface CheckOptions {
  /** Drop unknown fields instead of refusing them (D6). */
  readonly lenient: boolean;
}

export function check<T>(schema: Schema<T>, value: unknown, { lenient }: CheckOptions): Exact<T> {
  const found = schema.safeParse(value, { error: describe, reportInput: true });
  if (found.success) return found.data as Exact<T>;
  const { issues } = found.error;
  const unknown = issues.filter((issue) => issue.code === 'unrecognized_keys');
  if (!lenient || unknown.length === 0) throw asProblem(issues);
  return check(schema, unknown.reduce(withoutKeys, value), { lenient: unknown.length < issues.length });
}

function asProblem(issues: readonly Issue[]): Problem {
  const faults = issues.flatMap(toFaults);
  const shown = faults.slice(0, MAX_FAULTS).join('; ');
  const hidden = faults.length - MAX_FAULTS;
  return new Problem('invalid', hidden > 0 ? `${shown}; and ${hidden} more` : shown);
}

function toFaults({ code, path = [], message = '', keys = [] }: Issue): readonly string[] {
  const places = code === 'unrecognized_keys' ? keys.map((key) => [...path, key]) : [path];
  return places.map((place) => `${pathOf(place) ?? 'the body'}: ${message}`.slice(0, 400));
}

const EXPECTED: Readonly<Record<string, string>> = {
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

/** What would be right, where the schema has no sentence of its own for it. */
function describe(issue: Issue): string | undefined {
  const missing = issue.input === undefined ? 'is missing; it ' : '';
  switch (issue.code) {
    case 'invalid_type':
      return `${missing}must be ${EXPECTED[String(issue.expected)] ?? String(issue.expected)}`;
    case 'invalid_value':
      return `${missing}must be one of ${(issue.values ?? []).join(', ')}`;
    case 'invalid_key':
      return 'is no name for an entry';
    case 'too_small':
      if (issue.origin === 'string') return 'must not be empty';
      return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${String(issue.minimum)}`;
    case 'too_big':
      return `must be at most ${String(issue.maximum)}${issue.origin === 'string' ? ' characters long' : ''}`;
    default:
      return undefined;
  }
}

function withoutKeys(value: unknown, { path = [], keys = [] }: Issue): unknown {
  const [head, ...rest] = path;
  if (Array.isArray(value)) return value.map((item, i) => (i === head ? withoutKeys(item, { path: rest, keys }) : item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  if (head === undefined) return Object.fromEntries(entries.filter(([key]) => !keys.includes(key)));
  return Object.fromEntries(entries.map(([key, field]) => [key, key === head ? withoutKeys(field, { path: rest, keys }) : field]));
}
