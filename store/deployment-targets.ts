// DeploymentTargets: where application-mode Jobs run.
import type { DeploymentTarget } from '../domain/deployment-target.ts';
import type { DeploymentTargetId, NewId } from '../domain/ids.ts';
import { clockNow, newResource, toDocument, toText } from './columns.ts';
import { deleteLabels, labelsOf, replaceLabels } from './labels.ts';
import type { DeploymentTargets } from './store.ts';
import type { Tx } from './tables.ts';

type NewTarget = Parameters<DeploymentTargets['insert']>[1];
type TargetEdit = Parameters<DeploymentTargets['edit']>[2];

export function createDeploymentTargets(newId: NewId): DeploymentTargets {
  return {
    async find(tx, namespace, name) {
      return select(tx).where('namespace', '=', toText(namespace)).where('name', '=', toText(name)).executeTakeFirst();
    },
    findById: (tx, id) => select(tx).where('id', '=', id).executeTakeFirst(),
    list: (tx, namespace) => select(tx).where('namespace', '=', toText(namespace)).orderBy('name').execute(),
    lock: (tx, id) => select(tx).where('id', '=', id).forUpdate().executeTakeFirst(),
    insert: (tx, target) => insert(tx, newId<'DeploymentTargetId'>(), target),
    edit,
    async delete(tx, id) {
      await deleteLabels(tx, id);
      await tx.deleteFrom('deploymentTarget').where('id', '=', id).execute();
    },
  };
}

function select(tx: Tx) {
  return tx.selectFrom('deploymentTarget').selectAll().select(labelsOf('deploymentTarget'));
}

async function getById(tx: Tx, id: DeploymentTargetId): Promise<DeploymentTarget> {
  return select(tx).where('id', '=', id).executeTakeFirstOrThrow();
}

async function insert(tx: Tx, id: DeploymentTargetId, { namespace, name, labels, annotations, spec }: NewTarget): Promise<DeploymentTarget | undefined> {
  const inserted = await tx
    .insertInto('deploymentTarget')
    .values({ id, namespace, name, annotations: toDocument(annotations), spec: toDocument(spec), ...newResource })
    .onConflict((conflict) => conflict.columns(['namespace', 'name']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!inserted) return undefined;
  await replaceLabels(tx, id, labels);
  return getById(tx, id);
}

async function edit(tx: Tx, id: DeploymentTargetId, { labels, annotations }: TargetEdit): Promise<DeploymentTarget> {
  await tx
    .updateTable('deploymentTarget')
    .set((eb) => ({
      annotations: annotations && toDocument(annotations),
      resourceVersion: eb('resourceVersion', '+', 1),
      modifiedAt: clockNow,
    }))
    .where('id', '=', id)
    .execute();
  if (labels) await replaceLabels(tx, id, labels);
  return getById(tx, id);
}
