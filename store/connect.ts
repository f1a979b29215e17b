// One Kysely for both databases: the same names, the same types of values.
import { CamelCasePlugin, type Dialect, Kysely, type LogEvent } from 'kysely';
import { parseTimestamp } from './columns.ts';
import type { Database, Tx } from './tables.ts';

/** How texts from the database become values, by PostgreSQL's type number: int8 and timestamptz as numbers. */
export const parsers: Readonly<Record<number, (text: string) => number>> = { 20: Number, 1184: parseTimestamp };

/** `log` sees every statement that ends. */
export function connect(dialect: Dialect, log?: (event: LogEvent) => void): Tx {
  const plugins = [new CamelCasePlugin({ maintainNestedObjectKeys: true })];
  return new Kysely<Database>({ dialect, plugins, ...(log && { log }) });
}
