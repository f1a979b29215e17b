// What is known of a job's progress: its newest checkpoint, its exceptions, and whether a Deployment ever had state.
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

const STATEMENTS = [
  'alter table job add newest_checkpoint jsonb, add void_since timestamptz, add exceptions jsonb',
  'create index job_ended on job (terminated_at) where terminated_at is not null',
  'alter table deployment add had_state boolean not null default false',
  `update deployment set had_state = true where exists (select from job where deployment_id = deployment.id and had_state)
     or exists (select from savepoint where deployment_id = deployment.id and state = 'COMPLETED')`,
  // Whether the files of a deleted Job are gone as well.
  'alter table deleted_job add forgotten boolean not null default false',
  'create index deleted_job_unforgotten on deleted_job (deleted_at) where not forgotten',
  'alter table observation add changed_at timestamptz, add checkpoint jsonb, add stalls boolean not null default false',
];

export const progressMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};
