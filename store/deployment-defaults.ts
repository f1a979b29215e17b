// DeploymentDefaults of namespaces: at most one for each. What a Deployment took from them is in its own spec; they are never looked at again for it.
import { sql } from 'kysely';
import type { DeploymentDefaults } from '../domain/deployment-defaults.ts';
import { REQUIRE_STATE } from '../domain/instructions.ts';
import type { NewId } from '../domain/ids.ts';
import { clockNow, newResource, toDocument, toText } from './columns.ts';
import type { Tx } from './tables.ts';

export type DefaultsEdit = Pick<DeploymentDefaults, 'labels' | 'annotations' | 'spec'>;

export interface AllDeploymentDefaults {
  /** Undefined for a namespace that never had any. */
  find(tx: Tx, namespace: string): Promise<DeploymentDefaults | undefined>;
  /** Locks the row for a user's write. One that is not there yet is made: empty, of resourceVersion 0. */
  lock(tx: Tx, namespace: string): Promise<DeploymentDefaults>;
  /** Under the lock. */
  edit(tx: Tx, namespace: string, edit: DefaultsEdit): Promise<DeploymentDefaults>;
  /** intentVersion + 1 of the Deployments that do not say themselves whether they require state. */
  raiseIntents(tx: Tx, namespace: string): Promise<void>;
}

export function createDeploymentDefaults(newId: NewId): AllDeploymentDefaults {
  return {
    find: (tx, namespace) => select(tx, namespace).executeTakeFirst(),
    async lock(tx, namespace) {
      const empty = { labels: toDocument({}), annotations: toDocument({}), spec: toDocument({}) };
      await tx
        .insertInto('deploymentDefaults')
        .values({ id: newId<'DeploymentDefaultsId'>(), namespace, ...empty, ...newResource, resourceVersion: 0 })
        .onConflict((conflict) => conflict.column('namespace').doNothing())
        .execute();
      return select(tx, namespace).forUpdate().executeTakeFirstOrThrow();
    },
    edit: (tx, namespace, { labels, annotations, spec }) =>
      tx
        .updateTable('deploymentDefaults')
        .set((eb) => ({
          labels: toDocument(labels),
          annotations: toDocument(annotations),
          spec: toDocument(spec),
          resourceVersion: eb('resourceVersion', '+', 1),
          modifiedAt: clockNow,
        }))
        .where('namespace', '=', namespace)
        .returningAll()
        .executeTakeFirstOrThrow(),
    async raiseIntents(tx, namespace) {
      await sql`update deployment set intent_version = intent_version + 1
        where namespace = ${namespace} and annotations ->> ${REQUIRE_STATE}::text is null`.execute(tx);
    },
  };
}

function select(tx: Tx, namespace: string) {
  return tx.selectFrom('deploymentDefaults').selectAll().where('namespace', '=', toText(namespace));
}
