// Chooses ports on 127.0.0.1 for processes to be started. Below the range from which systems give out ports to connections, so that
// a port is not lost to one between the choice and its use; one that was handed out is not handed out again soon.
import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

const LOWEST = 20_000;
const HIGHEST = 32_000;
const REMEMBERED = 1000;
const TRIES = 200;

const recent: number[] = [];

/** `count` different ports on which nobody listens right now. Throws an Error when there are none. */
export async function choosePorts(count: number): Promise<readonly number[]> {
  const held: Server[] = [];
  const ports: number[] = [];
  try {
    for (let tries = 0; ports.length < count; tries += 1) {
      if (tries > TRIES) throw new Error(`no free ports between ${LOWEST} and ${HIGHEST} on 127.0.0.1`);
      const port = randomInt(LOWEST, HIGHEST);
      const server = recent.includes(port) ? undefined : await listen(port);
      if (server === undefined) continue;
      held.push(server);
      ports.push(port);
      recent.push(port);
    }
    recent.splice(0, recent.length - REMEMBERED);
    return ports;
  } finally {
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });
}
