// Finds ports that nobody listens on. A free port may be taken a moment later: who binds it must be ready for that.
import { createServer } from 'node:net';

/** True when this process could listen on it right now. */
export function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Some free port, chosen by the system. */
export function anyFreePort(host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: 0, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}

/** The first of `wished` that is free, else any. */
export async function choosePort(wished: readonly number[]): Promise<number> {
  for (const port of wished) if (await isFree(port)) return port;
  return await anyFreePort();
}

/** The next free port after `port`, to offer instead of one that is taken. */
export async function nextFreePort(port: number, host: string): Promise<number> {
  for (let next = port + 1; next < Math.min(port + 50, 65_536); next += 1) if (await isFree(next, host)) return next;
  return await anyFreePort(host);
}
