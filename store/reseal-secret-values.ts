// Key rotation: rows that another key wrote are encrypted again with the current one, a few at a time. What no key opens stays as it is.
import type { SecretBox } from './secret-box.ts';
import type { Tx } from './tables.ts';

export interface Resealed {
  readonly count: number;
  /** Where to go on; undefined when there is nothing more. */
  readonly next?: string;
}

const TABLES = ['secretValue', 'formerSecretValue'] as const;

/** Users see no difference: neither resourceVersion nor modifiedAt moves. */
export async function reseal(tx: Tx, box: SecretBox, { after, limit }: { readonly after?: string; readonly limit: number }): Promise<Resealed> {
  let count = 0;
  const lasts: string[] = [];
  for (const table of TABLES) {
    const query = tx.selectFrom(table).select(['id', 'namespace', 'name', 'keyId', 'sealed']).where('keyId', '!=', box.keyId);
    const rows = await (after === undefined ? query : query.where('id', '>', after as never)).orderBy('id').limit(limit).forUpdate().execute();
    for (const row of rows) {
      const value = box.open(row, row);
      if (value === undefined) continue;
      await tx.updateTable(table).set(box.seal(row, value)).where('id', '=', row.id).execute();
      count += 1;
    }
    const last = rows.at(-1);
    if (last !== undefined && rows.length === limit) lasts.push(last.id);
  }
  const [next] = lasts.toSorted();
  return next === undefined ? { count } : { count, next };
}
