// Lists, whole or in pages: both are read from the store page by page, behind the key of the last row. The token of a page is text that
// clients pass back; whatever they made of it, it is checked like any other input and names nothing that they could not ask for.
import type { Instant } from '../domain/instant.ts';
import { continuationSchema, timeKey } from '../domain/paging.schema.ts';
import type { Page, TimeKey } from '../store/store.ts';
import type { Listing } from './handler.ts';
import { Problem } from './problem.ts';
import { toList } from './to-list.ts';

/** A zod schema of keys. */
interface KeySchema<Key> {
  safeParse(value: unknown): { readonly success: true; readonly data: Key } | { readonly success: false };
}

export interface ListSource<Kind extends string, Key, Row, Item> {
  readonly kind: Kind;
  readonly namespace: string;
  /** As it was asked for, `limit` and `continue` included. */
  readonly query: Readonly<Record<string, unknown>>;
  readonly key: KeySchema<Key>;
  read(page: Page<Key>): Promise<readonly Row[]>;
  keyOf(row: NoInfer<Row>): Key;
  present(rows: readonly Row[]): readonly Item[] | Promise<readonly Item[]>;
}

const PAGE = 200;

/** The page that was asked for, or the whole list in pieces. */
export async function listPages<Kind extends string, Key, Row, Item>(source: ListSource<Kind, Key, Row, Item>) {
  const { kind, query } = source;
  const after = keyIn(source);
  if (typeof query['limit'] !== 'number') return { code: 200 as const, list: { kind, pages: allPages(source, after) } satisfies Listing<Kind, Item> };
  const { limit } = query;
  const rows = await source.read({ limit: limit + 1, ...(after !== undefined && { after }) });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const { metadata, ...rest } = toList(kind, await source.present(shown));
  const more = rows.length > limit && last !== undefined ? { continue: tokenOf(source, source.keyOf(last)) } : {};
  return { code: 200 as const, body: { ...rest, metadata: { ...metadata, ...more } } };
}

async function* allPages<Kind extends string, Key, Row, Item>(source: ListSource<Kind, Key, Row, Item>, start: Key | undefined) {
  for (let after = start; ; ) {
    const rows = await source.read({ limit: PAGE, ...(after !== undefined && { after }) });
    yield await source.present(rows);
    const last = rows.at(-1);
    if (rows.length < PAGE || last === undefined) return;
    after = source.keyOf(last);
  }
}

const NO_TOKEN = 'is not what metadata.continue of this list said: ask for the list again without it';

function tokenOf<Kind extends string, Key>(
  { kind, namespace, query }: Pick<ListSource<Kind, Key, never, never>, 'kind' | 'namespace' | 'query'>,
  key: Key,
): string {
  const filters = Object.fromEntries(Object.entries(query).filter(([name, value]) => !PAGING.has(name) && value !== undefined));
  return Buffer.from(JSON.stringify([kind, namespace, filters, key])).toString('base64url');
}

const PAGING: ReadonlySet<string> = new Set(['limit', 'continue']);

function keyIn<Kind extends string, Key>({
  kind,
  namespace,
  query,
  key,
}: Pick<ListSource<Kind, Key, never, never>, 'kind' | 'namespace' | 'query' | 'key'>): Key | undefined {
  const { continue: token } = query;
  if (typeof token !== 'string') return undefined;
  const [ofKind, ofNamespace, , value] = readToken(token);
  const found = key.safeParse(value);
  if (ofKind !== kind || ofNamespace !== namespace || !found.success) throw new Problem('invalid', NO_TOKEN, 'continue');
  return found.data;
}

function readToken(token: string) {
  const parsed = continuationSchema.safeParse(parseJson(token));
  if (!parsed.success) throw new Problem('invalid', NO_TOKEN, 'continue');
  return parsed.data;
}

function parseJson(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The query with the filters that its token holds; they cannot be changed on the way. */
export function withFilters(query: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  if (query['continue'] === undefined) return query;
  const [, , filters] = readToken(query['continue']);
  const other = Object.keys(filters).find((name) => PAGING.has(name) || (query[name] !== undefined && query[name] !== filters[name]));
  if (other !== undefined) throw new Problem('invalid', `is another one than the list began with; ${other} cannot change from page to page`, other);
  return { ...query, ...filters };
}

type TimeToken = readonly [number, string];

/** Of lists whose newest row comes first. */
export const newestFirst = {
  key: timeKey as KeySchema<TimeToken>,
  keyOf: ({ createdAt, id }: { readonly createdAt: Instant; readonly id: string }): TimeToken => [Math.round(createdAt * 1000), id],
};

export function toTimePage({ limit, after }: Page<TimeToken>): Page<TimeKey> {
  return { limit, ...(after !== undefined && { after: { createdAt: after[0] / 1000, id: after[1] } }) };
}
