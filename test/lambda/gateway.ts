// An HTTP API of API Gateway on this machine: each request becomes an event, and what the function returns becomes the response.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { httpApiEvent } from './events.ts';
import type { TestContainer } from './runtime-api.ts';

export interface Gateway {
  readonly url: string;
  stop(): void;
}

interface Result {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

/** Nothing that belongs to the connection is passed on. */
const OF_THE_CONNECTION = ['connection', 'transfer-encoding', 'content-length', 'host'];

export async function startGateway(container: TestContainer): Promise<Gateway> {
  const server = createServer((request, response) => void answer(container, request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function answer(container: TestContainer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { pathname, search } = new URL(request.url ?? '/', 'http://gateway');
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !OF_THE_CONNECTION.includes(name)));
    const given = chunks.length === 0 ? {} : { body: Buffer.concat(chunks).toString('base64'), isBase64Encoded: true };
    const asked = { method: request.method ?? 'GET', path: pathname, query: search.slice(1), headers: headers as Record<string, string>, ...given };
    const result = JSON.parse(await container.invoke(httpApiEvent(asked))) as Result;
    response.writeHead(result.statusCode, result.headers).end(Buffer.from(result.body ?? '', result.isBase64Encoded ? 'base64' : 'utf8'));
  } catch (error) {
    response.writeHead(502).end(String(error));
  }
}
