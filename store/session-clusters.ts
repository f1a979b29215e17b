// SessionClusters: shared Flink clusters. Users write the spec (`edit`), runs write the rest (`record`), as with Deployments.
import { sql } from 'kysely';
import type { NewId, SessionClusterId } from '../domain/ids.ts';
import type { SessionCluster } from '../domain/session-cluster.ts';
import { clockNow, newResource, present, toDocument, toText } from './columns.ts';
import { createControl, newControlled, recordColumns } from './fence.ts';
import { deleteLabels, labelsOf, replaceLabels } from './labels.ts';
import { pageByName } from './paging.ts';
import type { SessionClusters } from './store.ts';
import type { Tx } from './tables.ts';

type NewCluster = Parameters<SessionClusters['insert']>[1];
type ClusterEdit = Parameters<SessionClusters['edit']>[2];

const COLUMNS = [
  'id',
  'namespace',
  'name',
  'annotations',
  'spec',
  'status',
  'specVersion',
  'intentVersion',
  'settledVersion',
  'wakeAt',
  'incarnation',
  'resourceVersion',
  'rowVersion',
  'createdAt',
  'modifiedAt',
] as const;

/** A start or stop whose run was ended is taken up again. */
const UNDER_WAY = [sql`select id from session_cluster where status ->> 'state' in ('STARTING', 'UPDATING', 'STOPPING')`];

export function createSessionClusters(newId: NewId): SessionClusters {
  return {
    ...createControl<SessionClusterId, SessionCluster>({ table: 'sessionCluster', findById, open: UNDER_WAY }),
    findById,
    async find(tx, namespace, name) {
      const row = await select(tx).where('namespace', '=', toText(namespace)).where('name', '=', toText(name)).executeTakeFirst();
      return row && present(row);
    },
    async list(tx, namespace, page) {
      return (await pageByName(select(tx).where('namespace', '=', toText(namespace)), page).execute()).map(present);
    },
    insert: (tx, cluster) => insert(tx, newId<'SessionClusterId'>(), cluster),
    edit,
    async record(tx, id, record) {
      const columns = { ...recordColumns(record), incarnation: record.incarnation };
      if (Object.values(columns).every((column) => column === undefined)) return;
      await tx.updateTable('sessionCluster').set(columns).where('id', '=', id).execute();
    },
    async delete(tx, id) {
      await tx.deleteFrom('event').where('sessionClusterId', '=', id).execute();
      await deleteLabels(tx, id);
      await tx.deleteFrom('sessionCluster').where('id', '=', id).execute();
    },
  };
}

function select(tx: Tx) {
  return tx.selectFrom('sessionCluster').select(COLUMNS).select(labelsOf('sessionCluster'));
}

async function findById(tx: Tx, id: SessionClusterId): Promise<SessionCluster | undefined> {
  const row = await select(tx).where('id', '=', id).executeTakeFirst();
  return row && present(row);
}

async function getById(tx: Tx, id: SessionClusterId): Promise<SessionCluster> {
  return present(await select(tx).where('id', '=', id).executeTakeFirstOrThrow());
}

async function insert(tx: Tx, id: SessionClusterId, cluster: NewCluster): Promise<SessionCluster | undefined> {
  const { namespace, name, labels, annotations, spec, status } = cluster;
  const inserted = await tx
    .insertInto('sessionCluster')
    .values({
      id,
      namespace,
      name,
      annotations: toDocument(annotations),
      spec: toDocument(spec),
      status: toDocument(status),
      incarnation: 0,
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

async function edit(tx: Tx, id: SessionClusterId, { labels, annotations, spec }: ClusterEdit): Promise<SessionCluster> {
  await tx
    .updateTable('sessionCluster')
    .set((eb) => ({
      annotations: annotations && toDocument(annotations),
      spec: spec && toDocument(spec),
      specVersion: spec && eb('specVersion', '+', 1),
      intentVersion: spec && eb('intentVersion', '+', 1),
      resourceVersion: eb('resourceVersion', '+', 1),
      modifiedAt: clockNow,
    }))
    .where('id', '=', id)
    .execute();
  if (labels) await replaceLabels(tx, id, labels);
  return getById(tx, id);
}
