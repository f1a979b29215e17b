// Uploads through the real HTTP server: what a client sees that sends too much, stops half-way, or sends a lot.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anyFreePort } from '../../app/embedded/free-port.ts';
import { listen, type HttpServer } from '../../app/server.ts';
import { createStorage } from '../../flink/storage/create-storage.ts';
import type { Store } from '../../store/store.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { anApi, openStore } from './an-api.ts';

const MIB = 2 ** 20;
const PATH = '/artifacts/v1/namespaces/default/artifacts:upload';

let store: Store;
let root: string;
let server: HttpServer;
let port: number;
beforeAll(async () => {
  store = await openStore();
  root = temporaryFolder();
  const api = anApi(store, { uploads: createStorage({ blobRoot: root }).uploads, settings: { uploadLimit: 50 * MIB } });
  port = await anyFreePort();
  server = await listen({ host: '127.0.0.1', port }, () => []);
  server.use((request) => api.fetch(request));
});
afterAll(async () => {
  await server.stop();
  await store.close();
});

const folder = (): string => join(root, 'artifacts/namespaces/default');
const aside = (): readonly string[] => (existsSync(join(root, 'artifacts/.uploads')) ? readdirSync(join(root, 'artifacts/.uploads')) : []);

function send(size: number): Promise<Response> {
  const form = new FormData();
  form.append('file', new Blob([Buffer.alloc(size, 'abcdefg')]), 'big.jar');
  return fetch(`${server.url}${PATH}`, { method: 'POST', body: form, headers: { Authorization: 'Bearer t' } });
}

/** The client makes each MiB of the same bytes, so that what is held is the server's. */
function sendInPieces(mebibytes: number, afterEach: () => void): Promise<Response> {
  const piece = Buffer.alloc(MIB, 'abcdefg');
  async function* form(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('--b\r\nContent-Disposition: form-data; name="file"; filename="big.jar"\r\n\r\n');
    for (let i = 0; i < mebibytes; i += 1) {
      yield piece;
      afterEach();
    }
    yield Buffer.from('\r\n--b--\r\n');
  }
  const headers = { Authorization: 'Bearer t', 'Content-Type': 'multipart/form-data; boundary=b' };
  return fetch(`${server.url}${PATH}`, { method: 'POST', body: ReadableStream.from(form()), duplex: 'half', headers });
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heldBytes(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

describe('an upload over HTTP', () => {
  it('of 49 MiB is stored byte by byte, without holding it in memory', async () => {
    const before = heldBytes();
    let most = 0;
    const look = (): void => void (most = Math.max(most, heldBytes() - before));
    const { status } = await sendInPieces(49, look);
    expect(status).toBe(200);
    const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
    expect(hash(readFileSync(join(folder(), 'big.jar')))).toBe(hash(Buffer.concat(Array.from({ length: 49 }, () => Buffer.alloc(MIB, 'abcdefg')))));
    expect(most).toBeLessThan(20 * MIB);
  });

  it('that is too large is answered with 413, which the client can read', async () => {
    const response = await send(60 * MIB);
    expect([response.status, await response.json()]).toMatchObject([
      413,
      { description: expect.stringContaining('larger than 50 MiB: POST /drey/v1/namespaces/default/artifacts:presign') },
    ]);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });

  it('whose client goes away half-way leaves nothing', async () => {
    const socket = connect(port, '127.0.0.1');
    const head = `POST ${PATH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer t\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n`;
    socket.write(`${head}--b\r\nContent-Disposition: form-data; name="file"; filename="half.jar"\r\n\r\nPK half`);
    await expect.poll(aside, { timeout: 10_000 }).toHaveLength(1);
    socket.destroy();
    await expect.poll(aside, { timeout: 10_000 }).toEqual([]);
    expect(readdirSync(folder())).not.toContain('half.jar');
  });
});
