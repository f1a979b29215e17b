// The HTTP server: takes its port first thing, answers "starting" until the app is there, ends gracefully. Knows no route.
import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import { nextFreePort } from './embedded/free-port.ts';
import { StartProblem } from './start-problem.ts';

export type Fetch = (request: Request) => Response | Promise<Response>;

export interface HttpServer {
  readonly url: string;
  /** From now on requests go to this app. */
  use(fetch: Fetch): void;
  /** Takes no more requests, lets open ones finish for a moment. */
  stop(): Promise<void>;
}

const PATIENCE_MS = 1000;

/** Before the platform is there: alive, but not ready. */
function starting(reasons: () => readonly string[]): Fetch {
  return (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === '/healthz') return new Response('ok\n', { headers: { 'content-type': 'text/plain' } });
    return Response.json({ ready: false, reasons: reasons(), message: 'drey is starting' }, { status: 503, headers: { 'retry-after': '2' } });
  };
}

async function explain(error: NodeJS.ErrnoException, { host, port }: Address): Promise<Error> {
  if (error.code === 'EADDRINUSE') {
    const free = await nextFreePort(port, host);
    return new StartProblem(`Port ${port} is in use by another program: stop that one, or start drey with \`npm start -- --port ${free}\`.`);
  }
  if (error.code === 'EACCES')
    return new StartProblem(`Port ${port} may not be used by this user: choose one above 1023, for example \`npm start -- --port 8080\`.`);
  if (error.code === 'EADDRNOTAVAIL') return new StartProblem(`HOST ${host} is no address of this machine: use 127.0.0.1.`);
  return error;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), PATIENCE_MS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** Binds the address at once, so that a port in use is noticed before anything heavy is done. Throws a StartProblem. */
export async function listen(address: Address, reasons: () => readonly string[]): Promise<HttpServer> {
  let current = starting(reasons);
  const server = await new Promise<Server>((resolve, reject) => {
    const made = serve({
      // Without a version of HTTP in its first line a request has no headers either, by the book.
      fetch: (request, { incoming }) => (incoming.httpVersionMajor < 1 ? new Response(null, { status: 400 }) : current(request)),
      hostname: address.host,
      port: address.port,
      // A large artifact on a slow line takes its time.
      serverOptions: { requestTimeout: 900_000, headersTimeout: 15_000, keepAliveTimeout: 5000 },
    }) as Server;
    made.once('listening', () => resolve(made));
    made.once('error', (error) => void explain(error, address).then(reject));
  });
  const name = address.host.includes(':') ? `[${address.host}]` : address.host;
  return {
    url: `http://${name}:${address.port}`,
    use(fetch) {
      current = fetch;
    },
    stop: () => close(server),
  };
}
