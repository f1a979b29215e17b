// Request keys (Idempotency-Key): one row per key, route and namespace, in the transaction that makes the resource. A second request with the
// key waits here until the first one has committed. Rows live for a day.
import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import { clockNow, toText } from './columns.ts';
import type { Tx } from './tables.ts';

/** A client's own name for one request, so that sending it twice makes one resource. */
export interface RequestKey {
  readonly namespace: string;
  readonly route: string;
  readonly key: string;
}

export interface RequestKeys {
  /** Takes the key for this transaction, which then has to `bind` it; or tells what it made within the last day. Waits for another transaction that has it. */
  claim(tx: Tx, key: RequestKey, bodyHash: string): Promise<{ readonly sameBody: boolean; readonly resourceId: string } | undefined>;
  bind(tx: Tx, key: RequestKey, resourceId: string): Promise<void>;
}

const expiry = sql<Instant>`${clockNow} - interval '1 day'`;
/** How many expired keys a new one takes away with it. */
const PRUNED = 100;

export const requestKeys: RequestKeys = {
  async claim(tx, key, bodyHash) {
    await prune(tx);
    const fresh = { bodyHash, resourceId: null, createdAt: clockNow };
    const claimed = await tx
      .insertInto('requestKey')
      .values({ ...toColumns(key), ...fresh })
      .onConflict((conflict) => conflict.columns(['namespace', 'route', 'key']).doUpdateSet(fresh).where('requestKey.createdAt', '<', expiry))
      .returning('key')
      .executeTakeFirst();
    if (claimed) return undefined;
    const used = await rowOf(tx, key).executeTakeFirstOrThrow();
    return { sameBody: used.bodyHash === bodyHash, resourceId: used.resourceId ?? '' };
  },
  async bind(tx, key, resourceId) {
    const { namespace, route, key: text } = toColumns(key);
    await tx.updateTable('requestKey').set({ resourceId }).where('namespace', '=', namespace).where('route', '=', route).where('key', '=', text).execute();
  },
};

const toColumns = ({ namespace, route, key }: RequestKey) => ({ namespace: toText(namespace), route, key: toText(key) });

function rowOf(tx: Tx, key: RequestKey) {
  const { namespace, route, key: text } = toColumns(key);
  const query = tx.selectFrom('requestKey').select(['bodyHash', 'resourceId']);
  return query.where('namespace', '=', namespace).where('route', '=', route).where('key', '=', text);
}

/** Skips what another transaction is taking away. */
async function prune(tx: Tx): Promise<void> {
  await sql`
    delete from request_key where (namespace, route, key) in (
      select namespace, route, key from request_key where created_at < ${expiry}
      order by created_at limit ${sql.lit(PRUNED)} for update skip locked)`.execute(tx);
}
