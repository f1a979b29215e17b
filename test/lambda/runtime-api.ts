// Lambda's Runtime API for one container, and the container: a process that runs a built handler. Knows nothing of what it runs.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

export interface ContainerOrder {
  /** A module of the bundle. */
  readonly file: string;
  /** The name of its handler. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Milliseconds of an invocation; the function's timeout. */
  readonly limitMs?: number;
}

export interface TestContainer {
  readonly process: ChildProcess;
  /** Everything it wrote. */
  log(): string;
  /** What the handler returned, and what a stream wrote; rejects with what it threw. */
  invoke(event: unknown): Promise<string>;
  stop(): Promise<void>;
}

interface Invocation {
  readonly id: string;
  readonly event: unknown;
  readonly resolve: (text: string) => void;
  readonly reject: (error: Error) => void;
}

const USUAL_LIMIT_MS = 30_000;

export async function startContainer({ file, handler, environment, limitMs = USUAL_LIMIT_MS }: ContainerOrder): Promise<TestContainer> {
  const queue: Invocation[] = [];
  const open = new Map<string, Invocation>();
  let waiting: ServerResponse | undefined;
  let count = 0;
  const hand = (): void => {
    const next = queue[0];
    if (next === undefined || waiting === undefined) return;
    queue.shift();
    open.set(next.id, next);
    const headers = { 'lambda-runtime-aws-request-id': next.id, 'lambda-runtime-deadline-ms': String(Date.now() + limitMs) };
    waiting.writeHead(200, headers).end(JSON.stringify(next.event));
    waiting = undefined;
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? '';
    if (path.endsWith('/invocation/next')) {
      waiting = response;
      return hand();
    }
    const text = await textOf(request);
    response.writeHead(202).end();
    const [, id = '', what] = /\/invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    const invocation = open.get(id);
    open.delete(id);
    if (what === 'response') invocation?.resolve(text);
    else invocation?.reject(new Error(text));
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const child = spawn(process.execPath, [fileURLToPath(new URL('./bootstrap.mjs', import.meta.url))], {
    env: { PATH: process.env['PATH'] ?? '', ...environment, AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`, _HANDLER: `${file}#${handler}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
  child.on('exit', (code) => {
    for (const each of [...open.values(), ...queue]) each.reject(new Error(`the container ended with ${code}: ${log}`));
  });
  return {
    process: child,
    log: () => log,
    invoke: (event) =>
      new Promise<string>((resolve, reject) => {
        queue.push({ id: `request-${(count += 1)}`, event, resolve, reject });
        hand();
      }),
    async stop() {
      child.kill('SIGKILL');
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
