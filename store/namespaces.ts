// Namespaces: a name, who has which role in it, and whether it is being removed. What lies in one refers to it by a foreign key.
import { sql } from 'kysely';
import type { RoleBinding } from '../domain/access.ts';
import type { Instant } from '../domain/instant.ts';
import { clockNow, present, toDocument, toText } from './columns.ts';
import type { Tx } from './tables.ts';

export interface Namespace {
  readonly name: string;
  readonly createdAt: Instant;
  readonly roleBindings: readonly RoleBinding[];
  /** Empty when there is none. */
  readonly previewSessionCluster: string;
  /** Since when it is being removed. */
  readonly terminatingSince?: Instant;
}

export type NamespaceEdit = Partial<Pick<Namespace, 'roleBindings' | 'previewSessionCluster'>> & { readonly terminating?: true };

export interface Namespaces {
  exists(tx: Tx, name: string): Promise<boolean>;
  find(tx: Tx, name: string): Promise<Namespace | undefined>;
  /** Does nothing when it is there. */
  ensure(tx: Tx, name: string): Promise<void>;
  /** Undefined when the name is taken. */
  insert(tx: Tx, namespace: Pick<Namespace, 'name' | 'roleBindings'>): Promise<Namespace | undefined>;
  /** Of one that is there. */
  edit(tx: Tx, name: string, edit: NamespaceEdit): Promise<Namespace>;
  /** By name. */
  list(tx: Tx): Promise<readonly Namespace[]>;
  /** With its tokens and what else is only a record of it. Throws while a resource is in it. */
  delete(tx: Tx, name: string): Promise<void>;
}

export const namespaces: Namespaces = {
  async exists(tx, name) {
    const found = await tx.selectFrom('namespace').select('name').where('name', '=', toText(name)).executeTakeFirst();
    return found !== undefined;
  },
  find,
  async ensure(tx, name) {
    await insertRow(tx, { name, roleBindings: [] });
  },
  async insert(tx, namespace) {
    const isNew = await insertRow(tx, namespace);
    return isNew ? find(tx, namespace.name) : undefined;
  },
  async edit(tx, name, { roleBindings, previewSessionCluster, terminating }) {
    await tx
      .updateTable('namespace')
      .set({
        name,
        roleBindings: roleBindings && toDocument(roleBindings),
        previewSessionCluster,
        ...(terminating === undefined ? {} : { terminatingSince: sql<string>`coalesce(terminating_since, ${clockNow})` }),
      })
      .where('name', '=', toText(name))
      .execute();
    const edited = await find(tx, name);
    if (edited === undefined) throw new Error(`there is no namespace ${name}`);
    return edited;
  },
  list: async (tx) => (await tx.selectFrom('namespace').selectAll().orderBy('name').execute()).map(present),
  async delete(tx, name) {
    for (const table of ['apiToken', 'event', 'eventClock', 'formerSecretValue', 'requestKey'] as const)
      await tx.deleteFrom(table).where('namespace', '=', name).execute();
    await tx.deleteFrom('namespace').where('name', '=', name).execute();
  },
};

async function find(tx: Tx, name: string): Promise<Namespace | undefined> {
  const row = await tx.selectFrom('namespace').selectAll().where('name', '=', toText(name)).executeTakeFirst();
  return row && present(row);
}

async function insertRow(tx: Tx, { name, roleBindings }: Pick<Namespace, 'name' | 'roleBindings'>): Promise<boolean> {
  const inserted = await tx
    .insertInto('namespace')
    .values({ name, createdAt: clockNow, roleBindings: toDocument(roleBindings), previewSessionCluster: '' })
    .onConflict((conflict) => conflict.doNothing())
    .returning('name')
    .executeTakeFirst();
  return inserted !== undefined;
}
