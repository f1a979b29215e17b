// The proxied Flink UI of one Job: an allow-list of GET paths, bound to that Job, in a sandbox (design.md §9).
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toFlinkJobId } from '../../domain/ids.ts';
import type { FlinkJobId } from '../../domain/ids.ts';
import { flinkUiPath } from '../../functions/flink-ui-paths.ts';
import type { Store } from '../../store/store.ts';
import { aDocument, aJobOf, anApi, openStore } from './an-api.ts';
import type { Api } from './an-api.ts';

const OTHER = 'f'.repeat(32);
let store: Store;
let api: Api;
let N: string;
let base: string;
let id: FlinkJobId;
let flink: Server;
const asked: IncomingMessage[] = [];

const answers: Readonly<Record<string, readonly [string, string]>> = {
  '/': ['text/html', '<html></html>'],
  '/main.1a2b.js': ['application/octet-stream', 'let a;'],
  '/jobmanager/log': ['text/html', '<script>alert(1)</script>'],
  '/taskmanagers/127.0.0.1:41-abc/logs/flink.log': ['application/octet-stream', 'line'],
  '/overview': ['text/html', '{"taskmanagers":1}'],
  '/jobmanager/config': ['application/json', '[{"key":"fs.token","value":"canary-1"}]'],
  '/jobmanager/environment': ['application/json', '{"jvm":{"options":["-Dtoken=canary-1"]}}'],
  '/jobmanager/stdout': ['text/plain', `${'x'.repeat(99_997)}canary-1${'y'.repeat(99_999)}canary-1`],
};

beforeAll(async () => {
  flink = createServer((request, response) => {
    asked.push(request);
    const path = (request.url ?? '').split('?')[0] ?? '';
    if (path === '/jobs/overview')
      return response.end(
        JSON.stringify({
          jobs: [
            { jid: OTHER, name: 'theirs' },
            { jid: id, name: 'ours' },
          ],
        }),
      );
    if (path === '/config')
      return response.end(JSON.stringify({ 'flink-version': '1.20.0', features: { 'web-submit': true, 'web-cancel': true, 'web-history': false } }));
    if (path === '/taskmanagers') return response.writeHead(302, { Location: 'http://169.254.169.254/' }).end();
    if (path === `/jobs/${id}/exceptions`) return response.writeHead(404, { 'Content-Type': 'text/html' }).end('{"errors":["<b>canary-1"]}');
    const [type, text] = answers[path] ?? ['application/json', '{}'];
    return response.writeHead(200, { 'Content-Type': type, 'Set-Cookie': 'a=b', 'Access-Control-Allow-Origin': '*' }).end(text);
  });
  await new Promise<void>((done) => flink.listen(0, '127.0.0.1', done));
  store = await openStore();
  api = anApi(store, { endpoint: `http://127.0.0.1:${(flink.address() as AddressInfo).port}/` });
  N = await api.namespace();
  const uses = { template: { spec: { ...aDocument().spec.template.spec, flinkConfiguration: { 'fs.token': '${TOKEN}' } } } };
  await api.send('POST', `${N}/secret-values`, { metadata: { name: 'TOKEN' }, spec: { kind: 'Plain', value: 'canary-1' } });
  const { body } = await api.send('POST', `${N}/deployments`, aDocument({ spec: uses }));
  const job = await aJobOf(store, body.metadata.id);
  id = toFlinkJobId(job.id);
  base = `/flinkui/v1/namespaces/${N.split('/').at(-1)}/jobs/${job.id}`;
});
afterAll(async () => {
  flink.close();
  await store.close();
});

const JOB = 'a'.repeat(32) as FlinkJobId;

describe('the allow-list', () => {
  it.each([
    ['/', 'page'],
    ['/index.html', 'page'],
    ['/main.ce8fab773e7158c7.js', 'page'],
    ['/styles.3af398bef587fbd6.css', 'page'],
    ['/assets/favicon/favicon-32x32.png', 'page'],
    ['/assets/vs/basic-languages/java/java.js', 'page'],
    ['/config', 'config'],
    ['/overview', 'data'],
    ['/jobs/overview', 'jobs'],
    [`/jobs/${JOB}`, 'data'],
    [`/jobs/${JOB}/exceptions`, 'data'],
    [`/jobs/${JOB}/checkpoints/details/7/subtasks/bc764cd8ddf7a0cff126f51c16239658`, 'data'],
    [`/jobs/${JOB}/vertices/bc764cd8ddf7a0cff126f51c16239658/subtasks/metrics`, 'data'],
    [`/jobs/${JOB}/vertices/bc764cd8ddf7a0cff126f51c16239658/backpressure`, 'data'],
    [`/jobs/${JOB}/jobmanager/config`, 'data'],
    ['/taskmanagers', 'data'],
    ['/taskmanagers/127.0.0.1:41235-1f2e3d', 'data'],
    ['/taskmanagers/127.0.0.1%3A41235-1f2e3d/metrics', 'data'],
    ['/taskmanagers/tm-1/logs', 'data'],
    ['/taskmanagers/tm-1/logs/flink-tm.log', 'log'],
    ['/taskmanagers/tm-1/stdout', 'log'],
    ['/jobmanager/metrics', 'data'],
    ['/jobmanager/log', 'log'],
    ['/jobmanager/logs/jobmanager.log.1', 'log'],
  ])('has %s as %s', (path, kind) => {
    expect(flinkUiPath(path, JOB)?.kind).toBe(kind);
  });

  it.each([
    `/jobs/${JOB}/yarn-cancel`,
    `/jobs/${JOB}/yarn-stop`,
    `/jobs/${JOB}/stop`,
    `/jobs/${JOB}/savepoints`,
    `/jobs/${JOB}/savepoints/abc`,
    `/jobs/${JOB}/rescaling`,
    `/jobs/${JOB}/vertices/v/flamegraph`,
    `/jobs/${JOB}/`,
    `/jobs/${OTHER}`,
    `/jobs/${OTHER}/exceptions`,
    `/jobs/${JOB}%2Fyarn-cancel`,
    `/jobs/${JOB}/x/../yarn-cancel`,
    `/jobs/${JOB}/%2e%2e/${OTHER}`,
    `/jobs/${JOB}/..%2F${OTHER}`,
    `/jobs/${JOB}/%252e%252e/${OTHER}`,
    `/jobs/${JOB}/exceptions%3Fa`,
    `/jobs/${JOB}\\yarn-cancel`,
    `//jobs/${JOB}`,
    '/jobs',
    '/jars',
    '/jars/',
    '/jars/a.jar/plan',
    '/jars/a.jar/run',
    '/jars/a.js',
    '/jobmanager/thread-dump',
    '/jobmanager/profiler',
    '/taskmanagers/tm-1/thread-dump',
    '/taskmanagers/tm-1/profiler',
    '/taskmanagers/../jars',
    '/taskmanagers/%2e%2e/jars',
    '/jobmanager/logs/..%2f..%2fetc%2fpasswd',
    '/jobmanager/logs/..',
    '/datasets',
    '/datasets/abc',
    '/cluster',
    '/application/abc/cancel',
    '/savepoint-disposal/abc',
    '/assets/../jars/x.js',
    '/%00',
    '/%E0%A4%A',
    'index.html',
    '',
  ])('does not have %s', (path) => {
    expect(flinkUiPath(path, JOB)).toBeUndefined();
  });
});

describe('secret values', () => {
  it.each(['/jobmanager/config', '/jobmanager/environment', '/jobmanager/stdout', '/jobs/:id/exceptions'])('are shown nowhere on %s', async (path) => {
    const { text } = await api.get(`${base}${path.replace(':id', id)}`);
    expect(text).not.toContain('canary-1');
    expect(text).toContain('******');
  });

  it('leave the rest of a long text as it was', async () => {
    const { text } = await api.get(`${base}/jobmanager/stdout`);
    expect(text === `${'x'.repeat(99_997)}******${'y'.repeat(99_999)}******`).toBe(true);
  });
});

describe('the proxy', () => {
  it('sends to the page with a slash at its end', async () => {
    const { status, headers } = await api.get(base);
    expect([status, headers.get('location')]).toEqual([308, `${base}/`]);
  });

  it('shows the page in a sandbox, without what Flink would allow others', async () => {
    const { status, headers, text } = await api.get(`${base}/`);
    expect([status, text]).toEqual([200, '<html></html>']);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "sandbox allow-scripts allow-popups allow-downloads; default-src http://localhost:8080 data: blob: 'unsafe-inline' 'unsafe-eval'; form-action 'none'; frame-ancestors 'self'",
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    expect([headers.get('set-cookie'), headers.get('access-control-allow-origin')]).toEqual([null, null]);
  });

  it('lets only the sandboxed page itself read across origins, and only here', async () => {
    const { status, headers } = await api.get(`${base}/overview`, { Origin: 'null' });
    expect([status, headers.get('access-control-allow-origin'), headers.get('access-control-allow-credentials')]).toEqual([200, 'null', 'true']);
    expect((await api.get(`${N}/deployments`, { Origin: 'null' })).status).toBe(403);
    expect((await api.get(`${base}/overview`, { Origin: 'http://evil.example.com' })).status).toBe(403);
    expect((await api.request(`${base}/overview`, { method: 'POST', headers: { Origin: 'null' } })).status).toBe(403);
  });

  it('forwards path and query, and neither credentials nor cookies', async () => {
    asked.length = 0;
    await api.get(`${base}/jobs/${id}/vertices/abc/metrics?get=numRecordsIn%2CnumRecordsOut`, {
      Authorization: 'Bearer secret',
      Cookie: 'session=secret',
      'X-Forwarded-For': 'me',
    });
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([`GET /jobs/${id}/vertices/abc/metrics?get=numRecordsIn%2CnumRecordsOut`]);
    expect(JSON.stringify(asked[0]?.headers)).not.toContain('secret');
    expect(asked[0]?.headers['x-forwarded-for']).toBeUndefined();
  });

  it('says itself what a file is: scripts are scripts, logs and errors are text, data is JSON', async () => {
    const type = async (path: string): Promise<string | null> => (await api.request(`${base}${path}`, { method: 'HEAD' })).headers.get('content-type');
    expect(await type('/main.1a2b.js')).toBe('text/javascript; charset=utf-8');
    expect(await type('/jobmanager/log')).toBe('text/plain; charset=utf-8');
    expect(await type('/taskmanagers/127.0.0.1:41-abc/logs/flink.log')).toBe('text/plain; charset=utf-8');
    expect(await type('/overview')).toBe('application/json');
    expect(await type(`/jobs/${id}/exceptions`)).toBe('text/plain; charset=utf-8');
  });

  it('shows no job but this one, and no buttons', async () => {
    expect((await api.get(`${base}/jobs/overview`)).body).toEqual({ jobs: [{ jid: id, name: 'ours' }] });
    const { body } = await api.get(`${base}/config`);
    expect(body).toEqual({ 'flink-version': '1.20.0', features: { 'web-submit': false, 'web-cancel': false, 'web-rescale': false, 'web-history': false } });
  });

  it('asks Flink nothing that is not allowed', async () => {
    asked.length = 0;
    const paths = [
      '/jars/x/plan',
      `/jobs/${id}/yarn-cancel`,
      `/jobs/${OTHER}`,
      `/jobs/${id}%2Fyarn-cancel`,
      '/jobmanager/thread-dump',
      '/%2e%2e/%2e%2e/jars',
      `/jobs/${id}/%252e%252e/x`,
    ];
    for (const path of paths) expect((await api.get(`${base}${path}`)).status).toBe(404);
    expect(asked).toEqual([]);
  });

  it('follows no redirect', async () => {
    const { status, body } = await api.get(`${base}/taskmanagers`);
    expect([status, body.message]).toEqual([502, 'Flink answered with status 302']);
  });

  it('answers 404 for a Job nobody knows or of another namespace, 503 and 502 when its cluster does not answer', async () => {
    const other = await api.namespace();
    const foreign = base.replace(N.split('/').at(-1) ?? '', other.split('/').at(-1) ?? '');
    expect((await api.get(`${foreign}/`)).status).toBe(404);
    expect((await api.get(`/flinkui/v1/namespaces/default/jobs/abc/`)).status).toBe(404);
    const unknown = anApi(store);
    expect((await unknown.get(`${base}/`)).status).toBe(503);
    const dead = anApi(store, { endpoint: 'http://127.0.0.1:1' });
    const { status, body } = await dead.get(`${base}/`);
    expect([status, body.message]).toEqual([502, 'the Flink cluster of this Job does not answer']);
  });
});
