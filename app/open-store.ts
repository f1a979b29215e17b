// Opens the store that the configuration names, migrated and ready. The embedded one must be opened under the lock of DREY_HOME.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { createNewId } from '../store/new-id.ts';
import type { Store } from '../store/store.ts';
import type { Config } from './config.ts';
import { masked, secretsIn } from './log.ts';
import type { Unspeakable } from './log.ts';
import { secretKeys } from './secret-keys.ts';
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

interface Discreet {
  readonly logger: Logger;
  readonly unspeakable: Unspeakable;
}

/** What keeps secret values from being used, as a reason why the platform is not ready. They are never given up. */
export async function unreadableSecrets(store: Store): Promise<string | undefined> {
  const count = await store.secretValues.countUnreadable(store.read);
  if (count === 0) return undefined;
  return `${count} secret value${count === 1 ? ' was' : 's were'} encrypted with a key that is not configured: name that key in DREY_OLD_SECRET_KEYS, or give the values anew or delete them`;
}

/** Throws a StartProblem when the database cannot be reached or does not fit. */
export async function openStore(config: Config, { logger, unspeakable }: Discreet): Promise<Store> {
  const keys = await secretKeys(config);
  const [{ createStore }, { createSecretBox }, { migrate }, kysely] = await Promise.all([
    import('../store/create-store.ts'),
    import('../store/secret-box.ts'),
    import('../store/migrate.ts'),
    openDatabase(config, logger),
  ]);
  try {
    await migrate(kysely);
  } catch (error) {
    await kysely.destroy();
    throw explain(error, config);
  }
  const newId = createNewId({ clock: () => Date.now(), random: (bytes) => randomBytes(bytes) });
  return createStore({ kysely, newId, secretBox: createSecretBox({ ...keys, onValue: (value) => unspeakable.add(value) }) });
}

function explain(error: unknown, { database, home }: Config): Error {
  const said = error instanceof Error ? error.message : String(error);
  if (database.kind === 'embedded') return new StartProblem(`The embedded database in ${join(home, 'postgres')} does not open: ${said}.`);
  return new StartProblem(`The database of DATABASE_URL cannot be used: ${masked(said, secretsIn(database.url))}.`);
}
