// What the images hold, laid out in a folder that nobody may write to, and run by a user without rights: there is no container engine here.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { anyFreePort } from '../../app/embedded/free-port.ts';
import { prepareServer } from '../../app/release.ts';
import { startPostgres, type TestPostgres } from '../fixtures/postgres.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NOBODY = 65_532;
const TOKEN = `drey_${'a'.repeat(40)}`;
const folder = temporaryFolder();
const image = join(folder, 'drey');
const node = join(folder, 'node');
const namespace = `images-${randomUUID().slice(0, 8)}`;
let postgres: TestPostgres;

beforeAll(async () => {
  execFileSync(process.execPath, [join(ROOT, 'infra/images/assemble.mjs'), folder], { stdio: 'pipe' });
  chmodSync(folder, 0o755);
  copyFileSync(process.execPath, node);
  postgres = await startPostgres();
  const connection = await Connection.connect({ address: inject('temporalAddress') });
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs('1 day') });
  const client = new Client({ connection, namespace });
  await vi.waitFor(() => prepareServer({ client, connection, namespace, hash: 'images' }), { timeout: 20_000, interval: 200 });
  await connection.close();
}, 240_000);
afterAll(() => postgres.stop());

interface Program {
  readonly url: string;
  readonly child: ChildProcess;
  readonly log: () => string;
  /** Exit code of the health check of the images. */
  readonly probe: () => 0 | 1;
}

/** As root another user runs it, as anybody else oneself does; on a read-only mount in any case. */
function confined(program: string): readonly [string, readonly string[]] {
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? `setpriv --reuid ${NOBODY} --regid ${NOBODY} --clear-groups` : '';
  const script = `mount --bind ${image} ${image} && mount -o remount,ro,bind ${image} && cd ${image} && exec ${user} ${node} ${program}`;
  return ['unshare', [...(isRoot ? [] : ['--user', '--map-root-user']), '--mount', 'sh', '-c', script]];
}

async function run(program: string, over: Readonly<Record<string, string>> = {}): Promise<Program> {
  const port = await anyFreePort();
  const home = join(temporaryFolder(), 'tmp');
  mkdirSync(home);
  chmodSync(join(home, '..'), 0o755);
  chmodSync(home, 0o777);
  const environment = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    TMPDIR: home,
    DREY_HOME: join(home, 'drey'),
    DREY_CACHE: join(home, 'cache'),
    PORT: String(port),
    DATABASE_URL: postgres.url,
    DREY_SECRET_KEY: randomBytes(32).toString('base64'),
    DREY_ADMIN_TOKEN: TOKEN,
    DREY_BLOB_ROOT: join(home, 'state'),
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    TEMPORAL_NAMESPACE: namespace,
    ...over,
  };
  const [command, args] = confined(program);
  const child = spawn(command, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
  onTestFinished(() => void child.kill('SIGKILL'));
  return { url: `http://127.0.0.1:${port}`, child, log: () => log, probe: () => probeOf(port) };
}

function probeOf(port: number): 0 | 1 {
  try {
    execFileSync(node, [join(image, 'app/container/probe.mjs'), String(port)]);
    return 0;
  } catch {
    return 1;
  }
}

async function answers({ url, log }: Program, path: string): Promise<void> {
  await vi.waitFor(async () => expect((await fetch(`${url}${path}`)).status, log()).toBe(200), { timeout: 40_000, interval: 200 });
}

async function stopped({ child, log }: Program): Promise<void> {
  const begun = performance.now();
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number];
  expect([code, performance.now() - begun < 20_000], log()).toEqual([0, true]);
}

describe('an image', () => {
  it('holds no tests, no benchmarks, no other processor and no embedded database', () => {
    expect(readdirSync(image).sort()).toEqual(
      [
        'LICENSE',
        'activities',
        'app',
        'bundles',
        'domain',
        'flink',
        'functions',
        'node_modules',
        'package-lock.json',
        'package.json',
        'rds-ca.pem',
        'store',
        'workflows',
      ].sort(),
    );
    expect(readdirSync(join(image, 'node_modules/@temporalio/core-bridge/releases'))).toHaveLength(1);
    expect(readdirSync(join(image, 'node_modules'))).not.toContain('@electric-sql');
    const dockerfile = readFileSync(join(ROOT, 'infra/images/Dockerfile'), 'utf8');
    expect(dockerfile).toMatch(new RegExp(`^USER ${NOBODY}:${NOBODY}$`, 'm'));
    expect(dockerfile).toMatch(/^VOLUME \["\/tmp"\]$/m);
    expect(readFileSync(join(image, 'rds-ca.pem'), 'utf8').match(/BEGIN CERTIFICATE/g)?.length).toBeGreaterThan(50);
    const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8');
    for (const each of ['activities', 'app', 'domain', 'flink', 'functions', 'store', 'workflows', 'infra/images']) expect(ignored).toContain(`!${each}\n`);
  });

  it('of the worker takes work, answers its health check, and drains when it is told to stop', async () => {
    const worker = await run('app/container/worker-main.ts');
    await answers(worker, '/readyz');
    expect(worker.probe()).toBe(0);
    expect(await (await fetch(`${worker.url}/metrics`)).text()).toContain('process_cpu_seconds_total');
    await stopped(worker);
    expect(worker.log()).toContain('draining');
    expect(worker.probe()).toBe(1);
  }, 90_000);

  it.each([
    ['is not there', { TEMPORAL_ADDRESS: '127.0.0.1:1' }, 'TEMPORAL_ADDRESS'],
    ['does not have its namespace', { TEMPORAL_NAMESPACE: 'nobody-made-this' }, 'TEMPORAL_NAMESPACE'],
  ])(
    'of the worker waits for a Temporal that %s, names the setting once, and ends when it is told to',
    async (_, over, setting) => {
      const worker = await run('app/container/worker-main.ts', over);
      const reasons = async (): Promise<string> => fetch(`${worker.url}/readyz`).then(async (response) => `${response.status} ${await response.text()}`);
      const named = new RegExp(`^503 .*Temporal at .*: check ${setting}`);
      await vi.waitFor(async () => expect(await reasons(), worker.log()).toMatch(named), { timeout: 60_000, interval: 200 });
      await stopped(worker);
      expect(worker.log().match(/the worker cannot begin/g)).toHaveLength(1);
    },
    90_000,
  );

  it('of the server serves the API', async () => {
    const server = await run('app/container/server-main.ts');
    await answers(server, '/healthz');
    await answers(server, '/readyz');
    const headers = { authorization: `Bearer ${TOKEN}` };
    const response = await fetch(`${server.url}/namespaces/v1/namespaces`, { headers });
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('namespaces/default')]);
    await stopped(server);
  }, 90_000);

  it('that lacks a setting ends and names it', async () => {
    const [command, args] = confined('app/container/worker-main.ts');
    const child = spawn(command, args, { env: { PATH: process.env['PATH'] ?? '', HOME: '/tmp' }, stdio: ['ignore', 'pipe', 'pipe'] });
    let log = '';
    child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
    expect((await once(child, 'exit'))[0]).toBe(1);
    expect(log).toContain('DATABASE_URL (or DATABASE_URL_FROM) is missing');
  }, 30_000);
});
