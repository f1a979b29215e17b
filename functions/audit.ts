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

const COLUMNS = ['timestamp', 'actor', 'method', 'path', 'operation', 'namespace', 'status'] as const;
const ROWS_AT_ONCE = 1000;

/** Read page by page: what is appended meanwhile may show a row twice, and hides none. */
export const exportAuditLog: Handler<'exportAuditLog'> = (_, { store }) => {
  const encoder = new TextEncoder();
  let offset = 0;
  const content = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const entries = await store.auditLog.list(store.read, { offset, limit: ROWS_AT_ONCE });
      const heading = offset === 0 ? `${COLUMNS.join(',')}\n` : '';
      controller.enqueue(encoder.encode(heading + entries.map(toRow).join('')));
      offset += entries.length;
      if (entries.length < ROWS_AT_ONCE) controller.close();
    },
  });
  return { code: 200, raw: { type: 'text/csv; charset=utf-8', content } };
};

/** Quoted; a spreadsheet takes no field for a formula that begins with an apostrophe. */
function toRow(entry: AuditEntry): string {
  const fields: Readonly<Record<string, string | number | undefined>> = present(entry);
  const quoted = COLUMNS.map(
    (column) =>
      `"${String(fields[column] ?? '')
        .replace(/^[=+\-@\t\r]/, "'$&")
        .replaceAll('"', '""')}"`,
  );
  return `${quoted.join(',')}\n`;
}
