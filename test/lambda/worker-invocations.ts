// Lambda's own API, as far as Temporal's worker controller calls it: tells of the one function there is, and runs its handler for each asynchronous
// invocation, in a container that it keeps for the next one.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ContainerOrder, startContainer, type TestContainer } from './runtime-api.ts';

export interface WorkerInvocations {
  readonly url: string;
  /** How many invocations there were. */
  invocations(): number;
  /** How many are under way. */
  busy(): number;
  /** Ends every container at once, in whatever it is doing. Returns how many were busy. */
  kill(): number;
  /** What all containers wrote. */
  log(): string;
  stop(): Promise<void>;
}

interface Seat {
  readonly container: TestContainer;
  isBusy: boolean;
}

/** A versioned one, as Temporal has to be given. */
export const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:111122223333:function:drey-worker:1';

export async function startWorkerInvocations(order: ContainerOrder): Promise<WorkerInvocations> {
  let seats: Seat[] = [];
  const logs: (() => string)[] = [];
  let count = 0;
  const invoke = async (): Promise<void> => {
    count += 1;
    const seat = seats.find(({ isBusy }) => !isBusy) ?? { container: await startContainer(order), isBusy: true };
    if (!seats.includes(seat)) {
      seats.push(seat);
      logs.push(() => seat.container.log());
    }
    seat.isBusy = true;
    await seat.container.invoke({}).catch((error: unknown) => {
      logs.push(() => String(error));
      seats = seats.filter((each) => each !== seat);
    });
    seat.isBusy = false;
  };
  const server = createServer((request, response) => answer(request, response, () => void invoke()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const busy = (): number => seats.filter(({ isBusy }) => isBusy).length;
  const kill = (): number => {
    const killed = busy();
    for (const { container } of seats) container.process.kill('SIGKILL');
    seats = [];
    return killed;
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    invocations: () => count,
    busy,
    kill,
    log: () => logs.map((log) => log()).join(''),
    async stop() {
      const all = seats;
      kill();
      await Promise.all(all.map(({ container }) => container.stop()));
      server.closeAllConnections();
      server.close();
    },
  };
}

function answer(request: IncomingMessage, response: ServerResponse, invoke: () => void): void {
  const path = decodeURIComponent(request.url ?? '');
  request.resume();
  if (path.endsWith('/invocations')) {
    response.writeHead(202).end();
    return invoke();
  }
  const Configuration = { FunctionName: 'drey-worker', FunctionArn: FUNCTION_ARN, Timeout: 60, State: 'Active', LastUpdateStatus: 'Successful', Version: '1' };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ Configuration, Code: {}, Tags: {} }));
}
