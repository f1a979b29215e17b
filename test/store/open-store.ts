// Stores for tests. A fresh PGlite is a copy in memory of an empty, migrated one, which is made once per version and kept in the temporary
// folder: making one takes two seconds.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PGliteDialect } from 'kysely';
import { connect } from '../../store/connect.ts';
import { createStore } from '../../store/create-store.ts';
import { migrate } from '../../store/migrate.ts';
import { migrations } from '../../store/migrations/all.ts';
import { createNewId } from '../../store/new-id.ts';
import { openPglite } from '../../store/pglite.ts';
import { openPostgres } from '../../store/postgres.ts';
import { START_PARAMS } from '../../store/pglite-start-params.ts';
import type { Store } from '../../store/store.ts';
import type { Tx } from '../../store/tables.ts';
import { aSecretBox } from '../fixtures/a-secret-box.ts';
import { createDatabase } from '../fixtures/postgres.ts';

export const newId = createNewId({ clock: Date.now, random: randomBytes });

/** Stores of one test process share a key, as those of one database do. */
const testBox = aSecretBox();

/** A fresh, migrated and empty database in memory. */
export async function openEmptyPglite(): Promise<Tx> {
  return openPglite({ copyOf: new Blob([await readFile(await template())]) });
}

/** A fresh, empty store on PGlite. */
export async function openPgliteStore(): Promise<Store> {
  return createStore({ kysely: await openEmptyPglite(), newId, secretBox: testBox });
}

/** A store on a migrated PostgreSQL. */
export function openPostgresStore(url: string, max = 4): Store {
  return createStore({ kysely: openPostgres({ url, max }), newId, secretBox: testBox });
}

async function openEmptyPostgres(server: string): Promise<Tx> {
  const kysely = openPostgres({ url: await createDatabase(server), max: 8 });
  await migrate(kysely);
  return kysely;
}

/** An empty store with the namespace `default` and its local target: on the PostgreSQL of DATABASE_URL when that is set, else in memory. */
export async function openTestStore(): Promise<Store> {
  const { DATABASE_URL } = process.env;
  const kysely = DATABASE_URL === undefined ? await openEmptyPglite() : await openEmptyPostgres(DATABASE_URL);
  const store = createStore({ kysely, newId, secretBox: aSecretBox() });
  await store.transaction(async (tx) => {
    await store.namespaces.ensure(tx, 'default');
    await store.deploymentTargets.insert(tx, { namespace: 'default', name: 'default', labels: {}, annotations: {}, spec: { local: {} } });
  });
  return store;
}

/** The file it lies in. */
async function template(): Promise<string> {
  const file = join(tmpdir(), `drey-pglite-template-${fingerprint()}.tar`);
  if (existsSync(file)) return file;
  const pglite = await PGlite.create({ startParams: START_PARAMS });
  const kysely = connect(new PGliteDialect({ pglite }));
  await migrate(kysely);
  await pglite.query('checkpoint');
  const own = `${file}.${randomUUID()}`;
  await writeFile(own, Buffer.from(await (await pglite.dumpDataDir('none')).arrayBuffer()));
  await kysely.destroy();
  // Whoever is first wins; the others' copies are as good.
  await rename(own, file);
  return file;
}

/** Of everything the template is made from. */
function fingerprint(): string {
  const sources = ['pglite.ts', 'pglite-initdb.ts', 'pglite-start-params.ts', ...Object.keys(migrations).map((name) => `migrations/${name}.ts`)];
  const hash = createHash('sha256');
  for (const source of sources) hash.update(readFileSync(new URL(`../../store/${source}`, import.meta.url)));
  hash.update(readFileSync(new URL('../../node_modules/@electric-sql/pglite/package.json', import.meta.url)));
  return hash.digest('hex').slice(0, 16);
}
