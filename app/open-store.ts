// Opens the store that the configuration names, migrated and ready. The embedded one must be opened under the lock of DREY_HOME.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { createNewId } from '../store/new-id.ts';
import type { Store } from '../store/store.ts';
import type { Config } from './config.ts';
import { masked, secretsIn } from './log.ts';
import { StartProblem } from './start-problem.ts';

const CONNECTIONS = 10;

async function openDatabase({ database, home }: Config, logger: Logger) {
  if (database.kind === 'postgres') {
    const { openPostgres } = await import('../store/postgres.ts');
    return openPostgres({ url: database.url, max: CONNECTIONS });
  }
  const { openPglite } = await import('../store/pglite.ts');
  return await openPglite({
    directory: join(home, 'postgres'),
    onSlowQuery: (sql, millis) => logger.warn({ sql, millis: Math.round(millis) }, 'slow query'),
  });
}

/** Throws a StartProblem when the database cannot be reached or does not fit. */
export async function openStore(config: Config, logger: Logger): Promise<Store> {
  const [{ createStore }, { migrate }, kysely] = await Promise.all([
    import('../store/create-store.ts'),
    import('../store/migrate.ts'),
    openDatabase(config, logger),
  ]);
  try {
    await migrate(kysely);
  } catch (error) {
    await kysely.destroy();
    throw explain(error, config);
  }
  return createStore({ kysely, newId: createNewId({ clock: () => Date.now(), random: (bytes) => randomBytes(bytes) }) });
}

function explain(error: unknown, { database, home }: Config): Error {
  const said = error instanceof Error ? error.message : String(error);
  if (database.kind === 'embedded') return new StartProblem(`The embedded database in ${join(home, 'postgres')} does not open: ${said}.`);
  return new StartProblem(`The database of DATABASE_URL cannot be used: ${masked(said, secretsIn(database.url))}.`);
}
