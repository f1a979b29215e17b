// Secret values, encrypted, and for as long as a Job may know them the former ones, so that they stay masked.
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

const STATEMENTS = [
  `create table secret_value (
    id uuid primary key,
    namespace text collate "C" not null references namespace (name),
    name text collate "C" not null,
    annotations jsonb not null,
    key_id text not null,
    sealed text not null,
    resource_version integer not null,
    created_at timestamptz not null,
    modified_at timestamptz not null,
    unique (namespace, name))`,
  `create index secret_value_key on secret_value (key_id)`,
  `create table former_secret_value (
    id uuid primary key,
    namespace text collate "C" not null,
    name text collate "C" not null,
    key_id text not null,
    sealed text not null,
    retired_at timestamptz not null)`,
  `create index former_secret_value_of_namespace on former_secret_value (namespace, name)`,
];

export const secretValuesMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};
