// A server that accepts connections and says nothing, like one that is frozen: whoever asks it gives up by himself.
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measureFleet } from '../../app/lambda/fleet-metrics.ts';
import { endStrandedRuns, type Fleet } from '../../app/stranded-runs.ts';
import { CODE, grpcCodeOf } from '../../app/temporal-problem.ts';

const sockets = new Set<Socket>();
const server = createServer((socket) => void sockets.add(socket.on('error', () => undefined)));
let fleet: Fleet;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const connection = Connection.lazy({ address: `127.0.0.1:${(server.address() as AddressInfo).port}` });
  fleet = { connection, client: new Client({ connection }), namespace: 'default' };
});
afterAll(async () => {
  await fleet.connection.close();
  for (const socket of sockets) socket.destroy();
  server.close();
});

describe('a Temporal server that is silent', () => {
  it('costs the metrics only those that it knows', async () => {
    const logged: string[] = [];
    const log = { error: (_: object, message: string) => void logged.push(message) };
    const metrics = await measureFleet({ fleet, countByState: () => Promise.resolve({ FAILED: 2 }), log, patienceMs: 200 });
    expect(metrics).toEqual({ FailedDeployments: 2 });
    expect(logged).toHaveLength(3);
  });

  it('is given up by the look for stranded runs before the sweep misses a heartbeat', async () => {
    const since = performance.now();
    const error: unknown = await endStrandedRuns(fleet, { olderThanMs: 0, because: 'test', forMs: 0 }).catch((thrown: unknown) => thrown);
    expect(grpcCodeOf(error)).toBe(CODE.deadlineExceeded);
    expect(performance.now() - since).toBeLessThan(15_000);
  });
});
