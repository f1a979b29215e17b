// The one installation whose machine runs the local Flink processes of this database.
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export const installationMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`create table installation (id text not null, only_one boolean primary key default true check (only_one))`.execute(db);
  },
};
