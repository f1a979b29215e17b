// Malformed HTTP, byte by byte over a socket to the real server: smuggled requests, oversized and broken headers, paths that no client resolves. One
// answer each, 4xx, and nothing is stored: neither by the request nor by what is hidden in it.
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { anyFreePort } from '../../app/embedded/free-port.ts';
import { listen, type HttpServer } from '../../app/server.ts';
import type { Store } from '../../store/store.ts';
import { aDocument, openStore } from './an-api.ts';
import { aFurnishedApi, quickest, type FurnishedApi } from './malformed/a-furnished-api.ts';
import { rawRequests, type RawRequest } from './malformed/raw-requests.ts';

let store: Store;
let api: FurnishedApi;
let server: HttpServer;
let port: number;
beforeAll(async () => {
  store = await openStore();
  api = await aFurnishedApi(store);
  port = await anyFreePort();
  server = await listen({ host: '127.0.0.1', port }, () => []);
  server.use((request) => api.fetch(request));
});
afterEach(async () => {
  expect([api.woken.splice(0), api.logged.splice(0)]).toEqual([[], []]);
  await api.unchanged();
});
afterAll(async () => {
  await server.stop();
  await store.close();
});

/** All that comes back until the server closes, or has answered and the client does. */
function exchange(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    const end = (): void => resolve(answer);
    socket.on('data', (data) => {
      answer += data.toString('latin1');
      // Half closed: what was sent is all there is, so a second answer would come before the end.
      socket.end();
    });
    socket.on('close', end);
    // A server that has said enough does not read the rest.
    socket.on('error', end);
    socket.write(Buffer.from(bytes));
  });
}

const statusesIn = (answer: string): readonly number[] => [...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, code]) => Number(code));

/** The table needs the namespace, whose name is known before there is one: the first of its process. */
const TARGET = { path: '/api/v1/namespaces/ns-1/deployments', document: JSON.stringify(aDocument({ metadata: { name: 'free' } })) };

async function answered({ bytes, status }: RawRequest): Promise<void> {
  const { answer, tookMs } = await quickest(() => exchange(bytes));
  expect(tookMs).toBeLessThan(1000);
  const [first = 0, ...more] = statusesIn(answer);
  expect(status).toContain(first);
  // The rest of what was sent is at most no HTTP: never a request of its own.
  expect(more.filter((code) => code !== 400)).toEqual([]);
  expect(answer).not.toMatch(/^X-Injected/im);
}

describe('the server', () => {
  it('takes the request that all of these were made of', async () => {
    expect(TARGET.path).toBe(`${api.N}/deployments`);
    const sound = `GET ${TARGET.path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
    expect(statusesIn(await exchange(sound))).toEqual([200]);
  });

  it.each(rawRequests(TARGET))('refuses $what', answered);

  it('still answers', async () => {
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });
});
