// The audit log: an entry for every request that changes something, also for one that was refused, written before the answer goes out.
// What was in the request never gets there.
import type { Principal } from '../domain/access.ts';
import { nameOf } from '../domain/access.ts';
import type { RouteName } from '../domain/api.schema.ts';
import type { AuditEntry } from '../store/store.ts';
import type { FunctionDeps } from './deps.ts';
import type { Handler } from './handler.ts';
import { toTimestamp } from './instants.ts';

interface Asked {
  readonly principal: Principal;
  readonly method: string;
  readonly path: string;
  readonly operation: RouteName;
  readonly namespace?: string;
}

const READING = ['GET', 'HEAD'];
const LONGEST_PATH = 1000;

/** A log that cannot be written does not undo what was done: the server's own log says so. */
export async function recordRequest({ store, logger }: FunctionDeps, { principal, ...asked }: Asked, status: number): Promise<void> {
  if (READING.includes(asked.method)) return;
  const entry = { ...asked, path: asked.path.slice(0, LONGEST_PATH), actor: nameOf(principal), status };
  try {
    await store.transaction((tx) => store.auditLog.append(tx, entry));
  } catch (error) {
    logger.error({ err: error, ...entry }, 'the audit log cannot be written');
  }
}

export const listAuditLog: Handler<'listAuditLog'> = async ({ query: { page, pageSize } }, { store }) => {
  const totalItems = await store.auditLog.count(store.read);
  const entries = await store.auditLog.list(store.read, { offset: page * pageSize, limit: pageSize });
  return { code: 200, body: { items: entries.map(present), page, pageSize, totalItems } };
};

function present({ at, ...entry }: AuditEntry) {
  return { ...entry, timestamp: toTimestamp(at) };
}
