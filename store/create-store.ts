// Puts the store together from one database handle. Owns no table.
import { sql } from 'kysely';
import type { NewId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { createApiTokens } from './api-tokens.ts';
import { createAuditLog } from './audit-log.ts';
import { clockNow } from './columns.ts';
import { createDeploymentDefaults } from './deployment-defaults.ts';
import { createDeploymentTargets } from './deployment-targets.ts';
import { createDeployments } from './deployments.ts';
import { createEvents } from './events.ts';
import { createStateChanges } from './state-changes.ts';
import { claimInstallation } from './installation.ts';
import { jobs } from './jobs.ts';
import { namespaces } from './namespaces.ts';
import { observations } from './observations.ts';
import { requestKeys } from './request-keys.ts';
import { rowsOf } from './rows-of.ts';
import { savepoints } from './savepoints.ts';
import type { SecretBox } from './secret-box.ts';
import { createSecretValues } from './secret-values.ts';
import { createSessionClusters } from './session-clusters.ts';
import type { Store } from './store.ts';
import type { Tx } from './tables.ts';
import { createTransactions } from './transaction.ts';

/** Longer than the limit to connect, whose error says more. */
const PING_LIMIT_MS = 4000;

export interface StoreParts {
  /** From `openPglite` or `openPostgres`, migrated; the store closes it. */
  readonly kysely: Tx;
  readonly newId: NewId;
  /** Encrypts secret values. */
  readonly secretBox: SecretBox;
}

export function createStore({ kysely, newId, secretBox }: StoreParts): Store {
  const { transaction, assertOutside } = createTransactions(kysely);
  const tables = {
    namespaces,
    deployments: createDeployments(newId),
    jobs,
    savepoints,
    events: createEvents(newId),
    stateChanges: createStateChanges(),
    deploymentDefaults: createDeploymentDefaults(newId),
    deploymentTargets: createDeploymentTargets(newId),
    sessionClusters: createSessionClusters(newId),
    secretValues: createSecretValues(newId, secretBox),
    observations,
    requestKeys,
    apiTokens: createApiTokens(newId),
    auditLog: createAuditLog(newId),
  };
  return {
    transaction,
    get read() {
      assertOutside();
      return kysely;
    },
    now: readClock,
    newId,
    ...tables,
    rowsOf: (tx, deployment) => rowsOf(tables, tx, deployment),
    claimInstallation,
    async ping(limitMs = PING_LIMIT_MS) {
      await sql`select 1`.execute(kysely, { signal: AbortSignal.timeout(limitMs) });
    },
    close: () => kysely.destroy(),
  };
}

async function readClock(tx: Tx): Promise<Instant> {
  const read = await sql<{ now: Instant }>`select ${clockNow} as now`.execute(tx);
  const now = read.rows[0]?.now;
  if (now === undefined) throw new Error('the database has no time');
  return now;
}
