// Every operation of the API, asked by schemathesis with what the OpenAPI document allows and with what it forbids. Nothing may end in a 5xx or in a
// status that the document does not name, and answers look as it says. The same seed asks the same again.
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { anyFreePort } from '../../app/embedded/free-port.ts';
import { listen } from '../../app/server.ts';
import type { HttpServer } from '../../app/server.ts';
import { createStorage } from '../../flink/storage/create-storage.ts';
import type { Store } from '../../store/store.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { pythonTool } from '../setup/python.ts';
import { aDocument, aJobOf, anApi, openStore } from './an-api.ts';
import type { Api } from './an-api.ts';
import { aForm } from './an-artifact-api.ts';

const SEED = '20231';
const EXAMPLES = '10';
const CHECKS = ['not_a_server_error', 'status_code_conformance', 'content_type_conformance', 'response_headers_conformance', 'response_schema_conformance'];
const LIMIT_MS = 240_000;
/** Ends what all other operations need. */
const LEFT_OUT = 'deleteNamespace';

const N = '/api/v1/namespaces/default';
const NO_LOGS = { list: () => Promise.resolve({ kind: 'done' as const, value: [] }), read: () => Promise.resolve({ kind: 'done' as const, value: undefined }) };
let store: Store;
let api: Api;
let server: HttpServer;
let ids: readonly string[];
/** By the first digit of their status. */
const answers: Record<number, number> = {};

async function counted(request: Request): Promise<Response> {
  const answer = await api.fetch(request);
  const kind = Math.floor(answer.status / 100);
  answers[kind] = (answers[kind] ?? 0) + 1;
  return answer;
}

beforeAll(async () => {
  store = await openStore();
  const uploads = createStorage({ blobRoot: temporaryFolder() }).uploads;
  api = anApi(store, { uploads, flink: { local: { logs: () => NO_LOGS } }, settings: { uploadLimit: 100_000, artifactLimit: 200_000 } });
  const port = await anyFreePort();
  server = await listen({ host: '127.0.0.1', port }, () => []);
  server.use(counted);
  ids = await furnish();
});

afterAll(async () => {
  await server.stop();
  await store.close();
});

async function made(path: string, body: unknown): Promise<string> {
  const answer = await api.send('POST', path, body);
  expect([200, 201], answer.text).toContain(answer.status);
  return answer.body.metadata?.id;
}

/** One of each kind, so that requests find something. Returns ids. */
async function furnish(): Promise<readonly string[]> {
  await made(`${N}/deployment-targets`, { metadata: { name: 'default' }, spec: { local: {} } });
  const deploymentId = await made(`${N}/deployments`, aDocument());
  const job = await aJobOf(store, deploymentId);
  await made(`${N}/secret-values`, { metadata: { name: 'KEY' }, spec: { kind: 'Plain', value: 'secret' } });
  await made(`${N}/sessionclusters`, { metadata: { name: 'shared' }, spec: { deploymentTargetName: 'default', flinkVersion: '1.20' } });
  const savepointId = await made(`${N}/savepoints`, {
    metadata: { deploymentId },
    spec: { savepointLocation: 'file:///blobs/one', flinkSavepointId: '00000000-0000-0000-0000-000000000000' },
  });
  await made('/apitokens/v1/namespaces/default/apitokens', { name: 'namespaces/default/apitokens/robot', role: 'viewer' });
  const upload = { method: 'POST', body: aForm('job.jar'), headers: { 'X-Drey-Upload': '1' } };
  expect((await api.request('/artifacts/v1/namespaces/default/artifacts:upload', upload)).status).toBe(200);
  return [deploymentId, job.id, savepointId];
}

/** Mostly what is there, else anything. */
function configOf(ids: readonly string[]): string {
  const words = {
    namespaces: ['default'],
    names: ['clicks', 'default', 'KEY', 'shared', 'robot', 'job.jar'],
    ids,
    texts: ['default', 'shared', '1g', '30s', '1.20', 'file:///job.jar'],
  };
  const bound = { namespace: 'namespaces', name: 'names', token: 'names', filename: 'names', jobId: 'ids', savepointId: 'ids' };
  const dictionaries = Object.entries(words).map(([name, values]) => `[dictionaries.${name}]\nvalues = ${JSON.stringify(values)}`);
  const parameters = Object.entries(bound).map(([key, dictionary]) => `"path.${key}" = { dictionary = "${dictionary}", probability = 0.8 }`);
  const strings = ['[generation.dictionaries]', 'string = { dictionary = "texts", probability = 0.4 }'];
  return [...dictionaries, '[parameters]', ...parameters, ...strings, ''].join('\n');
}

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

async function schemathesis(args: readonly string[], cwd: string): Promise<Ended> {
  const child = spawn(await pythonTool('schemathesis'), args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: LIMIT_MS, killSignal: 'SIGKILL' });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, output };
}

async function fuzz(operations: readonly string[], examples = EXAMPLES): Promise<Ended> {
  const folder = temporaryFolder();
  const config = join(folder, 'schemathesis.toml');
  await writeFile(config, configOf(ids));
  const limits = ['--max-examples', examples, '--seed', SEED, '--request-timeout', '20', '--no-shrink', '--generation-database', 'none'];
  const what = ['--checks', CHECKS.join(','), '--phases', 'fuzzing', '--continue-on-failure', ...operations];
  const how = ['--suppress-health-check', 'all', '--no-color', '--header', 'X-Drey-Upload: 1', '--warnings', 'off'];
  return schemathesis(['--config-file', config, 'run', `${server.url}/swagger.json`, ...what, ...limits, ...how], folder);
}

it(
  'answers everything as its document says',
  async () => {
    const { code, output } = await fuzz(['--exclude-operation-id', LEFT_OUT]);
    expect(api.logged, `unexpected errors, seed ${SEED}`).toEqual([]);
    expect(code, `seed ${SEED}\n${output}`).toBe(0);
    // It went deep enough to say something.
    expect(answers[2], output).toBeGreaterThan(60);
    expect(answers[4], output).toBeGreaterThan(60);
  },
  LIMIT_MS + 10_000,
);

it.each([
  ['a 5xx', () => Response.json({}, { status: 500 }), 'Server error'],
  ['a status that is not declared', () => Response.json({}, { status: 418 }), 'Undocumented status code'],
  ['an answer in another form', () => Response.json({ status: 'UP' }), 'violates schema'],
])(
  'would find %s',
  async (_, faulty, found) => {
    server.use((request) => (new URL(request.url).pathname === '/healthz' ? faulty() : api.fetch(request)));
    const { code, output } = await fuzz(['--include-operation-id', 'getHealth'], '1');
    expect([code, output]).toEqual([1, expect.stringContaining(found)]);
  },
  LIMIT_MS,
);
