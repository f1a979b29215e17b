// Reading fields of Flink's JSON. Unknown fields are ignored; a field that is missing or of another type means that this is no answer of
// Flink's REST. Nothing here knows a call.

/** Thrown by the readers below and caught in one place (`answers.ts`), which turns it into `unavailable`. */
export class UnexpectedAnswer extends Error {}

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function fieldsOf(value: unknown, what: string): Fields {
  if (!isFields(value)) throw new UnexpectedAnswer(`${what} is not an object`);
  return value;
}

export function fieldsAt(fields: Fields, key: string): Fields {
  return fieldsOf(fields[key], key);
}

/** Undefined when the field is absent or null. */
export function maybeFieldsAt(fields: Fields, key: string): Fields | undefined {
  const value = fields[key];
  return value === undefined || value === null ? undefined : fieldsOf(value, key);
}

export function textAt(fields: Fields, key: string): string {
  const value = fields[key];
  if (typeof value !== 'string') throw new UnexpectedAnswer(`${key} is not a text`);
  return value;
}

/** Undefined when the field is absent, null or no text. */
export function maybeTextAt(fields: Fields, key: string): string | undefined {
  const value = fields[key];
  return typeof value === 'string' ? value : undefined;
}

export function numberAt(fields: Fields, key: string): number {
  const value = fields[key];
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new UnexpectedAnswer(`${key} is not a number`);
  return value;
}

export function listAt(fields: Fields, key: string): readonly unknown[] {
  const value = fields[key];
  if (!Array.isArray(value)) throw new UnexpectedAnswer(`${key} is not a list`);
  return value;
}
