// Brings the tables up to date, once per start of the platform. Never takes anything back.
import { sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { migrations } from './migrations/all.ts';
import type { Tx } from './tables.ts';

/**
 * Runs what is missing, all of it or nothing. Processes that start together wait for each other under Kysely's lock.
 * Throws when a migration fails, or when a newer release migrated the database before.
 */
export async function migrate(database: Tx): Promise<void> {
  await database.connection().execute(async (connection) => {
    // The wait for another process, and a long migration, may take longer than any ordinary statement.
    await sql`set statement_timeout = 0`.execute(connection);
    try {
      const { error } = await new Migrator({ db: connection, provider: { getMigrations: async () => migrations } }).migrateToLatest();
      if (error !== undefined) throw new Error('the database could not be migrated', { cause: error });
    } finally {
      await sql`reset statement_timeout`.execute(connection);
    }
  });
}
