// What a namespace gives its Deployments: at most one row for each namespace, which goes with it.
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

const STATEMENTS = [
  `create table deployment_defaults (
    id uuid not null,
    namespace text collate "C" primary key references namespace (name) on delete cascade,
    labels jsonb not null,
    annotations jsonb not null,
    spec jsonb not null,
    resource_version integer not null,
    created_at timestamptz not null,
    modified_at timestamptz not null)`,
  // By which a report finds the Jobs of some days.
  'create index job_started on job (started_at) where started_at is not null',
];

export const deploymentDefaultsMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};
