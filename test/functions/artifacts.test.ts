// Artifacts over the API, on a folder: what clients of the platform send, and what somebody else might.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createStorage } from '../../flink/storage/create-storage.ts';
import type { Store } from '../../store/store.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { anApi, openStore } from './an-api.ts';
import type { Answer, Api } from './an-api.ts';

let store: Store;
let api: Api;
let root: string;
let ns: string;
beforeAll(async () => {
  store = await openStore();
});
afterAll(() => store.close());
beforeEach(async () => {
  root = temporaryFolder();
  api = anApi(store, { uploads: createStorage({ blobRoot: root }).uploads, settings: { uploadLimit: 100_000, artifactLimit: 200_000 } });
  ns = (await api.namespace()).split('/').at(-1) ?? '';
});

const A = (): string => `/artifacts/v1/namespaces/${ns}/artifacts`;
const folder = (): string => join(root, 'artifacts/namespaces', ns);
const stored = (): readonly string[] => (existsSync(folder()) ? readdirSync(folder()) : []);
const leftovers = (): readonly string[] => (existsSync(join(root, 'artifacts/.uploads')) ? readdirSync(join(root, 'artifacts/.uploads')) : []);

const upload = (form: FormData, headers: Record<string, string> = { Authorization: 'Bearer t' }): Promise<Answer> =>
  api.request(`${A()}:upload`, { method: 'POST', body: form, headers });

function aForm(name: string, content: string | Uint8Array<ArrayBuffer> = 'PK jar'): FormData {
  const form = new FormData();
  form.append('file', new Blob([content]), name);
  return form;
}

/** A form as somebody else writes it. */
function rawForm(text: string, boundary = 'b'): Promise<Answer> {
  const headers = { Authorization: 'Bearer t', 'Content-Type': `multipart/form-data; boundary=${boundary}` };
  return api.request(`${A()}:upload`, { method: 'POST', body: Buffer.from(text, 'latin1'), headers });
}

const part = (disposition: string, content: string): string => `--b\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`;

describe('an upload', () => {
  it('is stored under its own name, and answered with its address and a time in whole seconds', async () => {
    const { status, body } = await upload(aForm('job.jar'));
    expect(status).toBe(200);
    expect(body).toEqual({
      artifact: {
        filename: 'job.jar',
        uri: pathToFileURL(join(folder(), 'job.jar')).href,
        createTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      },
    });
    expect(readFileSync(join(folder(), 'job.jar'), 'utf8')).toBe('PK jar');
  });

  it('replaces one of the same name', async () => {
    await upload(aForm('job.jar', 'PK old and longer'));
    await upload(aForm('job.jar', 'PK new'));
    expect(readFileSync(join(folder(), 'job.jar'), 'utf8')).toBe('PK new');
    expect(stored()).toEqual(['job.jar']);
  });

  it('keeps every byte, also those that look like a boundary', async () => {
    const bytes = Buffer.concat([Buffer.from('\r\n--\r\n------\r'), Buffer.from(Array.from({ length: 90_000 }, (_, i) => (i * 7919) % 256))]);
    await upload(aForm('a.jar', new Uint8Array(bytes)));
    expect(readFileSync(join(folder(), 'a.jar')).equals(bytes)).toBe(true);
  });

  it('may come between other parts, in chunks that cut it anywhere', async () => {
    const text = `preamble\r\n${part('name="note"', 'x')}${part('name="file"; filename="a b.jar"', 'PK\r\n-- b')}${part('name="more"; filename="y"', 'z')}--b--\r\n`;
    for (const size of [1, 3, 7, 1000]) {
      const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, i) => Buffer.from(text.slice(i * size, (i + 1) * size), 'latin1'));
      const init = {
        method: 'POST',
        body: ReadableStream.from(pieces),
        duplex: 'half',
        headers: { Authorization: 'Bearer t', 'Content-Type': 'multipart/form-data; boundary="b"' },
      };
      const { status, body } = await api.request(`${A()}:upload`, init as RequestInit);
      expect([status, body.artifact?.filename]).toEqual([200, 'a b.jar']);
      expect(readFileSync(join(folder(), 'a b.jar'), 'utf8')).toBe('PK\r\n-- b');
    }
  });

  it.each([
    ['filename="j\\"ob.jar"', 'j"ob.jar'],
    ['filename="j%22ob.jar"', 'j"ob.jar'],
    ["filename*=utf-8''%C3%A4.jar", 'ä.jar'],
    ['filename="x"; filename*=UTF-8\'\'%e2%82%ac.jar', '€.jar'],
    ['filename=plain.jar', 'plain.jar'],
    [`filename="${'ä'.repeat(10)}.jar"`, `${'ä'.repeat(10)}.jar`],
  ])('understands %s', async (written, filename) => {
    const text = Buffer.from(`${part(`name="file"; ${written}`, 'PK')}--b--`).toString('latin1');
    expect((await rawForm(text)).body.artifact?.filename).toBe(filename);
    expect(stored()).toEqual([filename]);
  });

  it.each(['../evil.jar', '..', '.', 'a/b.jar', '/etc/passwd', 'C:\\\\evil.jar', 'a\u0000b.jar', 'a\tb.jar', '', ' a.jar', `${'x'.repeat(256)}`])(
    'called %j is refused with 400',
    async (name) => {
      const { status, body } = await rawForm(`${part(`name="file"; filename="${name}"`, 'PK')}--b--`);
      expect([status, body.message]).toEqual([400, expect.stringMatching(/^filename: must /)]);
      expect(existsSync(join(root, 'artifacts'))).toBe(false);
    },
  );

  it('with the longest name is stored', async () => {
    const name = `${'x'.repeat(251)}.jar`;
    expect((await upload(aForm(name))).status).toBe(200);
    expect((await api.get(`${A()}/${name}`)).body.artifact.filename).toBe(name);
  });
});

describe('an upload that is not whole', () => {
  it.each([
    ['no part called file', `${part('name="other"; filename="a"', 'x')}--b--`, 'has no part "file"'],
    ['no filename', `${part('name="file"', 'x')}--b--`, 'has no filename'],
    ['two files', `${part('name="file"; filename="a"', 'x')}${part('name="file"; filename="b"', 'x')}--b--`, 'more than one part "file"'],
    ['no last boundary', `--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nPK half of`, 'it was cut off'],
    ['nothing after its file', part('name="file"; filename="a"', 'x'), 'it was cut off'],
    ['nothing at all', '', 'it was cut off'],
    ['another boundary', '--c\r\n', 'it was cut off'],
    ['a boundary in a line', '--bold\r\n', 'in the middle of a line'],
    ['endless headers', `--b\r\n${'X: y\r\n'.repeat(100)}`, 'too many headers'],
    ['an endless header', `--b\r\nX: ${'y'.repeat(10_000)}`, 'a line that is too long'],
    ['endless parts', part('name="other"', 'x').repeat(60), 'more than 50 parts'],
  ])('with %s is 400, and nothing of it stays', async (_, text, sentence) => {
    const { status, body } = await rawForm(text);
    expect([status, body.message]).toEqual([400, expect.stringContaining(sentence)]);
    expect([stored(), leftovers()]).toEqual([[], []]);
  });

  it('leaves the artifact of the same name as it was, whole', async () => {
    await upload(aForm('job.jar', 'PK old'));
    await rawForm(`--b\r\nContent-Disposition: form-data; name="file"; filename="job.jar"\r\n\r\nPK half of`);
    expect(readFileSync(join(folder(), 'job.jar'), 'utf8')).toBe('PK old');
    expect(leftovers()).toEqual([]);
  });

  it('that breaks off is 400, and nothing of it stays', async () => {
    const broken = ReadableStream.from(
      (async function* () {
        yield Buffer.from('--b\r\nContent-Disposition: form-data; name="file"; filename="a.jar"\r\n\r\nPK');
        throw await Promise.resolve(new Error('socket hang up'));
      })(),
    );
    const init = { method: 'POST', body: broken, duplex: 'half', headers: { Authorization: 'Bearer t', 'Content-Type': 'multipart/form-data; boundary=b' } };
    const { status, body } = await api.request(`${A()}:upload`, init as RequestInit);
    expect([status, body.message]).toEqual([400, 'the upload was cut off']);
    expect([stored(), leftovers()]).toEqual([[], []]);
  });

  it.each([
    ['just above the limit', 100_001],
    ['far above it', 5_000_000],
  ])('%s is 413, which names the other way', async (_, size) => {
    const { status, body } = await upload(aForm('big.jar', new Uint8Array(size)));
    expect([status, body.message]).toEqual([
      413,
      `the file is larger than 100000 bytes: POST /drey/v1/namespaces/${ns}/artifacts:presign gives an address for larger ones`,
    ]);
    expect([stored(), leftovers()]).toEqual([[], []]);
  });

  it('at the limit is stored', async () => {
    expect((await upload(aForm('big.jar', new Uint8Array(100_000)))).status).toBe(200);
  });

  it('that is no form is 415', async () => {
    const { status, body } = await api.send('POST', `${A()}:upload`, {});
    expect([status, body.message]).toEqual([415, 'send the file as multipart/form-data, in a part named "file"']);
  });
});

describe('who may upload without authentication', () => {
  it('a request with a token, or with the header that no page can send', async () => {
    expect((await upload(aForm('a.jar'), { Authorization: 'Bearer anything' })).status).toBe(200);
    expect((await upload(aForm('a.jar'), { 'X-Drey-Upload': '1' })).status).toBe(200);
  });

  it.each([[{}], [{ Authorization: 'Basic dTpw' }]])('not a form of another page, which can have %j', async (headers: Record<string, string>) => {
    const { status, body } = await upload(aForm('a.jar'), headers);
    expect([status, body.message]).toEqual([415, 'send the header "X-Drey-Upload: 1" with an upload']);
    expect(stored()).toEqual([]);
  });
});

describe('reading and deleting', () => {
  it('lists by the bytes of the name, with what was put there by other means', async () => {
    for (const name of ['b.jar', 'a.jar', 'ä.jar', 'B.jar']) await upload(aForm(name));
    writeFileSync(join(folder(), 'c.jar'), 'PK');
    mkdirSync(join(folder(), 'folder'));
    const { status, body } = await api.get(`${A()}:list`);
    expect([status, body.artifacts.map((each: { filename: string }) => each.filename)]).toEqual([200, ['B.jar', 'a.jar', 'b.jar', 'c.jar', 'ä.jar']]);
    expect(body.artifacts[3]).toEqual({ filename: 'c.jar', uri: pathToFileURL(join(folder(), 'c.jar')).href, createTime: expect.any(String) });
  });

  it('lists the first 1000', async () => {
    mkdirSync(folder(), { recursive: true });
    for (let i = 0; i < 1005; i += 1) writeFileSync(join(folder(), `${String(i).padStart(4, '0')}.jar`), '');
    const { artifacts } = (await api.get(`${A()}:list`)).body;
    expect([artifacts.length, artifacts.at(-1).filename]).toEqual([1000, '0999.jar']);
  });

  it('is an empty list where nothing was uploaded, and 404 where there is no namespace', async () => {
    expect((await api.get(`${A()}:list`)).body).toEqual({ artifacts: [] });
    expect((await api.get('/artifacts/v1/namespaces/nowhere/artifacts:list')).status).toBe(404);
  });

  it('finds one by a query and by its path', async () => {
    const { body } = await upload(aForm('my job.jar'));
    for (const path of [':get?filename=my%20job.jar', '/my%20job.jar']) expect((await api.get(`${A()}${path}`)).body).toEqual(body);
  });

  it('deletes one, once', async () => {
    const { body } = await upload(aForm('a.jar'));
    expect(await api.request(`${A()}:delete?filename=a.jar`, { method: 'DELETE' })).toMatchObject({ status: 200, body });
    expect(stored()).toEqual([]);
    expect((await api.request(`${A()}:delete?filename=a.jar`, { method: 'DELETE' })).status).toBe(404);
  });

  it.each(['/absent.jar', '/..%2f..%2fsecret', '/%2e%2e', ':get?filename=absent.jar'])('answers 404 for GET %s', async (path) => {
    writeFileSync(join(root, 'secret'), 'x');
    expect((await api.get(`${A()}${path}`)).status).toBe(404);
  });

  it.each(['', '?filename=', '?filename=..%2F..%2F..%2Fsecret', '?filename=a%00b'])('answers 400 for a name that cannot be: delete%s', async (query) => {
    writeFileSync(join(root, 'secret'), 'x');
    const { status, body } = await api.request(`${A()}:delete${query}`, { method: 'DELETE' });
    expect([status, body.message]).toEqual([400, expect.stringContaining('filename')]);
    expect(existsSync(join(root, 'secret'))).toBe(true);
  });

  it('never shows the artifacts of another namespace', async () => {
    await upload(aForm('mine.jar'));
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
    const { status, headers } = await api.request(`${A()}${path}`, { method });
    expect([status, headers.get('allow')]).toEqual([405, allow]);
  });
});

describe('an address for a large artifact', () => {
  const ask = async (filename: string): Promise<Answer> => api.send('POST', `/drey/v1/namespaces/${ns}/artifacts:presign`, { filename });
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
    expect(readFileSync(join(folder(), 'big.jar'))).toHaveLength(150_000);
    expect((await put(body.upload.url, 1)).status).toBe(404);
    expect(leftovers()).toEqual([]);
  });

  it('is good for one of two that use it at once', async () => {
    const { url } = (await ask('big.jar')).body.upload;
    const codes = (await Promise.all([put(url, 10), put(url, 10)])).map(({ status }) => status);
    expect(codes.toSorted()).toEqual([200, 404]);
  });

  it('has a limit of its own, and nothing of what is larger stays', async () => {
    const { url } = (await ask('big.jar')).body.upload;
    const { status, body } = await put(url, 200_001);
    expect([status, body.message, stored()]).toEqual([413, 'the file is larger than 200000 bytes', []]);
  });

  it('is over after an hour', async () => {
    const { url } = (await ask('big.jar')).body.upload;
    const [name = ''] = leftovers();
    const ticket = JSON.parse(readFileSync(join(root, 'artifacts/.uploads', name), 'utf8'));
    writeFileSync(join(root, 'artifacts/.uploads', name), JSON.stringify({ ...ticket, expiresAt: Date.now() - 1 }));
    expect((await put(url, 10)).status).toBe(404);
  });

  it('is stored without the address itself', async () => {
    const { url } = (await ask('big.jar')).body.upload;
    const token = String(url).split('/').at(-1) ?? '';
    const [name = ''] = leftovers();
    expect(`${name}${readFileSync(join(root, 'artifacts/.uploads', name), 'utf8')}`).not.toContain(token);
  });

  it.each(['x', '..', '..%2F..%2Fsecret', 'A'.repeat(43)])('that was never given is 404: %s', async (token) => {
    expect((await put(`/drey/v1/uploads/${token}`, 10)).status).toBe(404);
  });

  it.each([[{}], [{ filename: '../x' }], [{ filename: 3 }], [{ filename: 'a.jar', more: 1 }]])('is 400 for %j', async (body) => {
    const { status } = await api.send('POST', `/drey/v1/namespaces/${ns}/artifacts:presign`, body);
    expect(status).toBe(400);
  });
});
