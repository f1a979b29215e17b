// Uploads over the API: what clients of the platform send, and what somebody else might.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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

/** A form as somebody else writes it. */
function rawForm(text: string, boundary = 'b'): Promise<Answer> {
  const headers = { Authorization: 'Bearer t', 'Content-Type': `multipart/form-data; boundary=${boundary}` };
  return api.request(`${api.base}:upload`, { method: 'POST', body: Buffer.from(text, 'latin1'), headers });
}

const part = (disposition: string, content: string): string => `--b\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`;

describe('an upload', () => {
  it('is stored under its own name, and answered with its address and a time in whole seconds', async () => {
    const { status, body } = await api.upload(aForm('job.jar'));
    expect(status).toBe(200);
    expect(body).toEqual({
      artifact: {
        filename: 'job.jar',
        uri: pathToFileURL(join(api.folder, 'job.jar')).href,
        createTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      },
    });
    expect(readFileSync(join(api.folder, 'job.jar'), 'utf8')).toBe('PK jar');
  });

  it('replaces one of the same name', async () => {
    await api.upload(aForm('job.jar', 'PK old and longer'));
    await api.upload(aForm('job.jar', 'PK new'));
    expect(readFileSync(join(api.folder, 'job.jar'), 'utf8')).toBe('PK new');
    expect(api.stored()).toEqual(['job.jar']);
  });

  it('keeps every byte, also those that look like a boundary', async () => {
    const bytes = Buffer.concat([Buffer.from('\r\n--\r\n------\r'), Buffer.from(Array.from({ length: 90_000 }, (_, i) => (i * 7919) % 256))]);
    await api.upload(aForm('a.jar', new Uint8Array(bytes)));
    expect(readFileSync(join(api.folder, 'a.jar')).equals(bytes)).toBe(true);
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
      const { status, body } = await api.request(`${api.base}:upload`, init as RequestInit);
      expect([status, body.artifact?.filename]).toEqual([200, 'a b.jar']);
      expect(readFileSync(join(api.folder, 'a b.jar'), 'utf8')).toBe('PK\r\n-- b');
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
    expect(api.stored()).toEqual([filename]);
  });

  it.each(['../evil.jar', '..', '.', 'a/b.jar', '/etc/passwd', 'C:\\\\evil.jar', 'a\u0000b.jar', 'a\tb.jar', '', ' a.jar', `${'x'.repeat(256)}`])(
    'called %j is refused with 400',
    async (name) => {
      const { status, body } = await rawForm(`${part(`name="file"; filename="${name}"`, 'PK')}--b--`);
      expect([status, body.description]).toEqual([400, expect.stringMatching(/^filename: must /)]);
      expect([api.stored(), api.leftovers()]).toEqual([[], []]);
    },
  );

  it('with the longest name is stored', async () => {
    const name = `${'x'.repeat(251)}.jar`;
    expect((await api.upload(aForm(name))).status).toBe(200);
    expect((await api.get(`${api.base}/${name}`)).body.artifact.filename).toBe(name);
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
    expect([status, body.description]).toEqual([400, expect.stringContaining(sentence)]);
    expect([api.stored(), api.leftovers()]).toEqual([[], []]);
  });

  it('leaves the artifact of the same name as it was, whole', async () => {
    await api.upload(aForm('job.jar', 'PK old'));
    await rawForm(`--b\r\nContent-Disposition: form-data; name="file"; filename="job.jar"\r\n\r\nPK half of`);
    expect(readFileSync(join(api.folder, 'job.jar'), 'utf8')).toBe('PK old');
    expect(api.leftovers()).toEqual([]);
  });

  it('that breaks off is 400, and nothing of it stays', async () => {
    const broken = ReadableStream.from(
      (async function* () {
        yield Buffer.from('--b\r\nContent-Disposition: form-data; name="file"; filename="a.jar"\r\n\r\nPK');
        throw await Promise.resolve(new Error('socket hang up'));
      })(),
    );
    const init = { method: 'POST', body: broken, duplex: 'half', headers: { Authorization: 'Bearer t', 'Content-Type': 'multipart/form-data; boundary=b' } };
    const { status, body } = await api.request(`${api.base}:upload`, init as RequestInit);
    expect([status, body.description]).toEqual([400, 'the upload was cut off']);
    expect([api.stored(), api.leftovers()]).toEqual([[], []]);
  });

  it.each([
    ['just above the limit', 100_001],
    ['far above it', 5_000_000],
  ])('%s is 413, which names the other way', async (_, size) => {
    const { status, body } = await api.upload(aForm('big.jar', new Uint8Array(size)));
    expect([status, body.description]).toEqual([
      413,
      `the file is larger than 100000 bytes: POST /drey/v1/namespaces/${api.ns}/artifacts:presign gives an address for larger ones`,
    ]);
    expect([api.stored(), api.leftovers()]).toEqual([[], []]);
  });

  it('at the limit is stored', async () => {
    expect((await api.upload(aForm('big.jar', new Uint8Array(100_000)))).status).toBe(200);
  });

  it('that is no form is 415', async () => {
    const { status, body } = await api.send('POST', `${api.base}:upload`, {});
    expect([status, body.description]).toEqual([415, 'send the file as multipart/form-data, in a part named "file"']);
  });
});

describe('who may upload without authentication', () => {
  it('a request with a token, or with the header that no page can send', async () => {
    expect((await api.upload(aForm('a.jar'), { Authorization: 'Bearer anything' })).status).toBe(200);
    expect((await api.upload(aForm('a.jar'), { 'X-Drey-Upload': '1' })).status).toBe(200);
  });

  it.each([[{}], [{ Authorization: 'Basic dTpw' }]])('not a form of another page, which can have %j', async (headers: Record<string, string>) => {
    const { status, body } = await api.upload(aForm('a.jar'), headers);
    expect([status, body.description]).toEqual([415, 'send the header "X-Drey-Upload: 1" with an upload']);
    expect(api.stored()).toEqual([]);
  });
});
