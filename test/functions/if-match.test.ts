// If-Match and ETag: a write that is meant for one version of a resource leaves every other one as it is.
import { describe, expect, it } from 'vitest';
import { aDocument, withApi } from './an-api.ts';
import type { Api } from './an-api.ts';

let api: Api;
let N: string;
withApi((own) => ({ api, N } = own));

const write = (method: string, path: string, ifMatch: string, body?: unknown) =>
  api.request(`${N}/${path}`, {
    method,
    headers: { 'If-Match': ifMatch, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const cluster = { spec: { deploymentTargetName: 'default', state: 'STOPPED' } };
const KINDS: readonly (readonly [string, object, readonly string[]])[] = [
  ['deployments', { spec: { ...aDocument().spec, state: 'CANCELLED' } }, ['PUT', 'PATCH', 'DELETE']],
  ['deployment-targets', { spec: { local: {} } }, ['PUT', 'DELETE']],
  ['sessionclusters', cluster, ['PUT', 'PATCH', 'DELETE']],
  ['secret-values', { spec: { kind: 'Plain', value: 'a long secret' } }, ['PUT', 'PATCH', 'DELETE']],
];

describe.each(KINDS)('of %s', (collection, document, methods) => {
  const path = `${collection}/matched`;
  const etag = async () => (await api.get(`${N}/${path}`)).headers.get('etag') ?? '';

  it('answers the version as ETag, also in YAML, but not of a list', async () => {
    const made = await api.send('PUT', `${N}/${path}`, document);
    expect([made.status, made.headers.get('etag')]).toEqual([201, '"1"']);
    const read = await api.get(`${N}/${path}`, { Accept: 'application/yaml' });
    expect(read.headers.get('etag')).toBe(`"${read.body.metadata.resourceVersion}"`);
    expect((await api.get(`${N}/${collection}`)).headers.get('etag')).toBeNull();
  });

  it.each(methods)('%s of another version is 412, and nothing is stored', async (method) => {
    const before = (await api.get(`${N}/${path}`)).body;
    for (const wrong of ['"77"', 'W/"1"', '"77", "78"', '""']) {
      const { status, body } = await write(method, path, wrong, method === 'DELETE' ? undefined : document);
      expect([status, body.error, body.message]).toEqual([412, 'Precondition Failed', expect.stringContaining('If-Match: the stored resource is version "')]);
    }
    expect((await api.get(`${N}/${path}`)).body).toEqual(before);
  });

  it('a write of this version, of one among several, or of any is done', async () => {
    const { body } = await api.get(`${N}/${path}`);
    const version = body.metadata.resourceVersion;
    const put = (ifMatch: string) => write('PUT', path, ifMatch, document);
    expect((await put(await etag())).body.metadata.resourceVersion).toBe(version + 1);
    expect((await put(`"1000", ${await etag()}`)).status).toBe(200);
    expect((await put('*')).status).toBe(200);
    expect((await put(String(version + 3))).headers.get('etag')).toBe(`"${version + 4}"`);
  });

  it('what is not there is 412 for a PUT and 404 for the others', async () => {
    for (const ifMatch of ['*', '"1"']) {
      expect((await write('PUT', `${collection}/nobody`, ifMatch, document)).status).toBe(412);
      expect((await write('DELETE', `${collection}/nobody`, ifMatch)).status).toBe(404);
    }
    expect((await api.get(`${N}/${collection}/nobody`)).status).toBe(404);
  });

  it('text that is no ETag is 400', async () => {
    for (const wrong of ['three', '"3', '3"', '*, "1"', '1.5']) {
      const { status, body } = await write('PUT', path, wrong, document);
      expect([status, body.message]).toEqual([400, expect.stringContaining('If-Match: must be * or ETags')]);
    }
  });

  it('of two writes that mean the same version one is done', async () => {
    const current = await etag();
    const answers = await Promise.all([1, 2].map(() => write('PUT', path, current, document)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412]);
  });

  it('a DELETE of this version is done', async () => {
    expect((await write('DELETE', path, await etag())).status).toBe(200);
  });
});

describe('of deployment-defaults', () => {
  it('compares from the first write on', async () => {
    const put = (ifMatch: string) => write('PATCH', 'deployment-defaults', ifMatch, { spec: {} });
    expect((await put('"1"')).status).toBe(412);
    expect((await put('"0"')).headers.get('etag')).toBe('"1"');
    expect([(await put('"0"')).status, (await put('*')).status]).toEqual([412, 200]);
  });
});

describe('a rehearsal', () => {
  it('is refused like the write', async () => {
    await api.send('POST', `${N}/deployments`, aDocument());
    expect((await write('PATCH', 'deployments/clicks?dryRun=true', '"7"', {})).status).toBe(412);
    expect((await write('PATCH', 'deployments/clicks?dryRun=true', '"1"', {})).status).toBe(200);
  });
});

it('a write without the header is done, whatever version the body of a PATCH names (D10)', async () => {
  expect((await api.send('PATCH', `${N}/deployments/clicks`, { metadata: { resourceVersion: 55 } })).status).toBe(200);
});
