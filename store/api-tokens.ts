// API tokens: one role in one namespace, or the platform's admin. Of the secret only a hash is stored; it is shown once, when it is made.
import type { Role } from '../domain/access.ts';
import type { Instant } from '../domain/instant.ts';
import type { ApiTokenId, NewId } from '../domain/ids.ts';
import { clockNow, toText } from './columns.ts';
import type { Tx } from './tables.ts';

export interface ApiToken {
  readonly namespace: string;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: Instant;
}

export type TokenHolder = { readonly kind: 'admin'; readonly name: string } | ({ readonly kind: 'namespace' } & Pick<ApiToken, 'namespace' | 'name' | 'role'>);

export interface ApiTokens {
  /** By name. */
  list(tx: Tx, namespace: string): Promise<readonly ApiToken[]>;
  find(tx: Tx, namespace: string, name: string): Promise<ApiToken | undefined>;
  /** Whose secret has this hash. */
  holderOf(tx: Tx, secretHash: string): Promise<TokenHolder | undefined>;
  /** Undefined when the name is taken. */
  insert(tx: Tx, token: Omit<ApiToken, 'createdAt'>, secretHash: string): Promise<ApiToken | undefined>;
  delete(tx: Tx, namespace: string, name: string): Promise<void>;
  /** False when there is an admin already. */
  insertFirstAdmin(tx: Tx, name: string, secretHash: string): Promise<boolean>;
}

const ADMIN = 'admin';

export function createApiTokens(newId: NewId): ApiTokens {
  return {
    list: async (tx, namespace) => (await select(tx).where('namespace', '=', toText(namespace)).orderBy('name').execute()).map(toToken),
    find,
    holderOf,
    async insert(tx, { namespace, name, role }, secretHash) {
      const isNew = await insertRow(tx, { id: newId<'ApiTokenId'>(), namespace, name, role, secretHash });
      return isNew ? find(tx, namespace, name) : undefined;
    },
    async delete(tx, namespace, name) {
      await tx.deleteFrom('apiToken').where('namespace', '=', toText(namespace)).where('name', '=', toText(name)).execute();
    },
    async insertFirstAdmin(tx, name, secretHash) {
      const admin = await tx.selectFrom('apiToken').select('id').where('namespace', 'is', null).executeTakeFirst();
      return admin === undefined && insertRow(tx, { id: newId<'ApiTokenId'>(), namespace: null, name, role: ADMIN, secretHash });
    },
  };
}

function select(tx: Tx) {
  return tx.selectFrom('apiToken').select(['namespace', 'name', 'role', 'createdAt']);
}

type Row = { readonly namespace: string | null; readonly name: string; readonly role: string; readonly createdAt: Instant };

function toToken({ namespace, name, role, createdAt }: Row): ApiToken {
  return { namespace: namespace ?? '', name, role: role as Role, createdAt };
}

async function find(tx: Tx, namespace: string, name: string): Promise<ApiToken | undefined> {
  const row = await select(tx).where('namespace', '=', toText(namespace)).where('name', '=', toText(name)).executeTakeFirst();
  return row && toToken(row);
}

async function holderOf(tx: Tx, secretHash: string): Promise<TokenHolder | undefined> {
  const row = await select(tx).where('secretHash', '=', secretHash).executeTakeFirst();
  if (row === undefined) return undefined;
  return row.namespace === null ? { kind: 'admin', name: row.name } : { kind: 'namespace', ...toToken(row) };
}

async function insertRow(
  tx: Tx,
  row: { readonly id: ApiTokenId; readonly namespace: string | null; readonly name: string; readonly role: string; readonly secretHash: string },
): Promise<boolean> {
  const inserted = await tx
    .insertInto('apiToken')
    .values({ ...row, createdAt: clockNow })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}
