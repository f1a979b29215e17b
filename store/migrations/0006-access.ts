// Who may do what: role bindings and lifecycle of namespaces, API tokens, and the audit log. What lies in a namespace refers to it, so that
// none goes while something is created inside.
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

const inNamespace = (table: string): string => `alter table ${table} add constraint ${table}_namespace foreign key (namespace) references namespace (name)`;

const statements = [
  `alter table namespace
    add column role_bindings jsonb not null default '[]',
    add column preview_session_cluster text not null default '',
    add column terminating_since timestamptz`,
  inNamespace('deployment'),
  inNamespace('session_cluster'),
  inNamespace('deployment_target'),
  // Of a secret only its hash; the admin's tokens have no namespace.
  `create table api_token (
    id uuid primary key,
    namespace text collate "C" references namespace (name),
    name text collate "C" not null,
    role text not null,
    secret_hash text not null unique,
    created_at timestamptz not null)`,
  `create unique index api_token_name on api_token (coalesce(namespace, ''), name)`,
  `create table audit_entry (
    id uuid primary key,
    actor text not null,
    method text not null,
    path text not null,
    operation text not null,
    namespace text,
    status integer not null,
    created_at timestamptz not null)`,
];

export const accessMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
