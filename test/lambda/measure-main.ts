// The whole of a child process for `npm run bench -- lambda`: measures the built API function and says on one line what it saw. A real PostgreSQL; no
// request here needs Temporal. A container is a process of its own behind Lambda's Runtime API. Arguments: cold starts, warm requests.
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildLambda } from '../../app/lambda/build.ts';
import { startPostgres } from '../fixtures/postgres.ts';
import { httpApiEvent } from './events.ts';
import { startContainer, type TestContainer } from './runtime-api.ts';

const TOKEN = `drey_${'t'.repeat(40)}`;
const LIST = '/namespaces/v1/namespaces';
/** What is compiled on the way is not what a warm container does. */
const WARM_UP = 20;

async function get(container: TestContainer): Promise<void> {
  const text = await container.invoke(httpApiEvent({ path: LIST, headers: { authorization: `Bearer ${TOKEN}` } }));
  const { statusCode, body } = JSON.parse(text) as { readonly statusCode: number; readonly body: string };
  if (statusCode !== 200) throw new Error(`${LIST}: ${statusCode} ${body} ${container.log().slice(-2000)}`);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

async function residentMegabytes({ process: { pid } }: TestContainer): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

const [coldStarts = 10, requests = 500] = process.argv.slice(2).map(Number);
const folder = await mkdtemp(join(tmpdir(), 'drey-lambda-'));
const postgres = await startPostgres();
try {
  await buildLambda(folder);
  const file = join(folder, 'api.mjs');
  const environment = {
    DATABASE_URL: postgres.url,
    DREY_SECRET_KEY: randomBytes(32).toString('base64'),
    DREY_ADMIN_TOKEN: TOKEN,
    DREY_RATE_LIMIT: '0',
    TEMPORAL_ADDRESS: '127.0.0.1:1',
  };
  const open = (): Promise<TestContainer> => startContainer({ file, handler: 'handler', environment });
  const cold: number[] = [];
  // The first one makes the tables.
  for (let i = 0; i <= coldStarts; i += 1) {
    let container: TestContainer | undefined;
    const ms = await timed(async () => get((container = await open())));
    if (i > 0) cold.push(ms);
    await container?.stop();
  }
  const container = await open();
  const warm: number[] = [];
  for (let i = 0; i < requests + WARM_UP; i += 1) warm.push(await timed(() => get(container)));
  const resident = await residentMegabytes(container);
  await container.stop();
  const bundle = gzipSync(await readFile(file), { level: 9 }).length;
  process.stdout.write(`${JSON.stringify({ bundle, cold, warm: warm.slice(WARM_UP), resident })}\n`);
} finally {
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
