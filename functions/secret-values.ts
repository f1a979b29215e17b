// SecretValues: reading, writing, deleting, and encrypting them again with the current key. Who may call this is decided before; what is
// answered here holds the values themselves, and nothing of a body is ever logged.
import { SHORTEST } from '../domain/mask.ts';
import { mergePatch } from '../domain/json.ts';
import { parseId } from '../domain/ids.ts';
import { nameKey } from '../domain/paging.schema.ts';
import { wideNameInPath } from '../domain/scalar.schema.ts';
import { secretValueInputSchema } from '../domain/secret-value.schema.ts';
import type { SecretValueInput } from '../domain/secret-value.schema.ts';
import type { SecretValue } from '../domain/secret-value.ts';
import type { Tx } from '../store/store.ts';
import { check } from './check.ts';
import type { FunctionDeps } from './deps.ts';
import { findByKey, mustExist, refuseUnknownId } from './find.ts';
import type { Handler } from './handler.ts';
import { refuseUnmatched } from './if-match.ts';
import { once } from './once.ts';
import { listPages } from './paging.ts';
import { presentSecretValue } from './present-secret-value.ts';
import { Problem } from './problem.ts';
import { refuseOtherName, refuseOtherNamespace, refuseStale, wantedTexts } from './wanted.ts';

export const listSecretValues: Handler<'listSecretValues'> = ({ params: { namespace }, query }, { store }) =>
  listPages({
    kind: 'SecretValue',
    namespace,
    query,
    key: nameKey,
    read: (page) => store.secretValues.list(store.read, namespace, page),
    keyOf: ({ name }) => name,
    present: (secrets) => secrets.map(presentSecretValue),
  });

export const getSecretValue: Handler<'getSecretValue'> = async ({ params }, { store }) => {
  const found = mustExist(await findSecret(store, store.read, params), 'SecretValue', params.name);
  return { code: 200, body: presentSecretValue(found), warnings: warningsOf(found) };
};

export const createSecretValue: Handler<'createSecretValue'> = async ({ params: { namespace }, body, requestKey }, deps) => {
  const name = body.metadata?.name;
  if (name === undefined) throw new Problem('invalid', 'is missing', 'metadata.name');
  const { store } = deps;
  const secret = await store.transaction((tx) =>
    once(deps, tx, {
      // A plain hash of the body would let whoever reads the database guess short values.
      requestKey: requestKey && { ...requestKey, bodyHash: store.secretValues.fingerprint(requestKey.bodyHash) },
      make: () => insert(deps, tx, { namespace, name, input: body }),
      find: (id) => store.secretValues.findById(tx, parseId<'SecretValueId'>(id)),
    }),
  );
  return { code: 201, body: presentSecretValue(secret), warnings: warningsOf(secret) };
};

export const replaceSecretValue: Handler<'replaceSecretValue'> = async ({ params: { namespace, name }, body, ifMatch }, deps) => {
  const { store, settings } = deps;
  const { metadata = {} } = body;
  refuseOtherNamespace(metadata, namespace);
  const { created, secret } = await store.transaction(async (tx) => {
    const before = await lockSecret(store, tx, { namespace, name });
    refuseUnmatched(ifMatch, before?.resourceVersion);
    if (before === undefined) refuseUnknownId('SecretValue', name, metadata);
    refuseOtherName(metadata, before?.name ?? name);
    if (before === undefined) {
      check(wideNameInPath, { name }, settings);
      return { created: true, secret: await insert(deps, tx, { namespace, name, input: body }) };
    }
    refuseStale(metadata, before.resourceVersion);
    return { created: false, secret: await store.secretValues.edit(tx, before, { ...wantedTexts(metadata), value: body.spec.value }) };
  });
  return { code: created ? 201 : 200, body: presentSecretValue(secret), warnings: warningsOf(secret) };
};

export const patchSecretValue: Handler<'patchSecretValue'> = async ({ params, body, ifMatch }, { store, settings }) => {
  const secret = await store.transaction(async (tx) => {
    const before = mustExist(await lockSecret(store, tx, params), 'SecretValue', params.name);
    refuseUnmatched(ifMatch, before.resourceVersion);
    const { metadata = {}, spec } = check(secretValueInputSchema, mergePatch(userDocument(before), body), settings);
    refuseOtherName(metadata, before.name);
    refuseOtherNamespace(metadata, before.namespace);
    return store.secretValues.edit(tx, before, { ...wantedTexts(metadata), value: spec.value });
  });
  return { code: 200, body: presentSecretValue(secret), warnings: warningsOf(secret) };
};

export const deleteSecretValue: Handler<'deleteSecretValue'> = async ({ params, ifMatch }, { store }) => {
  const secret = await store.transaction(async (tx) => {
    const found = mustExist(await lockSecret(store, tx, params), 'SecretValue', params.name);
    refuseUnmatched(ifMatch, found.resourceVersion);
    await store.secretValues.delete(tx, found);
    return found;
  });
  return { code: 200, body: presentSecretValue(secret) };
};

/** Rows of one transaction: a write of a user waits for no more than these. */
const ROTATED_AT_ONCE = 50;

export const rotateSecretValues: Handler<'rotateSecretValues'> = async (_, { store }) => {
  let rotated = 0;
  let after: string | undefined;
  do {
    const order = { limit: ROTATED_AT_ONCE, ...(after === undefined ? {} : { after }) };
    const { count, next } = await store.transaction((tx) => store.secretValues.reseal(tx, order));
    rotated += count;
    after = next;
  } while (after !== undefined);
  return { code: 200, body: { rotated, unreadable: await store.secretValues.countUnreadable(store.read) } };
};

interface Named {
  readonly namespace: string;
  readonly name: string;
}

function findSecret({ secretValues }: FunctionDeps['store'], tx: Tx, { namespace, name }: Named): Promise<SecretValue | undefined> {
  const byName = (text: string) => secretValues.find(tx, namespace, text);
  return findByKey<'SecretValueId', SecretValue>(name, { namespace, byId: (id) => secretValues.findById(tx, id), byName });
}

async function lockSecret(store: FunctionDeps['store'], tx: Tx, named: Named): Promise<SecretValue | undefined> {
  const found = await findSecret(store, tx, named);
  return found && store.secretValues.lock(tx, found.id);
}

interface Creation extends Named {
  readonly input: SecretValueInput;
}

async function insert({ store }: FunctionDeps, tx: Tx, { namespace, name, input }: Creation): Promise<SecretValue> {
  const { metadata = {}, spec } = input;
  refuseOtherNamespace(metadata, namespace);
  const inserted = await store.secretValues.insert(tx, { namespace, name, ...wantedTexts(metadata), value: spec.value });
  if (inserted === undefined) throw new Problem('conflict', `there is a secret value "${name}" already in namespace "${namespace}"`);
  return inserted;
}

/** The part of it that is the user's own, as a PATCH is merged over it. One that cannot be read has to be given anew. */
function userDocument({ name, namespace, labels, annotations, value }: SecretValue): object {
  return { metadata: { name, namespace, labels, annotations }, spec: { kind: 'Plain', ...(value === undefined ? {} : { value }) } };
}

function warningsOf({ name, value }: SecretValue): readonly string[] {
  if (value === undefined)
    return [`the secret value "${name}" was encrypted with a key that is not configured: name that key in DREY_OLD_SECRET_KEYS, or give the value anew`];
  return value.trim().length < SHORTEST ? [`values shorter than ${SHORTEST} characters are not masked in logs and failures`] : [];
}
