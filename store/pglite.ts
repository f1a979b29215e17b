// PGlite, PostgreSQL in this process: the store of a laptop and of tests. Owns how it is opened, kept small and closed.
// It takes no lock on its directory, and two processes in one lose rows: `app` locks it before. It never calls fsync.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PGlite } from '@electric-sql/pglite';
import { type LogEvent, PGliteDialect } from 'kysely';
import { connect, parsers } from './connect.ts';
import { START_PARAMS } from './pglite-start-params.ts';
import type { Tx } from './tables.ts';

/** Nothing else happens in this process while PGlite works on a query. */
const QUERY_BUDGET_MS = 250;

/** `copyOf`: a dumped data directory that is opened in memory, for tests. */
export type PgliteOptions = ({ readonly directory: string } | { readonly copyOf: Blob }) & {
  /** Hears of statements that took longer than a quarter of a second. */
  readonly onSlowQuery?: (sql: string, millis: number) => void;
};

/**
 * Opens the database, and makes it first when the directory has none. The caller holds the lock of the directory.
 * One connection: a transaction keeps every other query waiting.
 */
export async function openPglite(options: PgliteOptions): Promise<Tx> {
  if ('directory' in options) await ensureCluster(options.directory);
  const pglite = await PGlite.create({
    ...('directory' in options ? { dataDir: options.directory } : { loadDataDir: options.copyOf }),
    startParams: START_PARAMS,
    parsers,
  });
  return connect(new PGliteDialect({ pglite: closingTidily(pglite) }), toLog(options.onSlowQuery));
}

/** Made by a child process, because initdb takes memory that a process never gives back; under another name, so that half a database is never opened. */
async function ensureCluster(directory: string): Promise<void> {
  if (existsSync(join(directory, 'PG_VERSION'))) return;
  const unfinished = `${directory}.new`;
  await mkdir(dirname(directory), { recursive: true });
  await rm(unfinished, { recursive: true, force: true });
  await promisify(execFile)(process.execPath, [fileURLToPath(new URL('./pglite-initdb.ts', import.meta.url)), unfinished]);
  await rename(unfinished, directory);
}

/** Leaves nothing in the log to be replayed at the next start. */
function closingTidily(pglite: PGlite) {
  return {
    query: pglite.query.bind(pglite),
    transaction: pglite.transaction.bind(pglite),
    ready: true,
    waitReady: Promise.resolve(),
    get closed() {
      return pglite.closed;
    },
    async close() {
      await pglite.query('checkpoint');
      await pglite.close();
    },
  };
}

function toLog(onSlowQuery: PgliteOptions['onSlowQuery']) {
  if (!onSlowQuery) return undefined;
  return ({ query, queryDurationMillis }: LogEvent): void => {
    if (queryDurationMillis > QUERY_BUDGET_MS) onSlowQuery(query.sql, queryDurationMillis);
  };
}
