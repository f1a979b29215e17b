// Events behind a known one, and events as they come: whatever a client does, it hears of each event once.
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseId } from '../../domain/ids.ts';
import type { Store } from '../../store/store.ts';
import { anApi, openStore } from './an-api.ts';
import type { Api } from './an-api.ts';

const QUICK = { pollMs: 5, watchMs: 400, heartbeatMs: 50, watchers: 3 };

let store: Store;
let api: Api;
let namespace: string;
beforeAll(async () => {
  store = await openStore();
  api = anApi(store, { settings: { watching: QUICK } });
});
afterAll(() => store.close());

const ids = { a: '0190aaaa-0000-7000-8000-00000000000a', b: '0190aaaa-0000-7000-8000-00000000000b' };

const append = (messages: readonly string[], of: keyof typeof ids = 'a'): Promise<void> =>
  store.transaction((tx) =>
    store.events.append(
      tx,
      namespace,
      messages.map((message) => ({ name: 'EXTERNAL', message, deploymentId: parseId<'DeploymentId'>(ids[of]) })),
    ),
  );

interface Frame {
  readonly id: string;
  readonly message?: string;
}

function framesIn(text: string): readonly Frame[] {
  return text.split('\n\n').flatMap((block) => {
    const fields = Object.fromEntries(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
    const data = fields['data'];
    if (fields['id'] === undefined) return [];
    return [{ id: fields['id'], ...(data !== undefined && { message: JSON.parse(data).spec.message as string }) }];
  });
}

interface Client {
  text(): string;
  frames(): readonly Frame[];
  heard(): readonly string[];
  last(): string;
  leave(): Promise<void>;
  readonly ended: Promise<void>;
}

async function watch(query = '', init: RequestInit = {}): Promise<Client> {
  const response = await api.open(`/drey/v1/namespaces/${namespace}/events:watch${query}`, init);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let text = '';
  const ended = (async () => {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) text += decoder.decode(piece.value, { stream: true });
  })();
  const frames = (): readonly Frame[] => framesIn(text);
  return {
    text: () => text,
    frames,
    heard: () => frames().flatMap(({ message }) => (message === undefined ? [] : [message])),
    last: () => frames().at(-1)?.id ?? '',
    leave: () => reader.cancel(),
    ended,
  };
}

const newNamespace = async (): Promise<void> => {
  namespace = (await api.namespace()).split('/').at(-1) ?? '';
};

describe('events behind a known one', () => {
  it('come oldest first, in pages too; without `after` the newest comes first (D15)', async () => {
    await newNamespace();
    await append(['1', '2', '3', '4']);
    const list = async (query: string) => (await api.get(`/api/v1/namespaces/${namespace}/events${query}`)).body;
    const messages = (body: { items: { spec: { message: string } }[] }) => body.items.map(({ spec }) => spec.message);
    const all = await list('');
    expect(messages(all)).toEqual(['4', '3', '2', '1']);
    const first = all.items[3].metadata.id;
    expect(messages(await list(`?after=${first.toUpperCase()}`))).toEqual(['2', '3', '4']);
    const page = await list(`?after=${first}&limit=2`);
    expect(messages(page)).toEqual(['2', '3']);
    await append(['5']);
    expect(messages(await list(`?continue=${page.metadata.continue}`))).toEqual(['4', '5']);
    expect((await api.get(`/api/v1/namespaces/${namespace}/events?after=yesterday`)).status).toBe(400);
  });
});

describe('a watch', () => {
  it('tells what comes, and nothing of before', async () => {
    await newNamespace();
    await append(['before']);
    const client = await watch();
    await vi.waitFor(() => expect(client.frames()).toHaveLength(1));
    await append(['one', 'two']);
    await vi.waitFor(() => expect(client.heard()).toEqual(['one', 'two']));
    expect(client.text()).toMatch(/id: [0-9a-f-]{36}\nevent: Event\ndata: \{"kind":"Event","apiVersion":"v1","metadata":\{.*"name":"EXTERNAL".*\}\n\n/);
    await client.leave();
  });

  it('tells first what came since `after`, or since Last-Event-ID, which wins', async () => {
    await newNamespace();
    await append(['1', '2', '3']);
    const { items } = (await api.get(`/api/v1/namespaces/${namespace}/events`)).body;
    const [third, second, first] = items.map((item: { metadata: { id: string } }) => item.metadata.id);
    const a = await watch(`?after=${first}`);
    const b = await watch(`?after=${first}`, { headers: { 'Last-Event-ID': second } });
    const c = await watch(`?after=${third}`);
    await append(['4']);
    await vi.waitFor(() => expect([a.heard(), b.heard(), c.heard()]).toEqual([['2', '3', '4'], ['3', '4'], ['4']]));
    for (const client of [a, b, c]) await client.leave();
    const wrong = await api.get(`/drey/v1/namespaces/${namespace}/events:watch`, { 'Last-Event-ID': 'x' });
    expect([wrong.status, wrong.body.message]).toEqual([400, expect.stringContaining('after')]);
  });

  it('tells of one Deployment alone, and its position goes on all the same', async () => {
    await newNamespace();
    await append(['start'], 'b');
    const client = await watch(`?deploymentId=${ids.a}`);
    await append(['b1', 'b2'], 'b');
    await append(['a1'], 'a');
    await append(['b3'], 'b');
    const newest = async () => (await api.get(`/api/v1/namespaces/${namespace}/events`)).body.items[0].metadata.id;
    await vi.waitFor(async () => expect(client.last()).toBe(await newest()));
    expect(client.heard()).toEqual(['a1']);
    await client.leave();
  });

  it('ends by itself, and what is resumed loses and doubles nothing', async () => {
    await newNamespace();
    const sent: string[] = [];
    let writing = true;
    const writer = (async () => {
      for (let i = 0; writing; i += 1) {
        const batch = [`${i}a`, `${i}b`];
        await append(batch, i % 3 === 0 ? 'b' : 'a');
        sent.push(...batch);
        // The embedded database answers without letting timers run.
        await new Promise(setImmediate);
      }
    })();
    const heard: string[] = [];
    let last: string | undefined;
    for (let connection = 0; connection < 3; connection += 1) {
      const client: Client = await watch(
        connection === 0 ? '?after=00000000-0000-0000-0000-000000000000' : '',
        last === undefined ? {} : { headers: { 'Last-Event-ID': last } },
      );
      await client.ended;
      expect(client.text()).toContain(': go on behind this\n');
      heard.push(...client.heard());
      last = client.last();
    }
    writing = false;
    await writer;
    expect(heard.length).toBeGreaterThan(10);
    expect(heard).toEqual(sent.slice(0, heard.length));
  });

  it('of a namespace without events begins at its beginning', async () => {
    await newNamespace();
    const client = await watch();
    await client.ended;
    expect(client.last()).toBe('00000000-0000-0000-0000-000000000000');
    await append(['first']);
    const resumed = await watch('', { headers: { 'Last-Event-ID': client.last() } });
    await vi.waitFor(() => expect(resumed.heard()).toEqual(['first']));
    await resumed.leave();
  });

  it('is one of a bounded number', async () => {
    await newNamespace();
    const clients = [await watch(), await watch(), await watch()];
    const refused = await api.get(`/drey/v1/namespaces/${namespace}/events:watch`);
    expect([refused.status, refused.body.message]).toEqual([503, expect.stringContaining('too many clients watch')]);
    await clients[0]?.leave();
    const next = await watch();
    await append(['told to all']);
    for (const client of [next, clients[1], clients[2]]) await vi.waitFor(() => expect(client?.heard()).toEqual(['told to all']));
    for (const client of [next, clients[1], clients[2]]) await client?.leave();
  });

  it('is refused where there is no such namespace, and answers to no other name', async () => {
    expect((await api.get('/drey/v1/namespaces/nowhere/events:watch')).status).toBe(404);
    for (const path of ['events', 'eventsx', 'events:other']) expect((await api.get(`/drey/v1/namespaces/${namespace}/${path}`)).status).toBe(404);
  });
});

describe('a watch over a real connection', () => {
  it('is over as soon as the client has left', async () => {
    await newNamespace();
    const single = anApi(store, { settings: { watching: { ...QUICK, watchMs: 60_000, watchers: 1 } } });
    const path = `/drey/v1/namespaces/${namespace}/events:watch`;
    const server = serve({ fetch: (request) => single.fetch(request), hostname: '127.0.0.1', port: 0 }) as Server;
    await once(server, 'listening');
    try {
      const leave = new AbortController();
      const { port } = server.address() as AddressInfo;
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { signal: leave.signal });
      await response.body?.getReader().read();
      expect((await single.get(path)).status).toBe(503);
      leave.abort();
      const next = await vi.waitFor(async () => {
        const answer = await single.open(path);
        expect(answer.status).toBe(200);
        return answer;
      });
      await next.body?.cancel();
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('is asked for by GET alone', async () => {
    const answer = await api.request(`/drey/v1/namespaces/${namespace}/events:watch`, { method: 'POST' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, expect.stringContaining('GET')]);
  });
});
