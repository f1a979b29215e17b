// Sound requests of those who may not send them: 401 without credentials that are good, 403 with those of somebody else, for every write; nothing of a
// credential is said, and nothing is stored.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../store/store.ts';
import { aDocument, type Answer, anApi, openStore } from './an-api.ts';
import { aFurnishedApi, type FurnishedApi } from './malformed/a-furnished-api.ts';
import { aProvider, FORGERIES, NO_CREDENTIALS, type Provider } from './malformed/credentials.ts';

let store: Store;
let api: FurnishedApi;
let provider: Provider;
let elsewhere: FurnishedApi;
const secrets: Record<string, string> = {};

beforeAll(async () => {
  store = await openStore();
  provider = await aProvider();
  const settings = { auth: { kind: 'oidc' as const, admins: ['group:admins'], oidc: provider.oidc } };
  elsewhere = await aFurnishedApi(store, settings);
  api = await aFurnishedApi(store, settings);
  const open = anApi(store);
  const make = async (ns: string, name: string, role: string): Promise<string> => {
    const token = { name: `namespaces/${ns}/apitokens/${name}`, role };
    return (await open.send('POST', `/apitokens/v1/namespaces/${ns}/apitokens`, token)).body.apiToken.secret;
  };
  secrets['an owner of another namespace'] = await make(elsewhere.ns, 'owner', 'owner');
  secrets['an editor of another namespace'] = await make(elsewhere.ns, 'editor', 'editor');
  secrets['a viewer'] = await make(api.ns, 'viewer', 'viewer');
  secrets['revoked'] = await make(api.ns, 'revoked', 'owner');
  await open.request(`/apitokens/v1/namespaces/${api.ns}/apitokens/revoked`, { method: 'DELETE' });
  await api.resume();
});
afterEach(() => api.unchanged());
afterAll(async () => {
  provider.close();
  await store.close();
});

const free = { metadata: { name: 'free' } };
type Write = readonly [method: string, path: () => string, body: object | undefined];

const WRITES: readonly Write[] = [
  ['POST', () => `${api.N}/deployments`, aDocument(free)],
  ['PUT', () => `${api.N}/deployments/there`, aDocument({ metadata: { name: 'there', labels: { a: 'b' } } })],
  ['PATCH', () => `${api.N}/deployments/there`, { spec: { state: 'CANCELLED' } }],
  ['DELETE', () => `${api.N}/deployments/there`, undefined],
  ['POST', () => `${api.N}/savepoints`, { metadata: { deploymentId: 'there' } }],
  ['POST', () => `${api.N}/sessionclusters`, { ...free, spec: { deploymentTargetName: 'default' } }],
  ['DELETE', () => `${api.N}/sessionclusters/there`, undefined],
  ['POST', () => `${api.N}/deployment-targets`, { ...free, spec: { local: {} } }],
  ['PATCH', () => `${api.N}/secret-values/there`, { spec: { value: 'stolen' } }],
  ['PATCH', () => `${api.N}/deployment-defaults`, { spec: { state: 'RUNNING' } }],
  ['PATCH', () => `/namespaces/v1/namespaces/${api.ns}`, { roleBindings: [{ role: 'owner', members: ['system:authenticated'] }] }],
  ['DELETE', () => `/namespaces/v1/namespaces/${api.ns}`, undefined],
  ['POST', () => `/apitokens/v1/namespaces/${api.ns}/apitokens`, { name: 'namespaces/ns-2/apitokens/mine', role: 'owner' }],
  ['POST', () => `/drey/v1/namespaces/${api.ns}/artifacts:presign`, { filename: 'evil.jar' }],
  ['POST', () => '/drey/v1/secret-values:rotate', {}],
];

function send([method, path, body]: Write, authorization: string | undefined): Promise<Answer> {
  const headers = { 'Content-Type': 'application/json', ...(authorization === undefined ? {} : { Authorization: authorization }) };
  return api.refused(() => api.request(path(), { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }));
}

async function refusedEverywhere(authorization: string | undefined, status: number): Promise<void> {
  for (const write of WRITES) {
    const answer = await send(write, authorization);
    expect([write[0], write[1](), answer.status, answer.body.status]).toEqual([write[0], write[1](), status, status]);
    const secret = authorization?.split(' ').at(-1) ?? '';
    if (secret.length > 10) expect(answer.text).not.toContain(secret);
    expect(answer.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer realm="drey"' : null);
  }
}

describe('every write', () => {
  it.each(NO_CREDENTIALS)('with %s as credentials is 401', (_, authorization) => refusedEverywhere(authorization, 401));
  it('with a token that was revoked is 401', () => refusedEverywhere(`Bearer ${secrets['revoked']}`, 401));
  it.each(FORGERIES)('with a JWT %s is 401', async (name) => {
    const jwt = provider.forged[name];
    expect(jwt).toBeTypeOf('string');
    await refusedEverywhere(`Bearer ${jwt}`, 401);
  });
  it.each(['an owner of another namespace', 'an editor of another namespace', 'a viewer'])('with the token of %s is 403', (who) =>
    refusedEverywhere(`Bearer ${secrets[who]}`, 403),
  );
  it('with a JWT of somebody without a role is 403', () => refusedEverywhere(`Bearer ${provider.genuine}`, 403));

  it('has a forgery for each row of this table', () => {
    expect(Object.keys(provider.forged)).toEqual(FORGERIES);
  });
});

describe('a token of another namespace', () => {
  it.each([
    'deployments',
    'jobs',
    'savepoints',
    'events',
    'secret-values',
    'sessionclusters',
    'deployment-targets',
    'deployment-defaults',
    'deployments/there',
  ])('sees no %s', async (what) => {
    const headers = { Authorization: `Bearer ${secrets['an owner of another namespace']}` };
    const { status, text } = await api.refused(() => api.get(`${api.N}/${what}`, headers));
    expect([status, text.includes(api.deploymentId)]).toEqual([403, false]);
    expect((await elsewhere.get(`${elsewhere.N}/${what}`, headers)).status).toBe(200);
  });
});
