// Lists over HTTP: whole as clients expect them, or page by page; a page begins where the one before ended, whatever came or went meanwhile.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseId } from '../../domain/ids.ts';
import type { Store } from '../../store/store.ts';
import { aDocument, aJobOf, anApi, openStore } from './an-api.ts';
import type { Answer, Api } from './an-api.ts';

let store: Store;
let api: Api;
let N: string;
beforeAll(async () => {
  store = await openStore();
  api = anApi(store);
  N = await api.namespace();
});
afterAll(() => store.close());

const create = (name: string, labels: Record<string, string> = {}): Promise<Answer> =>
  api.send('POST', `${N}/deployments`, aDocument({ metadata: { name, labels } }));
const namesIn = ({ body }: Answer): string[] => body.items.map((item: { metadata: { name?: string; id: string } }) => item.metadata.name ?? item.metadata.id);

/** Every page of a list, the next one asked for with nothing but limit and token. */
async function pagesOf(path: string, limit: number): Promise<string[][]> {
  const pages: string[][] = [];
  for (let query = `${path.includes('?') ? '&' : '?'}limit=${limit}`, bare = path; ; ) {
    const answer = await api.get(`${bare}${query}`);
    expect(answer.status).toBe(200);
    pages.push(answer.body.items.map((item: { metadata: { id: string } }) => item.metadata.id));
    const token = answer.body.metadata.continue;
    if (token === undefined) return pages;
    bare = path.split('?')[0] ?? path;
    query = `?limit=${limit}&continue=${token}`;
  }
}

describe('a list of Deployments', () => {
  beforeAll(async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await create(name, name < 'd' ? { team: 'red' } : {});
  });

  it('is whole without a limit', async () => {
    const { body } = await api.get(`${N}/deployments`);
    expect(body).toMatchObject({ kind: 'DeploymentList', apiVersion: 'v1', metadata: {} });
    expect(body.metadata).toEqual({});
    expect(namesIn(await api.get(`${N}/deployments`))).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('goes on where the page before ended, also when rows come and go', async () => {
    const first = await api.get(`${N}/deployments?limit=2`);
    expect(namesIn(first)).toEqual(['a', 'b']);
    await create('aa');
    await create('bb');
    await api.send('PATCH', `${N}/deployments/b`, { spec: { state: 'CANCELLED' } });
    await store.transaction(async (tx) => {
      const b = await store.deployments.find(tx, N.split('/').at(-1) ?? '', 'b');
      if (b) await store.deployments.delete(tx, b.id);
    });
    const second = await api.get(`${N}/deployments?limit=2&continue=${first.body.metadata.continue}`);
    expect(namesIn(second)).toEqual(['bb', 'c']);
    const rest = await api.get(`${N}/deployments?continue=${second.body.metadata.continue}`);
    expect([namesIn(rest), rest.body.metadata]).toEqual([['d', 'e'], {}]);
  });

  it('ends without a token where the last page is full', async () => {
    const all = namesIn(await api.get(`${N}/deployments`));
    const { body } = await api.get(`${N}/deployments?limit=${all.length}`);
    expect([body.items.length, body.metadata]).toEqual([all.length, {}]);
  });

  it('keeps its filter from page to page', async () => {
    const first = await api.get(`${N}/deployments?labelSelector=team=red&limit=1`);
    const token = first.body.metadata.continue;
    expect(namesIn(first)).toEqual(['a']);
    expect(namesIn(await api.get(`${N}/deployments?continue=${token}`))).toEqual(['c']);
    expect(namesIn(await api.get(`${N}/deployments?continue=${token}&labelSelector=team=red`))).toEqual(['c']);
    const other = await api.get(`${N}/deployments?continue=${token}&labelSelector=team=blue`);
    expect([other.status, other.body.message]).toEqual([400, expect.stringContaining('labelSelector cannot change from page to page')]);
  });

  it('comes in pages as YAML, too', async () => {
    const { body } = await api.get(`${N}/deployments?limit=1`, { Accept: 'application/yaml' });
    expect([namesIn({ body } as Answer), typeof body.metadata.continue]).toEqual([['a'], 'string']);
  });

  const token = (...parts: unknown[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url');
  it.each([
    ['an invented one', () => 'abc'],
    ['an empty one', () => ''],
    ['one that is no text of JSON', () => Buffer.from('{').toString('base64url')],
    ['one of another list', () => token('Job', N.split('/').at(-1), {}, 'a')],
    ['one of another namespace', () => token('Deployment', 'other', {}, 'a')],
    ['one with another key', () => token('Deployment', N.split('/').at(-1), {}, { name: 'a' })],
    ['one with a forged filter', () => token('Deployment', N.split('/').at(-1), { labelSelector: '=' }, 'a')],
    ['one that nests itself', () => token('Deployment', N.split('/').at(-1), { continue: 'abc' }, 'a')],
    ['one with NUL and half a character', () => token('Deployment', N.split('/').at(-1), {}, '\0\ud800')],
  ])('refuses %s, or reads on', async (what, make) => {
    const { status } = await api.get(`${N}/deployments?continue=${encodeURIComponent(make())}`);
    expect(status).toBe(what === 'one with NUL and half a character' ? 200 : 400);
  });

  it.each(['0', '-1', 'x', '1.5', '10001', ''])('refuses the limit %j', async (limit) => {
    expect((await api.get(`${N}/deployments?limit=${limit}`)).status).toBe(400);
  });
});

describe('every other list', () => {
  it('of names has pages', async () => {
    for (const name of ['x', 'y', 'z']) {
      await api.send('POST', `${N}/sessionclusters`, { metadata: { name }, spec: { deploymentTargetName: 'default' } });
      await api.send('POST', `${N}/deployment-targets`, { metadata: { name }, spec: { local: {} } });
      await api.send('POST', `${N}/secret-values`, { metadata: { name }, spec: { kind: 'Plain', value: 'four' } });
    }
    expect((await pagesOf(`${N}/sessionclusters`, 2)).map(({ length }) => length)).toEqual([2, 1]);
    expect((await pagesOf(`${N}/deployment-targets`, 3)).map(({ length }) => length)).toEqual([3, 1]);
    expect((await pagesOf(`${N}/secret-values`, 1)).map(({ length }) => length)).toEqual([1, 1, 1]);
  });

  it('of what is newest first has pages, with the filter kept', async () => {
    const [mine, other] = [await create('mine'), await create('other')].map(({ body }) => String(body.metadata.id));
    const namespace = N.split('/').at(-1) ?? '';
    for (let i = 0; i < 5; i += 1) {
      await aJobOf(store, mine ?? '', { change: { state: 'FAILED' } });
      if (i < 2) await aJobOf(store, other ?? '', { change: { state: 'FAILED' } });
      const draft = { deploymentId: parseId<'DeploymentId'>(mine ?? ''), namespace, origin: 'COPIED', state: 'COMPLETED', format: 'CANONICAL' } as const;
      await store.transaction(async (tx) => {
        await store.savepoints.insert(tx, { ...draft, id: store.newId<'SavepointId'>(), location: `file:///s/${i}`, capturedAt: 1000, specVersion: 1 });
        await store.events.append(tx, namespace, [{ name: 'EXTERNAL', message: `${i}`, deploymentId: draft.deploymentId }]);
      });
    }
    for (const kind of ['jobs', 'savepoints', 'events']) {
      const path = `${N}/${kind}?deploymentId=${mine}`;
      const whole = (await api.get(path)).body.items.map((item: { metadata: { id: string } }) => item.metadata.id);
      const pages = await pagesOf(path, 2);
      expect([kind, pages.flat(), pages.map(({ length }) => length)]).toEqual([kind, whole, [2, 2, 1]]);
    }
  });
});

describe('a long list', () => {
  const COUNT = 10_000;
  let long: string;
  beforeAll(async () => {
    long = await api.namespace();
    const namespace = long.split('/').at(-1) ?? '';
    await api.send('POST', `${long}/deployments`, aDocument({ metadata: { name: 'd' } }));
    const { sql } = await import('kysely');
    await sql`insert into deployment (id, namespace, name, annotations, spec, status, spec_version, intent_version, settled_version, resource_version, row_version, looked_at, created_at, modified_at)
      select gen_random_uuid(), namespace, name || '-' || lpad(n::text, 5, '0'), annotations, spec, status, 1, 1, 1, 1, 1, looked_at, created_at, modified_at
      from deployment, generate_series(1, ${COUNT - 1}) as n where namespace = ${namespace} and name = 'd'`.execute(store.read);
  });

  it('is streamed, and held by nobody', async () => {
    const { setFlagsFromString } = await import('node:v8');
    const { runInNewContext } = await import('node:vm');
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    const used = (): number => {
      gc();
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    };
    const before = used();
    const response = await api.open(`${long}/deployments`);
    let [bytes, pieces, peak, largest] = [0, 0, 0, 0];
    const decoder = new TextDecoder();
    let ends = '';
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      largest = Math.max(largest, chunk.byteLength);
      ends = (ends + decoder.decode(chunk, { stream: true })).slice(-40);
      if ((pieces += 1) % 10 === 0) peak = Math.max(peak, used() - before);
    }
    expect(ends.endsWith(']}')).toBe(true);
    expect(bytes).toBeGreaterThan(5_000_000);
    expect([pieces >= 49, largest < bytes / 20, peak < 50 * 1024 * 1024]).toEqual([true, true, true]);
  });

  it('is the same list as JSON and as YAML, in the order of its names', async () => {
    const [json, limited] = [await api.get(`${long}/deployments`), await api.get(`${long}/deployments?limit=${COUNT}`)];
    expect(json.headers.get('content-type')).toBe('application/json');
    expect(json.body).toEqual(limited.body);
    expect(json.body.items).toHaveLength(COUNT);
    const names = namesIn(json);
    expect(names).toEqual(names.toSorted());
    expect(stringify(json.body.metadata)).toBe('{}\n');
  });
});
