// Locks and fences: who may write for a Deployment or SessionCluster, the same for both.
// 1. Every write happens in a transaction that holds the row's lock.
// 2. A run writes only while its fence is the newest: number and run id.
// 3. Only runs move the row version, each transaction by one; a late attempt of the same run finds it moved.
import { type RawBuilder, sql } from 'kysely';
import type { DeploymentId, SessionClusterId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { clockNow, toDocument, toTimestamp } from './columns.ts';
import type { Controlled, Fence, Locked, Named } from './store.ts';
import type { Tx } from './tables.ts';

/** Columns that a new row starts with: it wants a first look. */
export const newControlled = { specVersion: 1, intentVersion: 1, settledVersion: 0, rowVersion: 0, fenceNumber: 0, lookedAt: clockNow } as const;

type Table = 'deployment' | 'sessionCluster';

export interface Control<Id, Row> {
  readonly table: Table;
  readonly findById: (tx: Tx, id: Id) => Promise<Row | undefined>;
  /** Queries of further ids that need a look, beside the unsettled ones and those whose time has come. */
  readonly open: readonly RawBuilder<unknown>[];
}

export function createControl<Id extends DeploymentId | SessionClusterId, Row>(control: Control<Id, Row>): Controlled<Id, Row> {
  const { table, findById, open } = control;
  return {
    lock: async (tx, id) => ((await holdRow(tx, table, id)) ? findById(tx, id) : undefined),
    acquireFence: (tx, id, runId) => acquireFence(tx, { table, id, runId }),
    async lockForRun(tx, id, ...claim) {
      const refused = refusal(await holdRow(tx, table, id), ...claim);
      if (refused) return refused;
      await sql`update ${sql.table(table)} set row_version = row_version + 1, looked_at = ${clockNow} where id = ${id}`.execute(tx);
      const row = await findById(tx, id);
      return row ? { kind: 'locked', row } : { kind: 'gone' };
    },
    async raiseIntent(tx, id) {
      await sql`update ${sql.table(table)} set intent_version = intent_version + 1 where id = ${id}`.execute(tx);
    },
    due: (tx, limit) => findDue<Id>(tx, { table, open, limit }),
  };
}

interface HeldRow {
  readonly fenceNumber: number;
  readonly fenceRunId: string | null;
  readonly rowVersion: number;
}

/** Takes the lock. What else is read of the row must be read by a later statement: one that waits for a lock sees the rest of the database as it was before. */
async function holdRow(tx: Tx, table: Table, id: string): Promise<HeldRow | undefined> {
  const held = await sql<HeldRow>`select fence_number, fence_run_id, row_version from ${sql.table(table)} where id = ${id} for update`.execute(tx);
  return held.rows[0];
}

function refusal(held: HeldRow | undefined, fence: Fence, rowVersion?: number): Exclude<Locked<never>, { kind: 'locked' }> | undefined {
  if (!held) return { kind: 'gone' };
  if (held.fenceNumber !== fence.number || held.fenceRunId !== fence.runId) return { kind: 'fenced' };
  return rowVersion === undefined || rowVersion === held.rowVersion ? undefined : { kind: 'moved' };
}

async function acquireFence(tx: Tx, { table, id, runId }: { table: Table; id: string; runId: string }): Promise<Fence | undefined> {
  const acquired = await sql<{ number: number }>`
    update ${sql.table(table)}
    set fence_number = fence_number + (fence_run_id is distinct from ${runId})::integer, fence_run_id = ${runId}
    where id = ${id}
    returning fence_number as number`.execute(tx);
  const number = acquired.rows[0]?.number;
  return number === undefined ? undefined : { number, runId };
}

/** Fair: what no run has looked at for the longest time comes first. Each part of the union is a partial index. */
async function findDue<Id>(tx: Tx, due: { table: Table; open: readonly RawBuilder<unknown>[]; limit: number }): Promise<readonly Named<Id>[]> {
  const table = sql.table(due.table);
  const ids = sql.join(
    [
      sql`select id from ${table} where settled_version < intent_version`,
      // A subquery, because an index cannot be compared with a clock that moves.
      sql`select id from ${table} where wake_at <= (select ${clockNow})`,
      ...due.open,
    ],
    sql` union all `,
  );
  const found = await sql<Named<Id>>`
    select id, namespace, name from ${table} where id in (${ids}) order by looked_at, id limit ${due.limit}`.execute(tx);
  return found.rows;
}

interface RunRecord {
  readonly status?: object;
  readonly settledVersion?: number;
  readonly wakeAt?: Instant | null;
}

/** The columns a run's record sets; users see a change (resourceVersion, modifiedAt) only when the status differs. */
export function recordColumns({ status, settledVersion, wakeAt }: RunRecord) {
  return {
    settledVersion,
    wakeAt: typeof wakeAt === 'number' ? toTimestamp(wakeAt) : wakeAt,
    ...(status && statusColumns(toDocument(status))),
  };
}

function statusColumns(status: string) {
  const differs = sql`(status is distinct from ${status}::jsonb)`;
  return {
    status,
    resourceVersion: sql<number>`resource_version + ${differs}::integer`,
    modifiedAt: sql<string>`case when ${differs} then ${clockNow} else modified_at end`,
  };
}
