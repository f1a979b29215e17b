// api: how fast the API answers over a large store. Real PostgreSQL, 10,000 Deployments at rest, an even stream of mixed requests at a fixed
// rate, whether answers are late or not; then the full list, read as it comes, beside the memory of the platform.
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { startChild } from './chaos-child.ts';
import { createMortalPlatform } from './chaos-platform.ts';
import { percentile, toTable } from './percentiles.ts';

export interface ApiOptions {
  readonly deployments: number;
  readonly perSecond: number;
  readonly seconds: number;
  readonly print: (line: string) => void;
}

const N = '/api/v1/namespaces/default';
const SEED = 'seed';
const JSON_BODY = { 'content-type': 'application/json' };

type Kind = 'GET by name' | 'list of 50' | 'PATCH of a label';

/** Of ten requests six read one, two list and two write. */
const MIX: readonly Kind[] = [
  'GET by name',
  'GET by name',
  'list of 50',
  'GET by name',
  'PATCH of a label',
  'GET by name',
  'GET by name',
  'list of 50',
  'PATCH of a label',
  'GET by name',
];

/** Milliseconds, and for memory MB. */
const AIMS: Readonly<Record<Kind, number>> = { 'GET by name': 20, 'list of 50': 60, 'PATCH of a label': 80 };
const AIM_GROWTH = 50;

/** True when every aim was reached. */
export async function api(options: ApiOptions): Promise<boolean> {
  const { print, deployments } = options;
  const postgres = await startChild('test/setup/postgres-main.ts');
  const databaseUrl = postgres.said['url'] ?? '';
  const platform = await createMortalPlatform({ databaseUrl, localTargets: false });
  try {
    await platform.start();
    await fill(platform.url, databaseUrl, deployments);
    print(`${deployments} Deployments, CANCELLED`);
    const times = await stream(platform.url, options);
    print(toTable([...times].map(([name, values]) => ({ name: `${name}, ms`, values }))));
    const list = await readWholeList(platform.url, deployments);
    print(`full list: ${list.items} items, ${list.megabytes.toFixed(1)} MB in ${list.ms.toFixed(0)} ms; memory grew by ${list.growth.toFixed(1)} MB at most`);
    const late = [...times].filter(([kind, values]) => percentile(values, 0.99) > AIMS[kind]).map(([kind]) => `${kind}: p99 above ${AIMS[kind]} ms`);
    const missed = [...late, ...(list.growth > AIM_GROWTH ? [`full list: more than ${AIM_GROWTH} MB`] : [])];
    print(missed.length === 0 ? 'every aim reached' : `aims missed: ${missed.join('; ')}`);
    return missed.length === 0;
  } finally {
    await platform.end();
    await postgres.stop();
  }
}

/** One Deployment through the API, and copies of its row: ten thousand creations would measure Temporal. */
async function fill(url: string, databaseUrl: string, deployments: number): Promise<void> {
  const artifact = { kind: 'JAR', jarUri: 'https://example.com/job.jar', entryClass: 'com.example.Job', flinkVersion: '1.20' };
  const template = { spec: { artifact, flinkConfiguration: { 'execution.checkpointing.interval': '10s', 'state.backend.type': 'rocksdb' } } };
  await send(url, `POST ${N}/deployment-targets`, { metadata: { name: 'main' }, spec: { kubernetes: { namespace: 'jobs' } } });
  await send(url, `POST ${N}/deployments`, { metadata: { name: SEED }, spec: { state: 'CANCELLED', deploymentTargetName: 'main', template } });
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await settled(client);
    const { rows } = await client.query<{ column_name: string }>(`select column_name from information_schema.columns where table_name = 'deployment'`);
    const copied = rows.map(({ column_name: name }) => (name === 'id' ? 'gen_random_uuid()' : name === 'name' ? `'d-' || lpad(n::text, 5, '0')` : `"${name}"`));
    const names = rows.map(({ column_name: name }) => `"${name}"`).join(', ');
    await client.query(`insert into deployment (${names}) select ${copied.join(', ')} from deployment, generate_series(1, $1) n where name = $2`, [
      deployments - 1,
      SEED,
    ]);
    await client.query('analyze');
  } finally {
    await client.end();
  }
}

/** Copies of a Deployment that nothing is left to do for: otherwise ten thousand workflows would run beside the requests. */
async function settled(client: pg.Client): Promise<void> {
  for (;;) {
    const { rowCount } = await client.query('select 1 from deployment where name = $1 and settled_version = intent_version and wake_at is null', [SEED]);
    if (rowCount === 1) return;
    await wait(100);
  }
}

async function stream(url: string, { deployments, perSecond, seconds }: ApiOptions): Promise<ReadonlyMap<Kind, number[]>> {
  const times = new Map<Kind, number[]>([...new Set(MIX)].map((kind) => [kind, []]));
  const total = perSecond * seconds;
  const warmUp = perSecond * 3;
  const begun = performance.now();
  const sent: Promise<void>[] = [];
  for (let i = 0; i < total + warmUp; i += 1) {
    const due = begun + (i * 1000) / perSecond;
    await wait(Math.max(0, due - performance.now()));
    const kind = MIX[i % MIX.length] ?? 'GET by name';
    sent.push(
      ask(url, kind, { i, deployments }).then(() => {
        // From when it was due: a request that had to wait for its turn was late.
        if (i >= warmUp) times.get(kind)?.push(performance.now() - due);
      }),
    );
  }
  await Promise.all(sent);
  return times;
}

async function ask(url: string, kind: Kind, { i, deployments }: { readonly i: number; readonly deployments: number }): Promise<void> {
  const name = `d-${String(1 + ((i * 7919) % (deployments - 1))).padStart(5, '0')}`;
  if (kind === 'list of 50') await send(url, `GET ${N}/deployments?limit=50`);
  else if (kind === 'GET by name') await send(url, `GET ${N}/deployments/${name}`);
  else await send(url, `PATCH ${N}/deployments/${name}`, { metadata: { labels: { seen: String(i) } } });
}

/** `line`: method and path. */
async function send(url: string, line: string, body?: unknown): Promise<void> {
  const [method = '', path = ''] = line.split(' ');
  const response = await fetch(`${url}${path}`, { method, ...(body === undefined ? {} : { headers: JSON_BODY, body: JSON.stringify(body) }) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${line}: ${response.status} ${text.slice(0, 300)}`);
}

interface WholeList {
  readonly items: number;
  readonly megabytes: number;
  readonly ms: number;
  /** MB above the memory before, at the worst moment seen. */
  readonly growth: number;
}

async function readWholeList(url: string, deployments: number): Promise<WholeList> {
  await send(url, `GET ${N}/deployments`); // what is allocated once is not growth
  await wait(2000);
  const before = await memoryOf(url);
  const begun = performance.now();
  const response = await fetch(`${url}${N}/deployments`);
  const chunks: Uint8Array[] = [];
  let most = before;
  let lookedAt = performance.now();
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    if (performance.now() - lookedAt < 50) continue;
    most = Math.max(most, await memoryOf(url));
    lookedAt = performance.now();
  }
  const ms = performance.now() - begun;
  most = Math.max(most, await memoryOf(url));
  const text = Buffer.concat(chunks).toString('utf8');
  const { items } = JSON.parse(text) as { readonly items: readonly unknown[] };
  if (items.length !== deployments) throw new Error(`the full list has ${items.length} items instead of ${deployments}`);
  return { items: items.length, megabytes: text.length / 1024 ** 2, ms, growth: most - before };
}

/** MB, as the platform itself says. */
async function memoryOf(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1] ?? Number.NaN) / 1024 ** 2;
}
