// PostgreSQL through a pool: production. Owns the limits that keep a stuck or frozen client from holding a lock for long.
import { PostgresDialect } from 'kysely';
import pg from 'pg';
import { connect, parsers } from './connect.ts';
import type { Tx } from './tables.ts';

/** Below the 3 s within which a function says what is away. */
const CONNECT_LIMIT_MS = 2500;
const STATEMENT_LIMIT_MS = 10_000;
/** Long enough for a migration, which has no other limit; else reached only when the server has vanished. */
const ANSWER_LIMIT_MS = 60_000;

export interface PostgresOptions {
  readonly url: string;
  /** How many connections at most. */
  readonly max: number;
}

/** Connects with the first query, not here. Run `migrate` before anything else, once per release. */
export function openPostgres({ url, max }: PostgresOptions): Tx {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: 'drey',
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    statement_timeout: STATEMENT_LIMIT_MS,
    idle_in_transaction_session_timeout: STATEMENT_LIMIT_MS,
    query_timeout: ANSWER_LIMIT_MS,
    keepAlive: true,
    types: { getTypeParser: (oid: number, format?: 'text' | 'binary') => parsers[oid] ?? pg.types.getTypeParser(oid, format) },
  });
  // A connection that breaks is replaced by the pool, and who was using it hears of it; without listeners it would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return connect(new PostgresDialect({ pool }));
}
