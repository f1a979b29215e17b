// Names of Deployments: ids and names in paths, names made of free text, and the legacy mode for clients of 2.0 to 2.3 (D14, D32).
import { beforeEach, describe, expect, it } from 'vitest';
import { aDocument, withFreshApis } from './an-api.ts';
import type { Api } from './an-api.ts';

let api: Api;
let N: string;
const plain = withFreshApis((own) => ({ api, N } = own));
const legacy = withFreshApis((own) => ({ api, N } = own), { settings: { legacyNames: true } });

const post = (metadata: object) => api.send('POST', `${N}/deployments`, aDocument({ metadata: { name: undefined, ...metadata } }));
const names = (answer: { readonly body: { readonly metadata: { readonly name: string; readonly displayName?: string } } }) => [
  answer.body.metadata.name,
  answer.body.metadata.displayName,
];

describe('in the legacy mode', () => {
  beforeEach(legacy);

  it('free text stays as displayName, and its slug, with a suffix where it is taken, is the name', async () => {
    const [first, second] = [await post({ name: 'Fraud Detection' }), await post({ name: 'Fraud Detection' })];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect([names(first), names(second)]).toEqual([
      ['fraud-detection', 'Fraud Detection'],
      ['fraud-detection-2', 'Fraud Detection'],
    ]);
    expect((await api.get(`${N}/deployments/${second.body.metadata.id}`)).body.metadata.name).toBe('fraud-detection-2');
  });

  it('a whole SQL statement is a name', async () => {
    const statement = `INSERT INTO target\n${'SELECT * FROM source UNION ALL '.repeat(100)}`;
    const made = await post({ name: statement });
    expect([made.status, made.body.metadata.displayName]).toEqual([201, statement]);
    expect(made.body.metadata.name).toMatch(/^insert-into-target-select-from-[-a-z]{1,40}$/);
  });

  it('what is a name stays one, and is refused where it is taken', async () => {
    expect(names(await post({ name: 'clicks', displayName: 'Clicks' }))).toEqual(['clicks', 'Clicks']);
    expect((await post({ name: 'clicks' })).status).toBe(409);
  });

  it('a displayName beside free text stays', async () => {
    expect(names(await post({ name: 'Fraud Detection', displayName: 'Fraud' }))).toEqual(['fraud', 'Fraud']);
  });

  it('the free text may come back with a PATCH or a PUT by id', async () => {
    const { body } = await post({ name: 'Fraud Detection' });
    const path = `${N}/deployments/${body.metadata.id}`;
    const patched = await api.send('PATCH', path, { metadata: { name: 'Fraud Detection' }, spec: { state: 'cancelled' } });
    const put = await api.send('PUT', path, { metadata: { name: 'Fraud Detection' }, spec: body.spec });
    expect([patched.status, put.status, names(put)]).toEqual([200, 200, ['fraud-detection', 'Fraud Detection']]);
    expect((await api.send('PATCH', path, { metadata: { name: 'another' } })).status).toBe(400);
  });

  it.each(['', '   ', 7, null])('no text (%j) is no name', async (name) => {
    expect((await post({ name })).status).toBe(400);
  });
});

describe('without it', () => {
  beforeEach(plain);

  it('free text is no name: 400', async () => {
    const { status, body } = await post({ name: 'Fraud Detection' });
    expect([status, body.message]).toEqual([400, expect.stringContaining('metadata.name: must be 1 to 63 characters')]);
  });

  it('a displayName alone gives a name, with a suffix where it is taken', async () => {
    const made = [await post({ displayName: 'Fraud Détection!' }), await post({ displayName: 'Fraud Détection!' })];
    expect(made.map(names)).toEqual([
      ['fraud-detection', 'Fraud Détection!'],
      ['fraud-detection-2', 'Fraud Détection!'],
    ]);
  });
});

describe('a UUID in a path', () => {
  beforeEach(plain);

  it('is an id first, then a name', async () => {
    const { body: first } = await post({ name: 'first' });
    const { body: named } = await post({ name: first.metadata.id });
    const { body: lone } = await post({ name: '00000000-0000-4000-8000-000000000000' });
    expect(named.metadata.name).toBe(first.metadata.id);
    expect((await api.get(`${N}/deployments/${first.metadata.id}`)).body.metadata.name).toBe('first');
    expect((await api.get(`${N}/deployments/${lone.metadata.name}`)).body.metadata.id).toBe(lone.metadata.id);
  });
});

describe.each([
  ['deployment-targets', { local: {} }],
  ['sessionclusters', { deploymentTargetName: 'default', state: 'STOPPED' }],
])('an id in a path of %s', (collection, spec) => {
  beforeEach(plain);
  const make = (name: string) => api.send('POST', `${N}/${collection}`, { metadata: { name }, spec });

  it('finds, replaces and deletes what has it', async () => {
    const { body } = await make('first');
    const path = `${N}/${collection}/${body.metadata.id.toUpperCase()}`;
    expect((await api.get(path)).body).toEqual(body);
    const put = await api.send('PUT', path, { metadata: { name: 'first', labels: { a: 'b' } }, spec });
    expect([put.status, put.body.metadata]).toEqual([200, expect.objectContaining({ name: 'first', labels: { a: 'b' } })]);
    expect((await api.send('PUT', path, { metadata: { name: 'other' }, spec })).status).toBe(400);
    expect((await api.request(path, { method: 'DELETE' })).status).toBe(200);
    expect([(await api.get(path)).status, (await api.send('PUT', path, { spec })).status]).toEqual([404, 404]);
  });

  it('is an id first, then a name', async () => {
    const { body: first } = await make('first');
    await make(first.metadata.id);
    expect((await api.get(`${N}/${collection}/${first.metadata.id}`)).body.metadata.name).toBe('first');
    const { body: lone } = await make('00000000-0000-4000-8000-000000000000');
    expect((await api.get(`${N}/${collection}/${lone.metadata.name}`)).body).toEqual(lone);
  });

  it('of another namespace finds nothing', async () => {
    const { body } = await make('first');
    expect((await api.get(`${await api.namespace()}/${collection}/${body.metadata.id}`)).status).toBe(404);
  });
});

describe('with-cr', () => {
  beforeEach(plain);

  it('is no name of a Deployment', async () => {
    const answers = [await post({ name: 'with-cr' }), await api.send('PUT', `${N}/deployments/with-cr`, { spec: aDocument().spec })];
    expect(answers.map(({ status, body }) => [status, body.message])).toEqual(
      answers.map(() => [400, 'metadata.name: stands in a path of this API: choose another name']),
    );
    expect(names(await post({ displayName: 'With CR' }))).toEqual(['with-cr-2', 'With CR']);
  });

  it('lists every Deployment in a wrapper, and answers one by name or id', async () => {
    const { body: a } = await post({ name: 'a' });
    const { body: b } = await post({ name: 'b' });
    expect((await api.get(`${N}/deployments/with-cr`)).body).toEqual({ items: [{ deployment: a }, { deployment: b }] });
    for (const key of ['a', a.metadata.id]) expect((await api.get(`${N}/deployments/with-cr/${key}`)).body).toEqual({ deployment: a });
    expect((await api.get(`${N}/deployments/with-cr/nobody`)).status).toBe(404);
  });
});
