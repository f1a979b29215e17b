// The platform under attack: one process for API and worker, killed with kill -9 and started again on the same data. Its Temporal server and
// its Flink are processes of their own, which it finds again; only `end` touches them.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

export interface MortalPlatform {
  readonly url: string;
  readonly home: string;
  /** Returns when it says that it is ready. */
  start(): Promise<void>;
  /** kill -9; returns when it is dead. */
  kill(): Promise<void>;
  /** Kills whatever belongs to its folder, and removes that. */
  end(): Promise<void>;
}

export interface PlatformSetUp {
  readonly databaseUrl: string;
  /** Whether Flink runs on this machine. */
  readonly localTargets: boolean;
}

const run = promisify(execFile);

export async function createMortalPlatform({ databaseUrl, localTargets }: PlatformSetUp): Promise<MortalPlatform> {
  const home = await mkdtemp(join(tmpdir(), 'drey-chaos-'));
  const port = await freePort();
  const env = { ...withoutTemporal(process.env), DATABASE_URL: databaseUrl, DREY_SECRET_KEY: randomBytes(32).toString('hex') };
  const args = ['app/main.ts', '--port', String(port), '--home', home, '--example', '0', '--local-targets', localTargets ? '1' : '0'];
  let child: ChildProcess | undefined;
  let over = false;
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    home,
    kill,
    async start() {
      if (over) throw new Error('the benchmark is over');
      // The channel tells it when we are gone, however we ended.
      child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
      await saysReady(child);
    },
    async end() {
      over = true;
      await kill();
      await killAllOf(home);
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** The benchmark has a Temporal server of its own, never the one somebody uses. */
function withoutTemporal(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}

async function saysReady(child: ChildProcess): Promise<void> {
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => line.startsWith('ready ') && resolve());
    child.once('exit', (code) => reject(new Error(`the platform ended with code ${String(code)} before it was ready`)));
  });
}

/** Temporal and Flink carry the folder's name on their command lines; nobody else does. */
async function killAllOf(home: string): Promise<void> {
  const { stdout } = await run('pgrep', ['-f', home]).catch(() => ({ stdout: '' }));
  for (const pid of stdout.split('\n').filter((line) => line !== '')) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // it has ended by itself
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
