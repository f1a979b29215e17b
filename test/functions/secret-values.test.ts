// SecretValues over HTTP (vvp.md §1.8): written, read, rotated; nothing of them in errors and logs.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { secretValueInputSchema } from '../../domain/secret-value.schema.ts';
import { readRequestKey } from '../../functions/once.ts';
import { createStore } from '../../store/create-store.ts';
import type { Store } from '../../store/store.ts';
import type { Tx } from '../../store/tables.ts';
import { aKey, aSecretBox } from '../fixtures/a-secret-box.ts';
import { newId, openEmptyPglite } from '../store/open-store.ts';
import { aDocument, type Api, anApi, withApi } from './an-api.ts';

const aSecret = (name = 'TOKEN', value: unknown = 'a-value', kind = 'Plain') => ({ kind: 'SecretValue', metadata: { name }, spec: { kind, value } });

let store: Store;
let api: Api;
let N: string;
withApi((own) => {
  ({ store, api } = own);
  N = `${own.N}/secret-values`;
});

describe('a secret value', () => {
  it('is created, read, replaced, changed, listed and deleted, and always answered whole', async () => {
    const created = await api.send('POST', N, aSecret());
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      kind: 'SecretValue',
      apiVersion: 'v1',
      metadata: { name: 'TOKEN', labels: {}, annotations: {}, resourceVersion: 1 },
      spec: { kind: 'Plain', value: 'a-value' },
    });
    expect((await api.get(`${N}/TOKEN`)).body).toEqual(created.body);
    const replaced = await api.send('PUT', `${N}/TOKEN`, { metadata: { labels: { a: 'b' } }, spec: { kind: 'PLAIN', value: 'other-value' } });
    expect([replaced.status, replaced.body.spec, replaced.body.metadata.labels]).toEqual([200, { kind: 'Plain', value: 'other-value' }, { a: 'b' }]);
    const patched = await api.send('PATCH', `${N}/TOKEN`, { metadata: { labels: { a: null, c: 'd' } } });
    expect([patched.status, patched.body.spec.value, patched.body.metadata.labels]).toEqual([200, 'other-value', { c: 'd' }]);
    const list = await api.get(N);
    expect(list.body).toMatchObject({ kind: 'SecretValueList', items: [{ metadata: { name: 'TOKEN', resourceVersion: 3 }, spec: { value: 'other-value' } }] });
    const deleted = await api.send('DELETE', `${N}/TOKEN`, undefined);
    expect([deleted.status, deleted.body.metadata.name]).toEqual([200, 'TOKEN']);
    expect((await api.get(`${N}/TOKEN`)).status).toBe(404);
    expect((await api.send('DELETE', `${N}/TOKEN`, undefined)).status).toBe(404);
  });

  it('is found by its id as well, under which nothing is created', async () => {
    const { body } = await api.send('POST', N, aSecret('by-id'));
    const byId = `${N}/${body.metadata.id}`;
    expect((await api.get(byId)).body).toEqual(body);
    expect((await api.send('PATCH', byId, { metadata: { labels: { a: 'b' } } })).body.metadata).toMatchObject({ name: 'by-id', labels: { a: 'b' } });
    expect((await api.send('PUT', byId, { spec: { kind: 'Plain', value: 'other-value' } })).body).toMatchObject({ metadata: { name: 'by-id' } });
    expect((await api.send('DELETE', byId, undefined)).status).toBe(200);
    expect((await api.send('PUT', byId, { spec: { kind: 'Plain', value: 'other-value' } })).status).toBe(404);
  });

  it.each(['plain', 'PLAIN', 'Plain'])('takes the kind %s and answers Plain', async (kind) => {
    const { status, body } = await api.send('PUT', `${N}/of-kind-${kind}`, aSecret(`of-kind-${kind}`, 'a-value', kind));
    expect([status, body.spec.kind]).toEqual([201, 'Plain']);
  });

  it('takes names with capital letters and underscores, up to 250 characters', async () => {
    expect((await api.send('POST', N, aSecret('A_b-9'.padEnd(250, 'x')))).status).toBe(201);
    expect((await api.send('POST', N, aSecret('x'.repeat(251)))).status).toBe(400);
    expect((await api.send('PUT', `${N}/with.dot`, { spec: { kind: 'Plain', value: 'x' } })).status).toBe(400);
    expect((await api.send('POST', N, aSecret('A_b-9'.padEnd(250, 'x')))).status).toBe(409);
  });

  it.each([
    ['no value', { metadata: { name: 'bad' }, spec: { kind: 'Plain' } }, 'spec.value'],
    ['no kind', { metadata: { name: 'bad' }, spec: { value: 'x' } }, 'spec.kind'],
    ['another kind', aSecret('bad', 'x', 'Vault'), 'spec.kind'],
    ['a value that is no text', aSecret('bad', { a: 'canary-1' }), 'spec.value'],
    ['a value too long', aSecret('bad', 'canary-1'.repeat(10_000)), 'spec.value'],
    ['a name too little', { spec: { kind: 'Plain', value: 'canary-1' } }, 'metadata.name'],
  ])('with %s is refused at its place, without a word of the value', async (_, body, path) => {
    const answer = await api.send('POST', N, body);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain(path);
    expect(answer.text).not.toContain('canary-1');
  });

  it('takes a number as its text, and several lines', async () => {
    expect((await api.send('POST', N, aSecret('number', 1234))).body.spec.value).toBe('1234');
    expect((await api.yaml('PUT', `${N}/lines`, 'spec:\n  kind: plain\n  value: |\n    one\n    two\n')).body.spec.value).toBe('one\ntwo\n');
  });

  it('that is too short to be masked is stored with a warning', async () => {
    expect((await api.send('POST', N, aSecret('short', 'abc'))).headers.get('warning')).toContain('values shorter than 4 characters are not masked');
    expect((await api.send('POST', N, aSecret('long', 'abcd'))).headers.get('warning')).toBeNull();
  });

  it('refuses a stale PUT and another name', async () => {
    await api.send('POST', N, aSecret('stale'));
    expect((await api.send('PUT', `${N}/stale`, { ...aSecret('stale'), metadata: { resourceVersion: 7 } })).status).toBe(409);
    expect((await api.send('PATCH', `${N}/stale`, { metadata: { name: 'other' } })).status).toBe(400);
  });

  it('sent twice under one key is made once, and the key tells nothing of the value', async () => {
    const send = (value: string) =>
      api.request(N, {
        method: 'POST',
        body: JSON.stringify(aSecret('keyed', value)),
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'k1' },
      });
    const first = await send('1234');
    expect([(await send('1234')).body, (await send('1235')).status]).toEqual([first.body, 409]);
    const body = secretValueInputSchema.parse(aSecret('keyed', '1234'));
    const plain = readRequestKey('k1', { route: '', body })?.bodyHash;
    const { rows } = await sql<{ bodyHash: string }>`select body_hash from request_key where key = 'k1'`.execute(store.read);
    expect(rows).toEqual([{ bodyHash: store.secretValues.fingerprint(plain ?? '') }]);
  });
});

describe('a body that cannot be parsed', () => {
  it.each([
    ['application/json', '{"spec": {"value": canary-1}}'],
    ['application/json', '{"spec": {"value": "canary-1" canary-1'],
    ['application/yaml', 'value: *canary-1'],
    ['application/yaml', 'value: !canary-1 x'],
    ['application/yaml', 'value: | canary-1\n'],
    ['application/yaml', 'value: "\\qcanary-1"'],
    ['application/yaml', '}canary-1'],
    ['application/yaml', 'a: [canary-1'],
  ])('as %s is refused without being quoted: %s', async (type, body) => {
    const answer = await api.request(N, { method: 'POST', body, headers: { 'Content-Type': type } });
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain('canary-1');
    expect(JSON.stringify(api.logged)).not.toContain('canary-1');
  });
});

describe('a Deployment or session cluster', () => {
  it('that names a secret value which is not there is stored with a warning', async () => {
    const namespace = await api.namespace();
    const flinkConfiguration = { a: '${HERE}', b: '${GONE}', c: '${java.home}' };
    await api.send('POST', `${namespace}/secret-values`, aSecret('HERE'));
    const { template } = aDocument().spec;
    const spec = { template: { spec: { ...template.spec, flinkConfiguration } } };
    const deployment = await api.send('POST', `${namespace}/deployments`, aDocument({ spec }));
    const cluster = await api.send('POST', `${namespace}/sessionclusters`, {
      metadata: { name: 'shared' },
      spec: { state: 'STOPPED', deploymentTargetName: 'default', flinkConfiguration },
    });
    for (const { status, headers } of [deployment, cluster]) {
      expect(status).toBe(201);
      expect(headers.get('warning')).toContain("the secret value 'GONE' does not exist");
      expect(headers.get('warning')).not.toContain('HERE');
    }
    expect(deployment.body.spec.template.spec.flinkConfiguration).toEqual(flinkConfiguration);
  });
});

describe('key rotation', () => {
  let kysely: Tx;
  const [first, second, third] = [aKey(), aKey(), aKey()];
  const withKeys = (current: Uint8Array, old: readonly Uint8Array[] = []) => anApi(createStore({ kysely, newId, secretBox: aSecretBox(current, old) }));
  const S = '/api/v1/namespaces/default/secret-values';
  const rotate = async (rotating: Api) => (await rotating.send('POST', '/drey/v1/secret-values:rotate', undefined)).body;

  beforeAll(async () => {
    kysely = await openEmptyPglite();
    const before = withKeys(first);
    await before.store.transaction((tx) => before.store.namespaces.ensure(tx, 'default'));
    for (let i = 0; i < 120; i += 1) await before.send('POST', S, aSecret(`s${i}`, `value-${i}`));
  });
  afterAll(() => kysely.destroy());

  it('encrypts every value again that another key wrote, and then has nothing left to do', async () => {
    const rotating = withKeys(second, [first]);
    const before = (await rotating.get(S)).body;
    expect(await rotate(rotating)).toEqual({ rotated: 120, unreadable: 0 });
    expect(await rotate(rotating)).toEqual({ rotated: 0, unreadable: 0 });
    const after = (await withKeys(second).get(S)).body;
    expect(after).toEqual(before);
  });

  it('leaves what no key decrypts as it is, tells of it, and hides no other value behind it', async () => {
    const rotating = withKeys(third, [first]);
    await rotating.send('PUT', `${S}/s5`, aSecret('s5', 'given-anew'));
    expect(await rotate(rotating)).toEqual({ rotated: 0, unreadable: 119 });
    const unread = await rotating.get(`${S}/s6`);
    expect([unread.status, unread.body.spec]).toEqual([200, { kind: 'Plain' }]);
    expect(unread.headers.get('warning')).toContain('DREY_OLD_SECRET_KEYS');
    expect((await rotating.send('PATCH', `${S}/s6`, { metadata: { labels: { a: 'b' } } })).body.message).toContain('spec.value');
    expect(await rotate(withKeys(third, [second]))).toEqual({ rotated: 119, unreadable: 0 });
    expect((await withKeys(third).get(`${S}/s6`)).body.spec.value).toBe('value-6');
  });
});
