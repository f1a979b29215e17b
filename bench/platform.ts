// A platform of its own for one benchmark: `npm start` with an empty data folder, stopped and removed afterwards.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Platform {
  readonly url: string;
  readonly home: string;
  /** REST address of the one session cluster. */
  sessionClusterUrl(): Promise<string>;
  /** The jar drey fetched for this Job. */
  jarOf(jobId: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startPlatform(print: (line: string) => void): Promise<Platform> {
  const home = await mkdtemp(join(tmpdir(), 'drey-bench-'));
  const port = await freePort();
  const args = ['app/start.mjs', '--port', String(port), '--home', home, '--example', '0'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      print(`  ${line}`);
      if (line.startsWith('ready ')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`the platform ended with code ${String(code)} before it was ready`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    home,
    sessionClusterUrl: () => sessionClusterUrl(home),
    jarOf: (jobId) => jarOf(home, jobId),
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function sessionClusterUrl(home: string): Promise<string> {
  const sessions = join(home, 'clusters', 'sessions');
  const [id = ''] = await readdir(sessions);
  const [incarnation = ''] = await readdir(join(sessions, id));
  const { url } = JSON.parse(await readFile(join(sessions, id, incarnation, 'start'), 'utf8')) as { url: string };
  return url;
}

async function jarOf(home: string, jobId: string): Promise<string> {
  const folder = join(home, 'artifacts', jobId);
  const jar = (await readdir(folder)).find((name) => name.endsWith('.jar'));
  if (jar === undefined) throw new Error(`no jar in ${folder}`);
  return join(folder, jar);
}
