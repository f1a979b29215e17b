// No page of a stranger can read or drive an API without authentication (design.md §9).
import { describe, expect, it } from 'vitest';
import { errorSchema } from '../../domain/system.schema.ts';
import type { Store } from '../../store/store.ts';
import { aDocument, anApi, withApi } from './an-api.ts';
import type { Api } from './an-api.ts';

let store: Store;
let api: Api;
let N: string;
withApi((own) => ({ store, api, N } = own), { settings: { allowedHosts: ['drey.example.com', 'proxy.example.com:8443'] } });

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

describe('the Host header', () => {
  it.each([
    'localhost',
    'localhost:8080',
    'LOCALHOST:1',
    '127.0.0.1:8080',
    '[::1]:8080',
    'drey.example.com',
    'drey.example.com:9000',
    'proxy.example.com:8443',
  ])('%s is ours', async (host) => {
    expect((await api.get('/healthz', { Host: host })).status).toBe(200);
  });

  it.each([
    'evil.example.com',
    'localhost.evil.example.com',
    '127.0.0.1.nip.io',
    'proxy.example.com',
    '10.0.0.1:8080',
    'localhost@evil.example.com',
    '',
    '0.0.0.0:8080',
  ])('"%s" is refused with 403', async (host) => {
    const { status, body } = await api.get(`${N}/deployments`, { Host: host });
    expect([status, body.error]).toEqual([403, 'Forbidden']);
  });

  it('is looked at for every method and every path', async () => {
    for (const method of METHODS) {
      const paths = [`${N}/deployments`, '/drey/v1/reconcile', '/metrics', '/swagger', '/nowhere', '/flinkui/v1/namespaces/a/jobs/b/'];
      for (const path of paths) expect((await api.request(path, { method, headers: { Host: 'evil.example.com' } })).status).toBe(403);
    }
    expect(api.woken).toEqual([]);
  });

  it('is the one of the address where it is missing', async () => {
    expect((await api.get('http://evil.example.com/healthz')).status).toBe(403);
  });
});

describe('the Origin header', () => {
  const from = (origin: string, method = 'GET', host = 'localhost:8080') => api.request('/healthz', { method, headers: { Origin: origin, Host: host } });

  it.each([
    ['http://localhost:8080', 'localhost:8080'],
    ['http://127.0.0.1:8080', '127.0.0.1:8080'],
    ['http://[::1]:8080', '[::1]:8080'],
    ['http://localhost', 'localhost:80'],
    ['https://drey.example.com', 'drey.example.com'],
    ['https://drey.example.com', 'localhost:8080'],
  ])('%s is ours at %s', async (origin, host) => {
    expect((await from(origin, 'GET', host)).status).toBe(200);
  });

  it.each([
    'http://evil.example.com',
    'http://localhost:3000',
    'http://localhost.evil.example.com:8080',
    'null',
    'file://',
    'chrome-extension://abc',
    'nonsense',
  ])('%s is refused with 403 on every method', async (origin) => {
    for (const method of METHODS) expect((await from(origin, method)).status).toBe(403);
  });

  it('never gets a CORS header', async () => {
    const { headers } = await api.get('/healthz', { Origin: 'http://localhost:8080' });
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('what a form of another page can send', () => {
  const multipart = { method: 'POST', body: '--x--', headers: { 'Content-Type': 'multipart/form-data; boundary=x' } };

  it.each(['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x', 'TEXT/PLAIN; charset=utf-8'])(
    '%s is refused with 415',
    async (type) => {
      for (const path of [`${N}/deployments`, '/drey/v1/reconcile', `${N}/savepoints`]) {
        const { status } = await api.request(path, { method: 'POST', body: JSON.stringify(aDocument()), headers: { 'Content-Type': type } });
        expect(status).toBe(415);
      }
      expect(api.woken).toEqual([]);
    },
  );

  it('is told which header an upload needs, and is no body of a resource even with it', async () => {
    const without = await api.request(`${N}/deployments`, multipart);
    expect(without.body.message).toBe('send the header "X-Drey-Upload: 1" with an upload');
    const withHeader = await api.request(`${N}/deployments`, { ...multipart, headers: { ...multipart.headers, 'X-Drey-Upload': '1' } });
    expect(withHeader.body.message).toContain('multipart/form-data is not accepted here');
  });
});

describe('headers of answers', () => {
  it.each([
    ['an answer', '/healthz'],
    ['an error', '/nowhere'],
    ['a list', '/api/v1/namespaces/default/deployments'],
  ])('%s may not be sniffed, framed, cached, or named to others', async (_, path) => {
    const { headers } = await api.get(path);
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-frame-options': 'DENY',
      'cross-origin-resource-policy': 'same-origin',
    });
  });

  it('are on refusals, too', async () => {
    const { headers } = await api.get('/healthz', { Host: 'evil.example.com' });
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('an error that nobody foresaw', () => {
  it('is 500 without its cause, which is logged', async () => {
    const broken = anApi({
      ...store,
      get read() {
        return store.read;
      },
      namespaces: { ...store.namespaces, find: () => Promise.reject(new Error('password=secret')) },
    });
    // No contract has a 500: this one is not held against it.
    const answer = await broken.fetch(new Request(`http://localhost:8080${N}/deployments`));
    const text = await answer.text();
    const body = errorSchema.parse(JSON.parse(text));
    expect([answer.status, body.error, body.path]).toEqual([500, 'Internal Server Error', `${N}/deployments`]);
    expect(text).not.toContain('secret');
    expect(broken.logged).toEqual([{ err: expect.objectContaining({ message: 'password=secret' }), path: `${N}/deployments` }]);
  });
});

describe('paths and methods', () => {
  it('answers 404 for a path nobody knows', async () => {
    const { status, body } = await api.get('/api/v2/anything');
    expect([status, body.message, body.path]).toEqual([404, 'there is no /api/v2/anything', '/api/v2/anything']);
  });

  it.each([
    ['POST', '/healthz', 'GET, HEAD'],
    ['DELETE', '/api/v1/namespaces/default/deployments', 'GET, HEAD, POST'],
    ['POST', '/api/v1/namespaces/default/deployments/a', 'GET, HEAD, PUT, PATCH, DELETE'],
    ['GET', '/drey/v1/reconcile', 'POST'],
    ['POST', '/metrics', 'GET, HEAD'],
    ['PUT', '/api/v1/namespaces/default/jobs/a', 'GET, HEAD'],
    ['POST', '/flinkui/v1/namespaces/default/jobs/a/jars/upload', 'GET, HEAD'],
    ['OPTIONS', '/api/v1/namespaces/default/events', 'GET, HEAD'],
  ])('answers 405 with Allow for %s %s', async (method, path, allow) => {
    const { status, headers, body } = await api.request(path, { method });
    expect([status, headers.get('allow'), body.error]).toEqual([405, allow, 'Method Not Allowed']);
  });
});
