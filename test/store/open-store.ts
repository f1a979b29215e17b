// Stores for tests. A fresh PGlite is a copy of an empty, migrated one, which is made once per version and kept in the temporary folder.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStore } from '../../store/create-store.ts';
import { migrate } from '../../store/migrate.ts';
import { migrations } from '../../store/migrations/all.ts';
import { createNewId } from '../../store/new-id.ts';
import { openPglite } from '../../store/pglite.ts';
import { openPostgres } from '../../store/postgres.ts';
import type { Store } from '../../store/store.ts';
import { aSecretBox } from '../fixtures/a-secret-box.ts';

export const newId = createNewId({ clock: Date.now, random: randomBytes });

/** Stores of one test process share a key, as those of one database do. */
const testBox = aSecretBox();

/** A fresh, empty store on PGlite; `close` removes it. */
export async function openPgliteStore(): Promise<Store> {
  const directory = await mkdtemp(join(tmpdir(), 'drey-pglite-'));
  await cp(await template(), directory, { recursive: true });
  const kysely = await openPglite({ directory });
  const close = async (): Promise<void> => {
    await kysely.destroy();
    await rm(directory, { recursive: true, force: true });
  };
  return Object.defineProperty(createStore({ kysely, newId, secretBox: testBox }), 'close', { value: close });
}

/** A store on a migrated PostgreSQL. */
export function openPostgresStore(url: string, max = 4): Store {
  return createStore({ kysely: openPostgres({ url, max }), newId, secretBox: testBox });
}

async function template(): Promise<string> {
  const directory = join(tmpdir(), `drey-pglite-template-${fingerprint()}`);
  if (existsSync(directory)) return directory;
  const own = await mkdtemp(`${directory}-`);
  const kysely = await openPglite({ directory: own });
  await migrate(kysely);
  await kysely.destroy();
  // Whoever is first wins; the others' copies are as good.
  await rename(own, directory).catch(() => rm(own, { recursive: true, force: true }));
  return directory;
}

/** Of everything the template is made from. */
function fingerprint(): string {
  const sources = ['pglite.ts', 'pglite-initdb.ts', 'pglite-start-params.ts', ...Object.keys(migrations).map((name) => `migrations/${name}.ts`)];
  const hash = createHash('sha256');
  for (const source of sources) hash.update(readFileSync(new URL(`../../store/${source}`, import.meta.url)));
  hash.update(readFileSync(new URL('../../node_modules/@electric-sql/pglite/package.json', import.meta.url)));
  return hash.digest('hex').slice(0, 16);
}
