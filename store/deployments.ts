// Deployments: what users want, and what drey knows of it. Functions write the spec (`edit`), runs write the rest (`record`);
// they touch different columns, so neither can undo the other's write.
import { sql } from 'kysely';
import type { Deployment } from '../domain/deployment.ts';
import { type DeploymentId, isUuid, type NewId, parseId } from '../domain/ids.ts';
import { clockNow, newResource, present, toDocument, toText } from './columns.ts';
import { createControl, newControlled, recordColumns } from './fence.ts';
import { deleteLabels, hasLabels, labelsOf, replaceLabels } from './labels.ts';
import { pageByName } from './paging.ts';
import { noteCreation, noteStateChange } from './state-changes.ts';
import type { DeploymentEdit, Deployments, NewDeployment } from './store.ts';
import type { Tx } from './tables.ts';

const COLUMNS = [
  'id',
  'namespace',
  'name',
  'displayName',
  'annotations',
  'spec',
  'status',
  'specVersion',
  'intentVersion',
  'settledVersion',
  'wakeAt',
  'failedSpecVersion',
  'hadState',
  'resourceVersion',
  'rowVersion',
  'createdAt',
  'modifiedAt',
] as const;

const OPEN_INTENTS = [
  sql`select deployment_id from job where state in ('STARTING', 'TERMINATING')`,
  sql`select deployment_id from savepoint where state in ('STARTED', 'PENDING_DELETION', 'DELETING')`,
];

export function createDeployments(newId: NewId): Deployments {
  return {
    ...createControl<DeploymentId, Deployment>({ table: 'deployment', findById, open: OPEN_INTENTS }),
    findById,
    async find(tx, namespace, key) {
      const byId = isUuid(key) ? await findById(tx, parseId<'DeploymentId'>(key)) : undefined;
      if (byId?.namespace === namespace) return byId;
      const row = await select(tx).where('namespace', '=', toText(namespace)).where('name', '=', toText(key)).executeTakeFirst();
      return row && present(row);
    },
    async list(tx, namespace, filter) {
      const inNamespace = select(tx).where('namespace', '=', toText(namespace));
      const labelled = filter?.labels ? inNamespace.where(hasLabels('deployment', filter.labels)) : inNamespace;
      return (await pageByName(labelled, filter?.page).execute()).map(present);
    },
    async insert(tx, deployment) {
      const inserted = await insert(tx, newId<'DeploymentId'>(), deployment);
      if (inserted) await noteCreation(tx, { id: newId<'StateChangeId'>(), deployment: inserted.id });
      return inserted;
    },
    edit,
    async record(tx, id, record) {
      const columns = { ...recordColumns(record), failedSpecVersion: record.failedSpecVersion, hadState: record.hadState };
      if (Object.values(columns).every((column) => column === undefined)) return;
      if (record.status && record.status.state !== record.from) await noteStateChange(tx, { id: newId<'StateChangeId'>(), deployment: id, ...record.status });
      await tx.updateTable('deployment').set(columns).where('id', '=', id).execute();
    },
    async delete(tx, id) {
      await noteStateChange(tx, { id: newId<'StateChangeId'>(), deployment: id, because: 'deleted' });
      await deleteWithAll(tx, id);
    },
    referringTo,
    countByState,
  };
}

function select(tx: Tx) {
  return tx.selectFrom('deployment').select(COLUMNS).select(labelsOf('deployment'));
}

async function findById(tx: Tx, id: DeploymentId): Promise<Deployment | undefined> {
  const row = await select(tx).where('id', '=', id).executeTakeFirst();
  return row && present(row);
}

async function getById(tx: Tx, id: DeploymentId): Promise<Deployment> {
  return present(await select(tx).where('id', '=', id).executeTakeFirstOrThrow());
}

async function insert(tx: Tx, id: DeploymentId, deployment: NewDeployment): Promise<Deployment | undefined> {
  const { labels, displayName, annotations, spec, status, ...names } = deployment;
  const inserted = await tx
    .insertInto('deployment')
    .values({
      ...names,
      id,
      displayName: displayName === undefined ? null : toText(displayName),
      annotations: toDocument(annotations),
      spec: toDocument(spec),
      status: toDocument(status),
      ...newResource,
      ...newControlled,
    })
    .onConflict((conflict) => conflict.columns(['namespace', 'name']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!inserted) return undefined;
  await replaceLabels(tx, id, labels);
  return getById(tx, id);
}

async function edit(tx: Tx, id: DeploymentId, { displayName, labels, annotations, spec, raiseIntent }: DeploymentEdit): Promise<Deployment> {
  await tx
    .updateTable('deployment')
    .set((eb) => ({
      displayName: typeof displayName === 'string' ? toText(displayName) : displayName,
      annotations: annotations && toDocument(annotations),
      spec: spec && toDocument(spec),
      specVersion: spec && eb('specVersion', '+', 1),
      intentVersion: spec || raiseIntent ? eb('intentVersion', '+', 1) : undefined,
      resourceVersion: eb('resourceVersion', '+', 1),
      modifiedAt: clockNow,
    }))
    .where('id', '=', id)
    .execute();
  if (labels) await replaceLabels(tx, id, labels);
  return getById(tx, id);
}

/** Jobs, Savepoints and observations go with the row, by their foreign keys. */
async function deleteWithAll(tx: Tx, id: DeploymentId): Promise<void> {
  await sql`
    insert into deleted_job (id, deleted_at) select id, ${clockNow} from job where deployment_id = ${id}
    on conflict (id) do nothing`.execute(tx);
  await tx.deleteFrom('event').where('deploymentId', '=', id).execute();
  await deleteLabels(tx, id);
  await tx.deleteFrom('deployment').where('id', '=', id).execute();
}

type Reference = Parameters<Deployments['referringTo']>[2];

async function referringTo(tx: Tx, namespace: string, reference: Reference): Promise<readonly string[]> {
  const refers =
    'sessionClusterName' in reference
      ? sql<boolean>`spec->>'sessionClusterName' = ${reference.sessionClusterName}`
      : sql<boolean>`(spec->>'deploymentTargetName' = ${reference.deploymentTargetName} or spec->>'deploymentTargetId' in (
          select id::text from deployment_target where namespace = ${namespace} and name = ${reference.deploymentTargetName}))`;
  const found = await tx.selectFrom('deployment').select('name').where('namespace', '=', namespace).where(refers).orderBy('name').execute();
  return found.map(({ name }) => name);
}

async function countByState(tx: Tx): Promise<Readonly<Record<string, number>>> {
  const counted = await sql<{ state: string; count: number }>`
    select status->>'state' as state, count(*)::integer as count from deployment group by 1`.execute(tx);
  return Object.fromEntries(counted.rows.map(({ state, count }) => [state, count]));
}
