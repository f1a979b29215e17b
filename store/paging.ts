// Pages of lists. A page begins behind a key, never at a number: rows that come or go meanwhile move nothing of what is still to be read.
import { type RawBuilder, sql, type SqlBool } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import { toText, toTimestamp } from './columns.ts';

export interface Page<Key> {
  readonly limit: number;
  /** Of the last row that was read. */
  readonly after?: Key;
}

/** Lists by name. */
export type NamePage = Page<string>;

/** Where a row stands in a list whose newest row comes first. */
export interface TimeKey {
  readonly createdAt: Instant;
  readonly id: string;
}
export type TimePage = Page<TimeKey>;

/** True for rows behind this key in the order createdAt, id descending. Spelled as the index is. */
function isOlder({ createdAt, id }: TimeKey) {
  return sql<SqlBool>`(created_at, id) < (${toTimestamp(createdAt)}::timestamptz, ${id}::uuid)`;
}

interface ByName<Query> {
  where(column: 'name', operator: '>', value: string): Query;
  orderBy(column: 'name'): Query;
  limit(rows: number): Query;
}

/** Rows of a namespace in the order of their names: all, or one page. */
export function pageByName<Query extends ByName<Query>>(query: Query, page: NamePage | undefined): Query {
  const ordered = query.orderBy('name');
  if (page === undefined) return ordered;
  const limited = ordered.limit(page.limit);
  return page.after === undefined ? limited : limited.where('name', '>', toText(page.after));
}

interface ByTime<Query> {
  where(isBehind: RawBuilder<SqlBool>): Query;
  limit(rows: number): Query;
}

/** Of rows that are ordered newest first: all, or one page. */
export function pageByTime<Query extends ByTime<Query>>(query: Query, page: TimePage | undefined): Query {
  if (page === undefined) return query;
  const limited = query.limit(page.limit);
  return page.after === undefined ? limited : limited.where(isOlder(page.after));
}
