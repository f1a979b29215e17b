// Keys of requests that may come twice, and the index by which a deletion finds who else refers to the same data.
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

const statements = [
  `create table request_key (
    namespace text collate "C" not null,
    route text not null,
    key text collate "C" not null,
    body_hash text not null,
    resource_id uuid,
    created_at timestamptz not null,
    primary key (namespace, route, key))`,
  `create index request_key_age on request_key (created_at)`,
  `create index savepoint_at on savepoint (location) where location is not null`,
];

export const idempotencyMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
