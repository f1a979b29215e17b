// The HTTP side of the simulated Flink: listens, logs every request, plays the scripted faults, answers. Holds no Flink state: whoever
// replaces `jobManager` has restarted it.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answer } from './endpoints.ts';
import { type Fault, Faults } from './faults.ts';
import { readRequest } from './http-body.ts';
import { askTimeout, LEADER_ELECTION } from './java-errors.ts';
import type { JobManager } from './job-manager.ts';
import type { SimCall, SimReply } from './sim-call.ts';

export interface SimRequest {
  readonly at: number;
  readonly method: string;
  /** Without `/v1` and query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  /** Name and size of an uploaded file. */
  readonly upload?: { readonly name: string; readonly bytes: number };
  readonly fault?: Fault['do'];
}

export class SimServer {
  readonly requests: SimRequest[] = [];
  readonly faults = new Faults();
  jobManager: JobManager;
  /** False: 503, as a JobManager without leadership. */
  leads = true;
  private server: Server | undefined;
  private thawed: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

  constructor(jobManager: JobManager) {
    this.jobManager = jobManager;
  }

  /** Returns the port. */
  async listen(port: number): Promise<number> {
    const server = createServer((request, response) => void this.serve(request, response));
    this.server = server;
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  /** From now on connections are refused; open ones are cut. */
  async stopListening(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  /** Requests are taken and wait, as before a stopped process (SIGSTOP). */
  freeze(): void {
    this.thawed ??= Promise.withResolvers<void>();
  }

  unfreeze(): void {
    this.thawed?.resolve();
    this.thawed = undefined;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { jobManager } = this;
    const url = new URL(request.url ?? '/', 'http://sim');
    const [method, path] = [request.method ?? 'GET', url.pathname.replace(/^\/v1(?=\/)/, '')];
    try {
      const read = await readRequest(request);
      const fault = this.faults.take(method, path);
      this.log({ method, path, query: url.searchParams, ...(fault && { fault: fault.do }) }, read);
      await this.thawed?.promise;
      if (fault !== undefined && !(await playBefore(fault, response))) return;
      if (jobManager.dead) return void response.destroy();
      const reply = this.leads ? await answer({ ...read, method, path, query: url.searchParams }, jobManager) : refusedWithoutLeader();
      await send(reply, fault, response);
    } catch (error) {
      response.destroy(error instanceof Error ? error : undefined);
    }
  }

  private log(head: Pick<SimRequest, 'method' | 'path' | 'query' | 'fault'>, { body, file }: Pick<SimCall, 'body' | 'file'>): void {
    this.requests.push({ at: Date.now(), ...head, body, ...(file && { upload: { name: file.name, bytes: file.bytes.length } }) });
  }
}

function refusedWithoutLeader(): SimReply {
  return { status: 503, body: JSON.stringify({ errors: [LEADER_ELECTION] }) };
}

/** True when the request is to be carried out all the same. */
async function playBefore(fault: Fault, response: ServerResponse): Promise<boolean> {
  switch (fault.do) {
    case 'refuse':
      response.socket?.resetAndDestroy();
      return false;
    case 'hang':
      return false;
    case '503':
      write(response, refusedWithoutLeader());
      return false;
    case '500':
      write(response, { status: 500, body: JSON.stringify({ errors: askTimeout().errors }) });
      return false;
    case 'redirect':
      response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end();
      return false;
    case 'reject':
      write(response, { status: fault.status ?? 400, body: JSON.stringify({ errors: [fault.text ?? 'java.lang.RuntimeException: refused by the test'] }) });
      return false;
    case 'hugeAnswer':
      write(response, { status: 200, body: JSON.stringify({ filler: 'x'.repeat(20 * 1024 * 1024) }) });
      return false;
    case 'strangeAnswer':
      write(response, { status: 200, body: '<html><body>It works!</body></html>' });
      return false;
    case 'arriveLate':
      await passed(fault.ms);
      return true;
    default:
      return true;
  }
}

async function send(reply: SimReply, fault: Fault | undefined, response: ServerResponse): Promise<void> {
  if (fault?.do === 'acceptThenDie') return void response.socket?.resetAndDestroy();
  if (fault?.do === 'answerLate') await passed(fault.ms);
  if (fault?.do !== 'halfAnswer') return write(response, reply);
  response.writeHead(reply.status, { 'content-type': 'application/json; charset=UTF-8', 'content-length': Buffer.byteLength(reply.body) });
  response.write(reply.body.slice(0, reply.body.length / 2), () => response.destroy());
}

function write(response: ServerResponse, { status, body }: SimReply): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' }).end(body);
}

function passed(ms = 0): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
