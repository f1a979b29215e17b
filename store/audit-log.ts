// The audit log: appended to by every request that would change something, done or refused, read page by page, newest first.
import type { NewId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { clockNow, present, toText } from './columns.ts';
import { firstIdAt } from './new-id.ts';
import type { Tx } from './tables.ts';

export interface AuditEntry {
  readonly id: string;
  readonly at: Instant;
  readonly actor: string;
  readonly method: string;
  readonly path: string;
  /** The name of the route. */
  readonly operation: string;
  readonly namespace?: string;
  /** HTTP status of the answer. */
  readonly status: number;
}

export interface AuditRange {
  readonly offset: number;
  readonly limit: number;
}

export interface AuditLog {
  append(tx: Tx, entry: Omit<AuditEntry, 'id' | 'at'>): Promise<void>;
  count(tx: Tx): Promise<number>;
  list(tx: Tx, range: AuditRange): Promise<readonly AuditEntry[]>;
  /** Drops what was noted before. */
  prune(tx: Tx, before: Instant): Promise<void>;
}

export function createAuditLog(newId: NewId): AuditLog {
  return {
    async append(tx, { namespace, path, ...entry }) {
      await tx
        .insertInto('auditEntry')
        .values({
          id: newId<'AuditEntryId'>(),
          namespace: namespace === undefined ? null : toText(namespace),
          createdAt: clockNow,
          ...entry,
          path: toText(path),
          actor: toText(entry.actor),
        })
        .execute();
    },
    async count(tx) {
      const { count } = await tx
        .selectFrom('auditEntry')
        .select(({ fn }) => fn.countAll().as('count'))
        .executeTakeFirstOrThrow();
      return Number(count);
    },
    async list(tx, { offset, limit }) {
      const rows = await tx.selectFrom('auditEntry').selectAll().orderBy('id', 'desc').offset(offset).limit(limit).execute();
      return rows.map(({ createdAt, ...row }) => ({ ...present(row), at: createdAt }));
    },
    // Ids sort by time, and have an index.
    async prune(tx, before) {
      await tx.deleteFrom('auditEntry').where('id', '<', firstIdAt<'AuditEntryId'>(before)).execute();
    },
  };
}
