// A way to a database that can fall silent: connections stay, and nothing goes through them any more, as when the machine at the other end is gone.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface DatabaseBetween {
  readonly url: string;
  silence(): void;
  /** For new connections; those that fell silent stay so. */
  speak(): void;
  close(): Promise<void>;
}

export async function aDatabaseBetween(behind: URL): Promise<DatabaseBetween> {
  let isSilent = false;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    sockets.add(near.on('error', () => undefined));
    if (isSilent) return;
    const far = connect(Number(behind.port), behind.hostname).on('error', () => undefined);
    sockets.add(far);
    near.pipe(far).pipe(near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(behind);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    silence() {
      isSilent = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
    speak() {
      isSilent = false;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
