// Savepoints: snapshots that drey knows of, failed attempts included. Rows only: the files are the activities' affair.
// Every location is stored normalised, so that rows which refer to the same data are found.
import type { DeploymentId, JobId, SavepointId } from '../domain/ids.ts';
import type { Failure } from '../domain/job.ts';
import { normaliseLocation, spellingsOf } from '../domain/location.ts';
import type { Savepoint, SavepointState } from '../domain/savepoint.ts';
import { clockNow, newResource, present, toDocument, toText, toTimestamp } from './columns.ts';
import { pageByTime, type TimePage } from './paging.ts';
import type { Tx } from './tables.ts';

export type NewSavepoint = Omit<Savepoint, 'triggered' | 'failure' | 'createdAt' | 'modifiedAt' | 'resourceVersion'>;
export type SavepointChange = Partial<Pick<Savepoint, 'state' | 'triggered' | 'location' | 'checkpointId' | 'capturedAt'>> & {
  /** Null takes the one of an earlier attempt away. */
  readonly failure?: Failure | null;
};

export interface Savepoints {
  find(tx: Tx, namespace: string, id: SavepointId): Promise<Savepoint | undefined>;
  findById(tx: Tx, id: SavepointId): Promise<Savepoint | undefined>;
  /** createdAt descending (D15). */
  list(
    tx: Tx,
    namespace: string,
    filter?: { readonly deploymentId?: DeploymentId; readonly jobId?: JobId; readonly page?: TimePage },
  ): Promise<readonly Savepoint[]>;
  ofDeployment(tx: Tx, deploymentId: DeploymentId): Promise<readonly Savepoint[]>;
  /** The database refuses a second STARTED Savepoint of origin SUSPEND of a Deployment (throws). Returns undefined, and stores nothing, when a RETAINED_CHECKPOINT of this Job and checkpoint is already there. The createdAt of a RETAINED_CHECKPOINT is its capturedAt (D13). */
  insert(tx: Tx, savepoint: NewSavepoint): Promise<Savepoint | undefined>;
  change(tx: Tx, id: SavepointId, change: SavepointChange): Promise<Savepoint>;
  delete(tx: Tx, id: SavepointId): Promise<void>;
  /** COMPLETED Savepoints of all Deployments whose data lies here, however it is spelled. */
  completedAt(tx: Tx, location: string): Promise<readonly Savepoint[]>;
  /** The states of all Savepoints here; they stay so until the transaction ends. Waits for whoever is changing one. */
  holdAt(tx: Tx, location: string): Promise<readonly SavepointState[]>;
}

export const savepoints: Savepoints = {
  findById,
  async find(tx, namespace, id) {
    const savepoint = await findById(tx, id);
    return savepoint?.namespace === namespace ? savepoint : undefined;
  },
  async list(tx, namespace, filter) {
    let query = newestFirst(tx).where('namespace', '=', toText(namespace));
    if (filter?.deploymentId) query = query.where('deploymentId', '=', filter.deploymentId);
    if (filter?.jobId) query = query.where('jobId', '=', filter.jobId);
    return (await pageByTime(query, filter?.page).execute()).map(present);
  },
  async ofDeployment(tx, deploymentId) {
    return (await newestFirst(tx).where('deploymentId', '=', deploymentId).execute()).map(present);
  },
  insert,
  change,
  async delete(tx, id) {
    await tx.deleteFrom('savepoint').where('id', '=', id).execute();
  },
  async completedAt(tx, location) {
    return (await newestFirst(tx).where('location', 'in', spellingsOf(location)).where('state', '=', 'COMPLETED').execute()).map(present);
  },
  async holdAt(tx, location) {
    const rows = await tx.selectFrom('savepoint').select('state').where('location', 'in', spellingsOf(location)).orderBy('id').forShare().execute();
    return rows.map(({ state }) => state);
  },
};

function newestFirst(tx: Tx) {
  return tx.selectFrom('savepoint').selectAll().orderBy('createdAt', 'desc').orderBy('id', 'desc');
}

async function findById(tx: Tx, id: SavepointId): Promise<Savepoint | undefined> {
  const row = await tx.selectFrom('savepoint').selectAll().where('id', '=', id).executeTakeFirst();
  return row && present(row);
}

async function insert(tx: Tx, savepoint: NewSavepoint): Promise<Savepoint | undefined> {
  const capturedAt = toTimestamp(savepoint.capturedAt);
  const retained = savepoint.origin === 'RETAINED_CHECKPOINT';
  const row = await tx
    .insertInto('savepoint')
    .values({
      ...savepoint,
      location: plainLocation(savepoint.location),
      capturedAt,
      triggered: false,
      ...newResource,
      // A checkpoint was there before drey found it (D13).
      ...(retained && { createdAt: capturedAt }),
    })
    .onConflict((conflict) => conflict.columns(['jobId', 'checkpointId']).where('origin', '=', 'RETAINED_CHECKPOINT').doNothing())
    .returningAll()
    .executeTakeFirst();
  return row && present(row);
}

async function change(tx: Tx, id: SavepointId, { failure, capturedAt, location, ...plain }: SavepointChange): Promise<Savepoint> {
  const row = await tx
    .updateTable('savepoint')
    .set((eb) => ({
      ...plain,
      location: plainLocation(location),
      failure: failure && toDocument(failure),
      capturedAt: capturedAt === undefined ? undefined : toTimestamp(capturedAt),
      resourceVersion: eb('resourceVersion', '+', 1),
      modifiedAt: clockNow,
    }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  if (!row) throw new Error(`Savepoint ${id} does not exist`);
  return present(row);
}

function plainLocation(location: string | undefined): string | undefined {
  return location === undefined ? undefined : toText(normaliseLocation(location));
}
