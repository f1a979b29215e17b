// PostgreSQL through a pool: production. Owns the limits that keep a stuck or frozen client from holding a lock for long.
import { PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
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
  /** Milliseconds; for tests. */
  readonly answerLimitMs?: number;
}

/** Connects with the first query, not here. Run `migrate` before anything else, once per release. */
export function openPostgres({ url, max, answerLimitMs = ANSWER_LIMIT_MS }: PostgresOptions): Tx {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: 'drey',
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    statement_timeout: STATEMENT_LIMIT_MS,
    idle_in_transaction_session_timeout: STATEMENT_LIMIT_MS,
    query_timeout: answerLimitMs,
    keepAlive: true,
    types: { getTypeParser: (oid: number, format?: 'text' | 'binary') => parsers[oid] ?? pg.types.getTypeParser(oid, format) },
  });
  // A connection that breaks is replaced by the pool, and who was using it hears of it; without listeners it would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return connect(new PostgresDialect({ pool: withoutSilent(pool) }));
}

/** What pg says when the limit for an answer is over. */
const NO_ANSWER = 'Query read timeout';

/** A connection on which an answer did not come is not used again: whoever came next would wait behind it. */
function withoutSilent(pool: pg.Pool): PostgresPool {
  const clients = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect();
      const known = clients.get(client) ?? givenUpWhenSilent(client);
      clients.set(client, known);
      return known;
    },
  };
}

function givenUpWhenSilent(client: pg.PoolClient): PostgresPoolClient {
  let isSilent = false;
  const query = async (text: string, values: readonly unknown[]): Promise<unknown> => {
    if (isSilent) throw silent();
    try {
      return await client.query(text, [...values]);
    } catch (error) {
      isSilent ||= error instanceof Error && error.message === NO_ANSWER;
      throw isSilent ? silent() : error;
    }
  };
  return { query: query as PostgresPoolClient['query'], release: (destroy = false) => client.release(destroy || isSilent) };
}

/** With PostgreSQL's code of a connection that failed. */
function silent(): Error {
  return Object.assign(new Error('the database did not answer on this connection'), { code: '08006' });
}
