// The first tables. Plain PostgreSQL only: nothing that Aurora, PGlite or a pooler would not have (`reference/stack.md` §1.3).
// A migration that was released is never edited; what changes comes in the next one.
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

const controlled = `
  id uuid primary key,
  namespace text collate "C" not null,
  name text collate "C" not null,
  annotations jsonb not null,
  spec jsonb not null,
  status jsonb not null,
  spec_version integer not null,
  intent_version integer not null,
  settled_version integer not null,
  wake_at timestamptz,
  resource_version integer not null,
  row_version integer not null,
  fence_number integer not null default 0,
  fence_run_id text,
  looked_at timestamptz not null,
  created_at timestamptz not null,
  modified_at timestamptz not null`;

const resources = [
  `create table namespace (name text collate "C" primary key, created_at timestamptz not null)`,
  `create table deployment (${controlled}, display_name text, failed_spec_version integer, unique (namespace, name))`,
  `create index deployment_unsettled on deployment (id) where settled_version < intent_version`,
  `create index deployment_wake on deployment (wake_at) where wake_at is not null`,
  `create table session_cluster (${controlled}, incarnation integer not null, unique (namespace, name))`,
  `create index session_cluster_unsettled on session_cluster (id) where settled_version < intent_version`,
  `create index session_cluster_wake on session_cluster (wake_at) where wake_at is not null`,
  `create table deployment_target (
    id uuid primary key,
    namespace text collate "C" not null,
    name text collate "C" not null,
    annotations jsonb not null,
    spec jsonb not null,
    resource_version integer not null,
    created_at timestamptz not null,
    modified_at timestamptz not null,
    unique (namespace, name))`,
  `create table label (resource_id uuid not null, key text collate "C" not null, value text collate "C" not null, primary key (resource_id, key))`,
];

const jobs = [
  `create table job (
    id uuid primary key,
    deployment_id uuid not null references deployment (id) on delete cascade,
    namespace text collate "C" not null,
    deployment_name text collate "C" not null,
    state text not null,
    spec_version integer not null,
    template jsonb not null,
    place jsonb not null,
    flink_configuration jsonb not null,
    restore jsonb,
    allow_non_restored_state boolean not null,
    artifact jsonb,
    jar_id text,
    incarnation integer,
    submit text not null,
    open_calls integer not null,
    cancelling text,
    "end" jsonb,
    collected boolean not null,
    stable boolean not null,
    restore_checked boolean not null,
    had_state boolean not null,
    failure jsonb,
    observed jsonb,
    created_at timestamptz not null,
    started_at timestamptz,
    terminated_at timestamptz,
    modified_at timestamptz not null,
    resource_version integer not null)`,
  `create index job_of_deployment on job (deployment_id, created_at desc, id desc)`,
  `create index job_of_namespace on job (namespace, created_at desc, id desc)`,
  // The first law: one job at a time (design.md §8).
  `create unique index job_live on job (deployment_id) where state in ('STARTING', 'STARTED', 'TERMINATING')`,
  `create index job_open on job (deployment_id) where state in ('STARTING', 'TERMINATING')`,
  `create table deleted_job (id uuid primary key, deleted_at timestamptz not null)`,
  `create table observation (
    job_id uuid primary key references job (id) on delete cascade,
    deployment_id uuid not null,
    status text not null,
    tasks text not null,
    seen_at timestamptz not null)`,
];

const savepoints = [
  `create table savepoint (
    id uuid primary key,
    deployment_id uuid not null references deployment (id) on delete cascade,
    namespace text collate "C" not null,
    job_id uuid,
    origin text not null,
    state text not null,
    triggered boolean not null,
    target_directory text,
    location text,
    flink_savepoint_id text,
    format text not null,
    checkpoint_id bigint,
    captured_at timestamptz not null,
    spec_version integer not null,
    failure jsonb,
    created_at timestamptz not null,
    modified_at timestamptz not null,
    resource_version integer not null)`,
  `create index savepoint_of_deployment on savepoint (deployment_id, created_at desc, id desc)`,
  `create index savepoint_of_namespace on savepoint (namespace, created_at desc, id desc)`,
  `create index savepoint_open on savepoint (deployment_id) where state in ('STARTED', 'PENDING_DELETION', 'DELETING')`,
  // The second law: one open transition intent at a time.
  `create unique index savepoint_suspending on savepoint (deployment_id) where state = 'STARTED' and origin = 'SUSPEND'`,
  `create unique index savepoint_retained on savepoint (job_id, checkpoint_id) where origin = 'RETAINED_CHECKPOINT'`,
];

const events = [
  // The id holds created_at, so one index gives order, cursor and filter.
  `create table event (
    id uuid primary key,
    namespace text collate "C" not null,
    name text not null,
    message text not null,
    deployment_id uuid,
    job_id uuid,
    savepoint_id uuid,
    session_cluster_id uuid,
    resource_name text,
    workflow_run_id text,
    created_at timestamptz not null)`,
  `create index event_of_namespace on event (namespace, id)`,
  `create index event_of_deployment on event (deployment_id, id) where deployment_id is not null`,
  `create index event_of_job on event (job_id, id) where job_id is not null`,
  `create index event_of_session_cluster on event (session_cluster_id, id) where session_cluster_id is not null`,
  `create table event_clock (namespace text collate "C" primary key, last_at timestamptz not null)`,
];

export const resourcesMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of [...resources, ...jobs, ...savepoints, ...events]) await sql.raw(statement).execute(db);
  },
};
