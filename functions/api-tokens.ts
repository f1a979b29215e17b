// API tokens (vvp.md §1.11), in the platform API's style. The secret is in the answer to the creation and nowhere else.
import type { ApiToken } from '../store/store.ts';
import { hashSecret, newSecret } from './authenticate.ts';
import { missing, mustExist } from './find.ts';
import type { Handler } from './handler.ts';
import { toTimestamp } from './instants.ts';
import { Problem } from './problem.ts';

export const listApiTokens: Handler<'listApiTokens'> = async ({ params: { namespace } }, { store }) => {
  const tokens = await store.apiTokens.list(store.read, namespace);
  return { code: 200, body: { apiTokens: tokens.map(present) } };
};

export const getApiToken: Handler<'getApiToken'> = async ({ params: { namespace, token } }, { store }) => {
  const found = await store.apiTokens.find(store.read, namespace, token);
  return { code: 200, body: { apiToken: present(mustExist(found, 'API token', token)) } };
};

export const createApiToken: Handler<'createApiToken'> = async ({ params: { namespace }, body }, { store }) => {
  const name = nameIn(body.name, namespace);
  const secret = newSecret();
  const created = await store.transaction((tx) => store.apiTokens.insert(tx, { namespace, name, role: body.role }, hashSecret(secret)));
  if (created === undefined) throw new Problem('alreadyExists', `there is an API token "${name}" already in namespace "${namespace}"`);
  return { code: 200, body: { apiToken: { ...present(created), secret } } };
};

/** Revokes it at once. */
export const deleteApiToken: Handler<'deleteApiToken'> = async ({ params: { namespace, token } }, { store }) => {
  const deleted = await store.transaction(async (tx) => {
    const found = await store.apiTokens.find(tx, namespace, token);
    if (found === undefined) throw missing('API token', token);
    await store.apiTokens.delete(tx, namespace, token);
    return found;
  });
  return { code: 200, body: { apiToken: present(deleted) } };
};

function nameIn(name: string, namespace: string): string {
  const prefix = `namespaces/${namespace}/apitokens/`;
  if (!name.startsWith(prefix)) throw new Problem('invalid', `must start with "${prefix}", the namespace in the path`, 'name');
  return name.slice(prefix.length);
}

function present({ namespace, name, role, createdAt }: ApiToken) {
  return { name: `namespaces/${namespace}/apitokens/${name}`, role, createTime: toTimestamp(createdAt) };
}
