// Changes of state that others are still to be told of. No reference to the Deployment: its deletion is told as well.
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

const TABLE = `create table state_change (
  id uuid primary key,
  changed_at timestamptz not null,
  namespace text collate "C" not null,
  deployment_id uuid not null,
  name text not null,
  from_state text,
  to_state text,
  because text not null,
  spec_version integer not null)`;

export const stateChangesMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql.raw(TABLE).execute(db);
  },
};
