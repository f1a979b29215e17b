// Everything that a store holds, as one text, so that two moments can be compared. The audit log is left out: it notes refusals, too.
import { sql } from 'kysely';
import type { Store } from '../../../store/store.ts';

const NOT_COMPARED = ['audit_entry', 'kysely_migration', 'kysely_migration_lock'];

/** A function that reads it; the tables are looked up once. */
export async function contentsOf({ read }: Store): Promise<() => Promise<string>> {
  const tables = await sql<{ name: string }>`select table_name as name from information_schema.tables where table_schema = 'public'`.execute(read);
  const names = tables.rows.map(({ name }) => name).filter((name) => !NOT_COMPARED.includes(name));
  if (names.length < 10) throw new Error(`only ${names.length} tables are compared`);
  const parts = names.map((name) => sql`select ${sql.lit(name)} as place, to_jsonb(r)::text as content from ${sql.table(name)} r`);
  const all = sql<{ place: string; content: string }>`${sql.join(parts, sql` union all `)} order by place, content`;
  return async () => (await all.execute(read)).rows.map(({ place, content }) => `${place} ${content}`).join('\n');
}
