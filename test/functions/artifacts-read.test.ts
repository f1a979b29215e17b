// Reading, deleting and addressing artifacts over the API; nothing outside of a namespace's own folder can be named.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashSecret } from '../../functions/authenticate.ts';
import type { Store } from '../../store/store.ts';
import { openStore } from './an-api.ts';
import type { Answer } from './an-api.ts';
import { aForm, anArtifactApi } from './an-artifact-api.ts';
import type { ArtifactApi } from './an-artifact-api.ts';

let store: Store;
let api: ArtifactApi;
beforeAll(async () => {
  store = await openStore();
});
afterAll(() => store.close());
beforeEach(async () => {
  api = await anArtifactApi(store);
});

describe('reading and deleting', () => {
  it('lists by the bytes of the name, with what was put there by other means', async () => {
    for (const name of ['b.jar', 'a.jar', 'ä.jar', 'B.jar']) await api.upload(aForm(name));
    writeFileSync(join(api.folder, 'c.jar'), 'PK');
    mkdirSync(join(api.folder, 'folder'));
    const { status, body } = await api.get(`${api.base}:list`);
    expect([status, body.artifacts.map((each: { filename: string }) => each.filename)]).toEqual([200, ['B.jar', 'a.jar', 'b.jar', 'c.jar', 'ä.jar']]);
    expect(body.artifacts[3]).toEqual({ filename: 'c.jar', uri: pathToFileURL(join(api.folder, 'c.jar')).href, createTime: expect.any(String) });
  });

  it('lists the first 1000', async () => {
    for (let i = 0; i < 1005; i += 1) writeFileSync(join(api.folder, `${String(i).padStart(4, '0')}.jar`), '');
    const { artifacts } = (await api.get(`${api.base}:list`)).body;
    expect([artifacts.length, artifacts.at(-1).filename]).toEqual([1000, '0999.jar']);
  });

  it('is an empty list where nothing was uploaded, and 404 where there is no namespace', async () => {
    expect((await api.get(`${api.base}:list`)).body).toEqual({ artifacts: [] });
    expect((await api.get('/artifacts/v1/namespaces/nowhere/artifacts:list')).status).toBe(404);
  });

  it('finds one by a query and by its path', async () => {
    const { body } = await api.upload(aForm('my job.jar'));
    for (const path of [':get?filename=my%20job.jar', '/my%20job.jar']) expect((await api.get(`${api.base}${path}`)).body).toEqual(body);
  });

  it('deletes one, once', async () => {
    const { body } = await api.upload(aForm('a.jar'));
    expect(await api.request(`${api.base}:delete?filename=a.jar`, { method: 'DELETE' })).toMatchObject({ status: 200, body });
    expect(api.stored()).toEqual([]);
    expect((await api.request(`${api.base}:delete?filename=a.jar`, { method: 'DELETE' })).status).toBe(404);
  });

  it.each(['/absent.jar', '/..%2f..%2fsecret', '/%2e%2e', ':get?filename=absent.jar'])('answers 404 for GET %s', async (path) => {
    writeFileSync(join(api.root, 'secret'), 'x');
    expect((await api.get(`${api.base}${path}`)).status).toBe(404);
  });

  it.each(['', '?filename=', '?filename=..%2F..%2F..%2Fsecret', '?filename=a%00b'])('answers 400 for a name that cannot be: delete%s', async (query) => {
    writeFileSync(join(api.root, 'secret'), 'x');
    const { status, body } = await api.request(`${api.base}:delete${query}`, { method: 'DELETE' });
    expect([status, body.description]).toEqual([400, expect.stringContaining('filename')]);
    expect(existsSync(join(api.root, 'secret'))).toBe(true);
  });

  it('never shows the artifacts of another namespace', async () => {
    await api.upload(aForm('mine.jar'));
    const other = (await api.namespace()).split('/').at(-1) ?? '';
    expect((await api.get(`/artifacts/v1/namespaces/${other}/artifacts:list`)).body).toEqual({ artifacts: [] });
    expect((await api.get(`/artifacts/v1/namespaces/${other}/artifacts/mine.jar`)).status).toBe(404);
  });

  it.each([
    ['GET', ':upload', 'POST'],
    ['POST', ':list', 'GET, HEAD'],
    ['GET', ':delete', 'DELETE'],
    ['DELETE', '/a.jar', 'GET, HEAD'],
  ])('answers 405 with Allow for %s %s', async (method, path, allow) => {
    const { status, headers } = await api.request(`${api.base}${path}`, { method });
    expect([status, headers.get('allow')]).toEqual([405, allow]);
  });
});

describe('an address for a large artifact', () => {
  const ask = async (filename: string): Promise<Answer> => api.send('POST', `/drey/v1/namespaces/${api.ns}/artifacts:presign`, { filename });
  const put = (url: string, bytes: number): Promise<Answer> => api.request(url, { method: 'PUT', body: new Uint8Array(bytes) });

  it('takes one file, larger than a form may be, once', async () => {
    const { status, body } = await ask('big.jar');
    expect([status, body]).toEqual([
      200,
      {
        upload: {
          method: 'PUT',
          url: expect.stringMatching(/^http:\/\/localhost:8080\/drey\/v1\/uploads\/[\w-]{43}$/),
          expireTime: expect.stringMatching(/:\d\dZ$/),
        },
      },
    ]);
    const answer = await put(body.upload.url, 150_000);
    expect([answer.status, answer.body.artifact.filename]).toEqual([200, 'big.jar']);
    expect(readFileSync(join(api.folder, 'big.jar'))).toHaveLength(150_000);
    expect((await put(body.upload.url, 1)).status).toBe(404);
    expect(api.leftovers()).toEqual([]);
  });

  it('is good for one of two that use it at once', async () => {
    const { url } = (await ask('big.jar')).body.upload;
    const codes = (await Promise.all([put(url, 10), put(url, 10)])).map(({ status }) => status);
    expect(codes.toSorted((a, b) => a - b)).toEqual([200, 404]);
  });

  it('has a limit of its own, and nothing of what is larger stays', async () => {
    const { url } = (await ask('big.jar')).body.upload;
    const { status, body } = await put(url, 200_001);
    expect([status, body.message, api.stored()]).toEqual([413, 'the file is larger than 200000 bytes', []]);
  });

  it('is over when its namespace is deleted', async () => {
    const { url } = (await ask('big.jar')).body.upload;
    expect((await api.request(`/namespaces/v1/namespaces/${api.ns}`, { method: 'DELETE' })).status).toBe(200);
    expect([(await put(url, 10)).status, api.stored()]).toEqual([404, []]);
    expect((await ask('big.jar')).status).toBe(409);
  });

  it('is over after an hour', async () => {
    const { url } = (await ask('big.jar')).body.upload;
    const [name = ''] = api.leftovers();
    const ticket = JSON.parse(readFileSync(join(api.root, 'artifacts/.uploads', name), 'utf8'));
    writeFileSync(join(api.root, 'artifacts/.uploads', name), JSON.stringify({ ...ticket, expiresAt: Date.now() - 1 }));
    expect((await put(url, 10)).status).toBe(404);
  });

  it('is stored without the address itself', async () => {
    const { url } = (await ask('big.jar')).body.upload;
    const token = String(url).split('/').at(-1) ?? '';
    const [name = ''] = api.leftovers();
    expect(`${name}${readFileSync(join(api.root, 'artifacts/.uploads', name), 'utf8')}`).not.toContain(token);
  });

  it.each(['x', '..', '..%2F..%2Fsecret', 'A'.repeat(43)])('that was never given is 404: %s', async (token) => {
    expect((await put(`/drey/v1/uploads/${token}`, 10)).status).toBe(404);
  });

  it.each([[{}], [{ filename: '../x' }], [{ filename: 3 }], [{ filename: 'a.jar', more: 1 }]])('is 400 for %j', async (body) => {
    const { status } = await api.send('POST', `/drey/v1/namespaces/${api.ns}/artifacts:presign`, body);
    expect(status).toBe(400);
  });
});

describe('with authentication', () => {
  it('an editor uploads without further headers, a viewer reads, and an address needs no token', async () => {
    const guarded = await anArtifactApi(store, { auth: { kind: 'tokens', admins: [] } });
    const roles = ['editor', 'viewer'] as const;
    await store.transaction(async (tx) => {
      for (const role of roles) await store.apiTokens.insert(tx, { namespace: guarded.ns, name: role, role }, hashSecret(`drey_${guarded.ns}_${role}`));
    });
    const [editor, viewer] = roles.map((role) => ({ Authorization: `Bearer drey_${guarded.ns}_${role}` }));
    const codes = [await guarded.upload(aForm('a.jar'), editor), await guarded.upload(aForm('b.jar'), viewer), await guarded.upload(aForm('c.jar'), {})];
    expect([codes.map(({ status }) => status), guarded.stored()]).toEqual([[200, 403, 401], ['a.jar']]);
    expect((await guarded.get(`${guarded.base}:list`, viewer)).body.artifacts).toHaveLength(1);
    const request = { method: 'POST', body: '{"filename":"big.jar"}', headers: { 'Content-Type': 'application/json' } };
    const presign = (headers: object): Promise<Answer> =>
      guarded.request(`/drey/v1/namespaces/${guarded.ns}/artifacts:presign`, { ...request, headers: { ...request.headers, ...headers } });
    expect((await presign(viewer ?? {})).status).toBe(403);
    const { url } = (await presign(editor ?? {})).body.upload;
    expect((await guarded.request(url, { method: 'PUT', body: 'PK big' })).status).toBe(200);
    expect(guarded.stored()).toEqual(['a.jar', 'big.jar']);
  });
});
