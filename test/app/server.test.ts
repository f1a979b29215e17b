// The HTTP server's life: its port is taken before anything else happens, and given back at the end.
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { anyFreePort } from '../../app/embedded/free-port.ts';
import { listen } from '../../app/server.ts';

const host = '127.0.0.1';

describe('the HTTP server', () => {
  it('is alive but not ready until the app is there', async () => {
    const server = await listen({ host, port: await anyFreePort() }, () => ['store is starting']);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    const early = await fetch(`${server.url}/readyz`);
    expect([early.status, await early.json()]).toEqual([503, { ready: false, reasons: ['store is starting'], message: 'drey is starting' }]);
    server.use(() => new Response('here'));
    expect(await (await fetch(`${server.url}/readyz`)).text()).toBe('here');
    await server.stop();
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
  });

  it('offers the exact command for another port when its own is in use', async () => {
    const thief = createServer().listen(0, host);
    await new Promise((resolve) => thief.once('listening', resolve));
    const { port } = thief.address() as AddressInfo;
    const error = await listen({ host, port }, () => []).catch((refused: Error) => refused);
    expect(error).toMatchObject({ name: 'StartProblem' });
    const offered = /^Port \d+ is in use by another program: stop that one, or start drey with `npm start -- --port (\d+)`\.$/.exec(
      (error as Error).message,
    )?.[1];
    const server = await listen({ host, port: Number(offered) }, () => []);
    await server.stop();
    thief.close();
  });

  it('stops within a moment even when a request never ends', async () => {
    const server = await listen({ host, port: await anyFreePort() }, () => []);
    server.use(() => new Promise(() => undefined));
    const hanging = fetch(`${server.url}/x`).catch(() => 'cut');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const started = performance.now();
    await server.stop();
    expect(performance.now() - started).toBeLessThan(2000);
    expect(await hanging).toBe('cut');
  });
});
