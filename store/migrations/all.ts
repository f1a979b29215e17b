// Every migration, by the name under which it is recorded. The names sort in the order of release and never change.
import type { Migration } from 'kysely/migration';
import { resourcesMigration } from './0001-resources.ts';
import { installationMigration } from './0002-installation.ts';
import { idempotencyMigration } from './0003-idempotency.ts';
import { progressMigration } from './0004-progress.ts';
import { secretValuesMigration } from './0005-secret-values.ts';
import { accessMigration } from './0006-access.ts';
import { deploymentDefaultsMigration } from './0008-deployment-defaults.ts';
import { stateChangesMigration } from './0009-state-changes.ts';

export const migrations: Readonly<Record<string, Migration>> = {
  '0001-resources': resourcesMigration,
  '0002-installation': installationMigration,
  '0003-idempotency': idempotencyMigration,
  '0004-progress': progressMigration,
  '0005-secret-values': secretValuesMigration,
  '0006-access': accessMigration,
  '0008-deployment-defaults': deploymentDefaultsMigration,
  '0009-state-changes': stateChangesMigration,
};
