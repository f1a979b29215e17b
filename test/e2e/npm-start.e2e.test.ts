// What the README promises of `npm start`: the example runs, Ctrl-C leaves nothing behind, the next start resumes, and after kill -9
// the same Flink job goes on.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Doc, newest, runningJob } from '../fixtures/a-platform.ts';
import { createDatabase } from '../fixtures/postgres.ts';

const EXAMPLE = 'top-speed-windowing-example';
const ROOT = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

describe('npm start', () => {
  let home: string;
  let port: number;
  /** With DATABASE_URL, a database of its own on that server. */
  let database: Readonly<Record<string, string>> = {};
  let platform: ChildProcess;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'drey-start-'));
    port = await freePort();
    const { DATABASE_URL } = process.env;
    if (DATABASE_URL !== undefined) database = { DATABASE_URL: await createDatabase(DATABASE_URL), DREY_SECRET_KEY: randomBytes(32).toString('hex') };
  });
  afterAll(async () => {
    platform.kill('SIGKILL');
    for (const pid of await processes()) process.kill(pid, 'SIGKILL');
    await rm(home, { recursive: true, force: true });
  });

  /** Starts as a user does and waits for `line` on its output. */
  const start = async (line: RegExp): Promise<void> => {
    const args = ['app/start.mjs', '--home', home, '--port', String(port), '--cache', inject('dreyCache')];
    platform = spawn(process.execPath, args, { cwd: ROOT, env: { ...process.env, ...database }, stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: platform.stdout ?? process.stdin });
    await new Promise<void>((resolve, reject) => {
      lines.on('line', (text) => {
        if (line.test(text)) resolve();
      });
      platform.once('exit', (code) => reject(new Error(`ended with code ${String(code)}`)));
    });
  };
  const get = async (path: string): Promise<Doc> => (await (await fetch(`http://127.0.0.1:${port}/api/v1/namespaces/default/${path}`)).json()) as Doc;
  const until = async (path: string, wanted: (doc: Doc) => boolean): Promise<Doc> => {
    const end = performance.now() + 90_000;
    for (;;) {
      const doc = await get(path);
      if (wanted(doc)) return doc;
      if (performance.now() > end) throw new Error(`${path} is ${JSON.stringify(doc.status)}`);
      await wait(100);
    }
  };
  /** Every process that names the data folder on its command line: Flink, Temporal, Node. */
  const processes = async (): Promise<readonly number[]> => {
    const { stdout } = await run('pgrep', ['-f', home]).catch(() => ({ stdout: '' }));
    return stdout
      .split('\n')
      .filter((pid) => pid !== '')
      .map(Number);
  };
  const running = ({ status }: Doc): boolean => status.state === 'RUNNING';
  const jobManagers = async (): Promise<number> => {
    const { stdout } = await run('pgrep', ['-f', `/jobmanager -Dlog.file=${home}`]).catch(() => ({ stdout: '' }));
    return stdout.split('\n').filter((pid) => pid !== '').length;
  };

  it('brings the example to run, and after Ctrl-C no process of it is left', async () => {
    await start(/^running top-speed-windowing-example/);
    expect((await get(`deployments/${EXAMPLE}`)).status.state).toBe('RUNNING');
    platform.kill('SIGINT');
    const [code] = await once(platform, 'exit');
    expect(code).toBe(0);
    expect(await processes()).toEqual([]);
  });

  it('resumes the job from its newest state at the next start', async () => {
    await start(/^ready /);
    const deployment = await until(`deployments/${EXAMPLE}`, running);
    const { items } = await get(`jobs?deploymentId=${deployment.metadata.id}`);
    const [resumed, parked] = items as [Doc, Doc];
    const savepoint = newest((await get(`savepoints?deploymentId=${deployment.metadata.id}`)).items);
    expect(parked.status.state).toBe('TERMINATED');
    expect(parked.status.failure.reason).toBe('PLATFORM_STOPPED');
    expect(resumed.spec.savepointLocation).toBe(savepoint.spec.savepointLocation);
  });

  it('finds the same Flink job again after kill -9 of the platform, and starts no second one', async () => {
    const before = await until(`deployments/${EXAMPLE}`, running);
    const { stdout } = await run('pgrep', ['-f', `app/main.ts.*${home}`]);
    for (const pid of stdout.split('\n').filter((line) => line !== '')) process.kill(Number(pid), 'SIGKILL');
    await once(platform, 'exit');
    expect(await jobManagers()).toBe(1);
    await start(/^ready /);
    const after = await until(`deployments/${EXAMPLE}`, running);
    expect(runningJob(after)).toBe(runningJob(before));
    expect(await jobManagers()).toBe(1);
    await fetch(`http://127.0.0.1:${port}/api/v1/namespaces/default/deployments/${EXAMPLE}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ spec: { state: 'SUSPENDED' } }),
    });
    await until(`deployments/${EXAMPLE}`, ({ status }) => status.state === 'SUSPENDED');
    expect(await jobManagers()).toBe(0);
    platform.kill('SIGINT');
    await once(platform, 'exit');
  });
});
