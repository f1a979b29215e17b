// Secret values: encrypted in the database, in the clear outside of this file only where somebody asks for a value. A value that was replaced
// or deleted is kept, encrypted, for as long as a Job or session cluster may still repeat it.
import { sql } from 'kysely';
import type { NewId, SecretValueId } from '../domain/ids.ts';
import type { SecretOwner, SecretValue } from '../domain/secret-value.ts';
import { clockNow, newResource, toDocument, toText } from './columns.ts';
import { deleteLabels, labelsOf, replaceLabels } from './labels.ts';
import { type NamePage, pageByName } from './paging.ts';
import type { Sealed, SealedFor, SecretBox } from './secret-box.ts';
import { reseal, type Resealed } from './reseal-secret-values.ts';
import type { Tx } from './tables.ts';

export type NewSecretValue = Pick<SecretValue, 'namespace' | 'name' | 'labels' | 'annotations'> & { readonly value: string };

export interface SecretValues {
  find(tx: Tx, namespace: string, name: string): Promise<SecretValue | undefined>;
  findById(tx: Tx, id: SecretValueId): Promise<SecretValue | undefined>;
  /** As `findById`, and locks the row. */
  lock(tx: Tx, id: SecretValueId): Promise<SecretValue | undefined>;
  /** By name. */
  list(tx: Tx, namespace: string, page?: NamePage): Promise<readonly SecretValue[]>;
  /** Undefined when the name is taken in the namespace. */
  insert(tx: Tx, draft: NewSecretValue): Promise<SecretValue | undefined>;
  /** Under the lock. */
  edit(tx: Tx, before: SecretValue, edit: Partial<Pick<NewSecretValue, 'labels' | 'annotations' | 'value'>>): Promise<SecretValue>;
  /** Under the lock. */
  delete(tx: Tx, before: SecretValue): Promise<void>;
  /** What a text about this owner may repeat: its values of today and former ones. */
  echoesOf(tx: Tx, owner: SecretOwner): Promise<readonly string[]>;
  /** Encrypts up to `limit` rows that another key wrote with the current one, in the order of their ids from `after` on. */
  reseal(tx: Tx, order: { readonly after?: string; readonly limit: number }): Promise<Resealed>;
  /** How many values none of the configured keys decrypts, by the ids of the keys. */
  countUnreadable(tx: Tx): Promise<number>;
  /** Of a text that may hold a value: the same for the same text, of no use to whoever guesses. */
  fingerprint(text: string): string;
}

/** What writes need besides a transaction. */
interface Tools {
  readonly newId: NewId;
  readonly box: SecretBox;
}

export function createSecretValues(newId: NewId, box: SecretBox): SecretValues {
  const tools = { newId, box };
  return {
    find: (tx, namespace, name) => first(box, named(tx, namespace, name)),
    findById: (tx, id) => first(box, select(tx).where('id', '=', id)),
    lock: (tx, id) => first(box, select(tx).where('id', '=', id).forUpdate()),
    list: async (tx, namespace, page) => {
      const rows = await pageByName(select(tx).where('namespace', '=', toText(namespace)), page).execute();
      return rows.map((row) => opened(box, row));
    },
    insert: (tx, draft) => insert(tx, tools, draft),
    edit: (tx, before, change) => edit(tx, tools, { before, change }),
    async delete(tx, before) {
      await retire(tx, newId, before);
      await deleteLabels(tx, before.id);
      await tx.deleteFrom('secretValue').where('id', '=', before.id).execute();
    },
    async echoesOf(tx, owner) {
      if (owner.names !== 'all' && owner.names.length === 0) return [];
      const rows = [...(await sealedOf(tx, 'secretValue', owner)), ...(await sealedOf(tx, 'formerSecretValue', owner))];
      return rows.map((row) => box.open(row, row)).filter((value) => value !== undefined);
    },
    reseal: (tx, order) => reseal(tx, box, order),
    async countUnreadable(tx) {
      const count = tx.selectFrom('secretValue').select((eb) => eb.fn.countAll<number>().as('count'));
      return Number((await count.where('keyId', 'not in', [...box.keyIds]).executeTakeFirstOrThrow()).count);
    },
    fingerprint: (text) => box.fingerprint(text),
  };
}

async function insert(tx: Tx, { newId, box }: Tools, { namespace, name, labels, annotations, value }: NewSecretValue): Promise<SecretValue | undefined> {
  const id = newId<'SecretValueId'>();
  const inserted = await tx
    .insertInto('secretValue')
    .values({ id, namespace, name, annotations: toDocument(annotations), ...box.seal({ namespace, name }, value), ...newResource })
    .onConflict((conflict) => conflict.columns(['namespace', 'name']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!inserted) return undefined;
  await replaceLabels(tx, id, labels);
  return getById(tx, box, id);
}

interface Edit {
  readonly before: SecretValue;
  readonly change: Parameters<SecretValues['edit']>[2];
}

async function edit(tx: Tx, { newId, box }: Tools, { before, change: { labels, annotations, value } }: Edit): Promise<SecretValue> {
  const isOther = value !== undefined && value !== before.value;
  if (isOther) await retire(tx, newId, before);
  await tx
    .updateTable('secretValue')
    .set((eb) => ({
      ...(isOther ? box.seal(before, value) : {}),
      annotations: annotations && toDocument(annotations),
      resourceVersion: eb('resourceVersion', '+', 1),
      modifiedAt: clockNow,
    }))
    .where('id', '=', before.id)
    .execute();
  if (labels) await replaceLabels(tx, before.id, labels);
  return getById(tx, box, before.id);
}

type Row = Omit<SecretValue, 'value'> & Sealed;

function select(tx: Tx) {
  return tx.selectFrom('secretValue').selectAll().select(labelsOf('secretValue'));
}

function named(tx: Tx, namespace: string, name: string): ReturnType<typeof select> {
  return select(tx).where('namespace', '=', toText(namespace)).where('name', '=', toText(name));
}

function opened(box: SecretBox, { keyId, sealed, ...rest }: Row): SecretValue {
  const value = box.open(rest, { keyId, sealed });
  return value === undefined ? rest : { ...rest, value };
}

async function first(box: SecretBox, query: ReturnType<typeof select>): Promise<SecretValue | undefined> {
  const row = await query.executeTakeFirst();
  return row && opened(box, row);
}

async function getById(tx: Tx, box: SecretBox, id: SecretValueId): Promise<SecretValue> {
  return opened(box, await select(tx).where('id', '=', id).executeTakeFirstOrThrow());
}

async function sealedOf(tx: Tx, table: 'secretValue' | 'formerSecretValue', { namespace, names }: SecretOwner): Promise<readonly (Sealed & SealedFor)[]> {
  const query = tx.selectFrom(table).select(['namespace', 'name', 'keyId', 'sealed']).where('namespace', '=', toText(namespace));
  return (names === 'all' ? query : query.where('name', 'in', [...names])).execute();
}

/** Keeps what the row holds now while a Job or session cluster of the namespace may know it, and lets go of what none can know any more. */
async function retire(tx: Tx, newId: NewId, { id, namespace }: SecretValue): Promise<void> {
  await sql`
    delete from former_secret_value former where namespace = ${namespace}
      and not exists (select from job where job.namespace = former.namespace and job.created_at < former.retired_at)
      and not exists (select from session_cluster where session_cluster.namespace = former.namespace and session_cluster.created_at < former.retired_at)`.execute(
    tx,
  );
  await sql`
    insert into former_secret_value (id, namespace, name, key_id, sealed, retired_at)
    select ${newId<'SecretValueId'>()}, namespace, name, key_id, sealed, ${clockNow} from secret_value where id = ${id}
      and (exists (select from job where job.namespace = ${namespace}) or exists (select from session_cluster where session_cluster.namespace = ${namespace}))`.execute(
    tx,
  );
}
