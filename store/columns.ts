// How values cross the border to the database: instants with microseconds, JSON documents, absent keys.
import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';

/** The database's clock, as it reads when the statement runs: after a wait for a lock `now()` would be too early. */
export const clockNow = sql<string>`clock_timestamp()`;

/** Columns that every new resource starts with. */
export const newResource = { resourceVersion: 1, createdAt: clockNow, modifiedAt: clockNow } as const;

/** An instant as the database takes it, rounded to whole microseconds. */
export function toTimestamp(instant: Instant): string {
  const micros = Math.round(instant * 1000);
  const millis = Math.floor(micros / 1000);
  return `${new Date(millis).toISOString().slice(0, -1)}${String(micros - millis * 1000).padStart(3, '0')}Z`;
}

const TIMESTAMP = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?([+-])(\d\d)(?::(\d\d))?$/;

/** The instant in a timestamptz as PostgreSQL prints it, in whatever time zone the session is. Throws a RangeError for any other text. */
export function parseTimestamp(text: string): Instant {
  const parts = TIMESTAMP.exec(text);
  if (!parts) throw new RangeError(`not a timestamp: ${text}`);
  const [, date, time, fraction = '', sign, hours, minutes = '0'] = parts;
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60_000 : 60_000);
  const millis = Date.parse(`${date}T${time}Z`) - offset;
  return (millis * 1000 + Number(fraction.padEnd(6, '0'))) / 1000;
}

/** PostgreSQL cannot hold NUL or half a surrogate pair in text; both turn up in messages of Flink that were cut. */
export function toText(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}

/** A value as jsonb takes it. NUL and half surrogate pairs become U+FFFD, in keys too. */
export function toDocument(value: object): string {
  // JSON.stringify escapes exactly these, and an escaped backslash must be stepped over to see them.
  return JSON.stringify(value).replace(/\\(?:\\|u0000|ud[89a-f][0-9a-f]{2})/g, (escape) => (escape === '\\\\' ? escape : '\\ufffd'));
}

type Present<Row> = { [Key in keyof Row as null extends Row[Key] ? never : Key]: Row[Key] } & {
  [Key in keyof Row as null extends Row[Key] ? Key : never]?: NonNullable<Row[Key]>;
};

/** A row as domain has it: no key where the column is NULL. */
export function present<Row extends object>(row: Row): Present<Row> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Present<Row>;
}
