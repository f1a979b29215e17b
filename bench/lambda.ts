// lambda: how large the built API function is, how soon a new container answers, how fast a warm one is, and what it holds. A real PostgreSQL; no
// request here needs Temporal. A container is a process of its own behind Lambda's Runtime API, on this machine's cores.
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildLambda } from '../app/lambda/build.ts';
import { httpApiEvent } from '../test/lambda/events.ts';
import { startContainer, type TestContainer } from '../test/lambda/runtime-api.ts';
import { startChild } from './chaos-child.ts';
import { percentile, toTable } from './percentiles.ts';

export interface LambdaOptions {
  readonly coldStarts: number;
  readonly requests: number;
  readonly print: (line: string) => void;
}

const TOKEN = `drey_${'t'.repeat(40)}`;
const LIST = '/namespaces/v1/namespaces';
/** Bytes gzipped, milliseconds (median of the cold starts, median of the warm ones), MB. */
const AIMS = { bundle: 2 ** 20, cold: 800, warm: 10, resident: 180 };

/** True when every aim was reached. */
export async function lambda({ coldStarts, requests, print }: LambdaOptions): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'drey-lambda-'));
  const postgres = await startChild('test/setup/postgres-main.ts');
  try {
    await buildLambda(join(folder, 'built'));
    const file = join(folder, 'built', 'api.mjs');
    const bundle = gzipSync(await readFile(file), { level: 9 }).length;
    const environment = {
      DATABASE_URL: postgres.said['url'] ?? '',
      DREY_SECRET_KEY: randomBytes(32).toString('base64'),
      DREY_ADMIN_TOKEN: TOKEN,
      DREY_RATE_LIMIT: '0',
      TEMPORAL_ADDRESS: '127.0.0.1:1',
    };
    const open = (): Promise<TestContainer> => startContainer({ file, handler: 'handler', environment });
    await timed(open, get); // the tables are made once
    const cold: number[] = [];
    for (let i = 0; i < coldStarts; i += 1) cold.push(await timed(open, get));
    const container = await open();
    const warm = await warmTimes(container, requests);
    const resident = await residentMegabytes(container);
    await container.stop();
    print(`API bundle: ${(bundle / 1024).toFixed(0)} KiB gzipped; resident after ${requests} requests: ${resident.toFixed(0)} MB`);
    print(
      toTable([
        { name: 'cold: start to answer, ms', values: cold },
        { name: 'warm GET, ms', values: warm },
      ]),
    );
    const seen = { bundle, cold: percentile(cold, 0.5), warm: percentile(warm, 0.5), resident };
    const missed = (Object.keys(AIMS) as (keyof typeof AIMS)[]).filter((name) => seen[name] > AIMS[name]);
    print(missed.length === 0 ? 'every aim reached' : `aims missed: ${missed.join(', ')}`);
    return missed.length === 0;
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** From the start of the process. */
async function timed(open: () => Promise<TestContainer>, use: (container: TestContainer) => Promise<void>): Promise<number> {
  const begun = performance.now();
  const container = await open();
  await use(container);
  const ms = performance.now() - begun;
  await container.stop();
  return ms;
}

async function get(container: TestContainer): Promise<void> {
  const text = await container.invoke(httpApiEvent({ path: LIST, headers: { authorization: `Bearer ${TOKEN}` } }));
  const { statusCode, body } = JSON.parse(text) as { readonly statusCode: number; readonly body: string };
  if (statusCode !== 200) throw new Error(`${LIST}: ${statusCode} ${body} ${container.log().slice(-2000)}`);
}

async function warmTimes(container: TestContainer, requests: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let i = 0; i < requests; i += 1) {
    const begun = performance.now();
    await get(container);
    times.push(performance.now() - begun);
  }
  return times.slice(Math.min(20, requests - 1));
}

async function residentMegabytes({ process: { pid } }: TestContainer): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
