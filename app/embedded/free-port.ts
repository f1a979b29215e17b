// Finds ports that nobody listens on. A free port may be taken a moment later: who binds it must be ready for that.
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** True when this process could listen on it right now. */
export function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** True as soon as it is free, false when it is not within so many milliseconds. */
export async function becomesFree(port: number, withinMs: number): Promise<boolean> {
  for (const until = performance.now() + withinMs; !(await isFree(port)); await wait(50)) if (performance.now() > until) return false;
  return true;
}

/**
 * Below the range from which systems give out ports to connections: a server that is started again finds its port free, and not in use by a
 * client that tries to reach it. Beside the ports of local Flink clusters.
 */
const LOWEST = 10_000;
const HIGHEST = 20_000;
const TRIES = 200;

/** Some free port. */
export async function anyFreePort(host = '127.0.0.1'): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(port, host)) return port;
  }
  throw new Error(`no free port between ${LOWEST} and ${HIGHEST} on ${host}`);
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
