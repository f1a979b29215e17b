// Whose machine runs the local Flink processes of this database: one installation's, for ever. Another one would look for them on its own
// machine, find none, and start every job a second time.
import { sql } from 'kysely';
import type { Tx } from './tables.ts';

/** The owner: `id` when nobody was before. */
export async function claimInstallation(tx: Tx, id: string): Promise<string> {
  await sql`insert into installation (id) values (${id}) on conflict do nothing`.execute(tx);
  const { rows } = await sql<{ id: string }>`select id from installation`.execute(tx);
  return rows[0]?.id ?? id;
}
