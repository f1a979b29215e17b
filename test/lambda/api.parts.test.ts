// The API as the built Lambda function: in a process of its own behind Lambda's Runtime API, on a real PostgreSQL, with the Temporal of the run.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { API } from '../../domain/api.schema.ts';
import { anyFreePort } from '../../app/embedded/free-port.ts';
import { startMoto } from '../fixtures/start-moto.ts';
import { startPostgres, type TestPostgres } from '../fixtures/postgres.ts';
import { builtFunctions } from './a-lambda.ts';
import { amazonAt } from './amazon.ts';
import { aDatabaseBetween } from '../fixtures/silent-database.ts';
import { type Asked, functionUrlEvent, httpApiEvent } from './events.ts';
import type { TestContainer } from './runtime-api.ts';

const ADMIN = `drey_${'a'.repeat(40)}`;
const N = '/api/v1/namespaces/default';
const built = builtFunctions();
let postgres: TestPostgres;
let environment: Record<string, string>;
let api: TestContainer;

const container = (changes: Readonly<Record<string, string>> = {}, handler = 'handler'): Promise<TestContainer> =>
  built.container('api', { ...environment, ...changes }, handler);

interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

async function ask(
  asked: Asked,
  { of = api, event = httpApiEvent }: { readonly of?: TestContainer; readonly event?: (asked: Asked) => object } = {},
): Promise<Answer> {
  const headers = { authorization: `Bearer ${ADMIN}`, ...asked.headers };
  return JSON.parse(await of.invoke(event({ ...asked, headers }))) as Answer;
}

const json = (body: object): Pick<Asked, 'headers' | 'body'> => ({ headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

const MALFORMED = [
  ['nothing', null],
  ['an event of another service', { Records: [{ eventSource: 'aws:s3' }] }],
  ['an event of payload format 1.0', { version: '1.0', httpMethod: 'GET', path: '/', headers: {} }],
  ['a body in broken base64', httpApiEvent({ method: 'POST', path: `${N}/secret-values`, body: 'abc', isBase64Encoded: true })],
] as const;

beforeAll(async () => {
  postgres = await startPostgres();
  environment = {
    DATABASE_URL: postgres.url,
    DREY_SECRET_KEY: randomBytes(32).toString('base64'),
    DREY_ADMIN_TOKEN: ADMIN,
    DREY_BLOB_ROOT: 's3://drey-test',
    DREY_RATE_LIMIT: '0',
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    AWS_REGION: 'eu-central-1',
  };
  api = await container();
  const roleBindings = [{ role: 'owner', members: ['user:admin'] }];
  const bound = await ask({ method: 'PUT', path: '/namespaces/v1/namespaces/default', ...json({ name: 'namespaces/default', roleBindings }) });
  expect([bound.statusCode, bound.body], api.log()).toEqual([200, expect.stringContaining('user:admin')]);
});
afterAll(async () => {
  await postgres.stop();
});

describe('a request through API Gateway or a Function URL', () => {
  const ways = [
    ['an HTTP API', (asked: Asked) => httpApiEvent(asked)],
    ['an HTTP API with a stage', (asked: Asked) => httpApiEvent(asked, 'prod')],
    ['a Function URL', functionUrlEvent],
  ] as const;

  it.each(ways)('by %s is answered as it is elsewhere', async (_, event) => {
    const { statusCode, headers, body } = await ask({ path: `${N}/deployment-targets` }, { event });
    expect([statusCode, headers['content-type'], JSON.parse(body)]).toMatchObject([200, 'application/json', { kind: 'DeploymentTargetList' }]);
    expect((await ask({ path: '/nowhere' }, { event })).statusCode).toBe(404);
    const refused = await ask({ path: `${N}/deployments`, headers: { authorization: 'Bearer drey_wrong' } }, { event });
    expect([refused.statusCode, refused.headers['www-authenticate']]).toEqual([401, 'Bearer realm="drey"']);
  });

  it.each(ways)('by %s may carry its body in base64, as YAML, and what the query says', async (_, event) => {
    const name = `secret-${randomBytes(4).toString('hex')}`;
    const yaml = `metadata: {name: ${name}, labels: {a: "ä"}}\nspec: {kind: Plain, value: x}\n`;
    const body = { body: Buffer.from(yaml).toString('base64'), isBase64Encoded: true };
    const made = await ask({ method: 'POST', path: `${N}/secret-values`, headers: { 'content-type': 'application/yaml' }, ...body }, { event });
    expect([made.statusCode, JSON.parse(made.body).metadata.labels]).toEqual([201, { a: 'ä' }]);
    const list = await ask({ path: `${N}/events`, query: 'limit=bad' }, { event });
    expect([list.statusCode, list.body]).toEqual([400, expect.stringContaining('limit')]);
  });

  it('finds every route that the server has, and no other', async () => {
    for (const { method, path } of Object.values(API)) {
      const asked = { method: method.toUpperCase(), path: path.replaceAll(/\{\w+\}/g, '0b9d7c52-6b0f-4a55-9a3a-0d6f9bd3a7c1') };
      const { statusCode, body } = await ask(asked);
      expect([asked, statusCode, body], 'known here').not.toEqual([asked, 404, expect.stringContaining(`there is no ${asked.path}`)]);
      expect([asked, statusCode]).not.toEqual([asked, 405]);
    }
    expect((await ask({ method: 'DELETE', path: `${N}/jobs` })).statusCode).toBe(405);
  });

  it('is answered with the console of the API, pictures included', async () => {
    expect((await ask({ path: '/swagger.json' })).statusCode).toBe(200);
    const picture = await ask({ path: '/swagger/favicon-32x32.png' });
    expect([picture.statusCode, picture.isBase64Encoded, Buffer.from(picture.body, 'base64').subarray(1, 4).toString()]).toEqual([200, true, 'PNG']);
  });

  it.each(MALFORMED)('that is %s is a 400, and the function lives on', async (_, event) => {
    const answer = JSON.parse(await api.invoke(event)) as Answer;
    expect([answer.statusCode, JSON.parse(answer.body).status]).toEqual([400, 400]);
    expect((await ask({ path: '/healthz' })).statusCode).toBe(200);
  });

  it('that brings more than 4 MiB of a file is refused with the way past Lambda', async () => {
    const form = new FormData();
    form.append('file', new Blob([Buffer.alloc(4 * 2 ** 20 + 1)]), 'large.jar');
    const request = new Request('http://drey/', { method: 'POST', body: form });
    const headers = { 'content-type': request.headers.get('content-type') ?? '' };
    const body = Buffer.from(await request.arrayBuffer()).toString('base64');
    const path = '/artifacts/v1/namespaces/default/artifacts:upload';
    const answer = await ask({ method: 'POST', path, headers, body, isBase64Encoded: true });
    expect([answer.statusCode, answer.body]).toEqual([413, expect.stringContaining('larger than 4 MiB: POST /drey/v1/namespaces/default/artifacts:presign')]);
  });

  it('for more than 6 MB is refused with the way to get it in parts', async () => {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    const label = 'x'.repeat(1000);
    await client.query(
      `insert into deployment_target (id, namespace, name, annotations, spec, resource_version, created_at, modified_at)
       select gen_random_uuid(), 'default', 'many-' || n, jsonb_build_object('a', $1::text), '{"kubernetes": {"namespace": "jobs"}}', 1, now(), now()
       from generate_series(1, 6500) n`,
      [label],
    );
    const answer = await ask({ path: `${N}/deployment-targets` });
    await client.query(`delete from deployment_target where name like 'many-%'`);
    await client.end();
    expect([answer.statusCode, answer.body]).toEqual([413, expect.stringContaining('limit and continue')]);
  });
});

describe('a streaming Function URL', () => {
  it('writes the head and the answer as it comes', async () => {
    const streaming = await container({}, 'stream');
    const event = functionUrlEvent({ path: `${N}/deployment-targets`, headers: { authorization: `Bearer ${ADMIN}` } });
    const [head = '', body = ''] = (await streaming.invoke(event)).split('\0'.repeat(8));
    expect(JSON.parse(head)).toMatchObject({ statusCode: 200, headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(body)).toMatchObject({ kind: 'DeploymentTargetList' });
  });

  it.each(MALFORMED)('answers %s with 400, and lives on', async (_, event) => {
    const streaming = await container({}, 'stream');
    for (let times = 0; times < 2; times += 1) {
      const [head = '', body = ''] = (await streaming.invoke(event)).split('\0'.repeat(8));
      expect([JSON.parse(head).statusCode, JSON.parse(body).status]).toEqual([400, 400]);
    }
  });
});

describe('a container', () => {
  it('that was frozen while its connections broke answers when it thaws', async () => {
    const frozen = await container();
    expect((await ask({ path: `${N}/deployments` }, { of: frozen })).statusCode).toBe(200);
    frozen.process.kill('SIGSTOP');
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()');
    await client.end();
    frozen.process.kill('SIGCONT');
    expect((await ask({ path: `${N}/deployments` }, { of: frozen })).statusCode).toBe(200);
  });

  it.each([
    ['without a database', { DATABASE_URL: '' }, 'DATABASE_URL (or DATABASE_URL_FROM) is missing'],
    ['without Temporal', { TEMPORAL_ADDRESS: '' }, 'TEMPORAL_ADDRESS is missing'],
    ['without a key', { DREY_SECRET_KEY: '' }, 'DATABASE_URL needs DREY_SECRET_KEY'],
    ['with a database that does not answer', { DATABASE_URL: 'postgres://drey:hunter2@127.0.0.1:1/drey' }, 'The database of DATABASE_URL cannot be used'],
    ['with a reference that is none', { DATABASE_URL: '', DATABASE_URL_FROM: 'vault:drey' }, 'DATABASE_URL_FROM must be secret:'],
    [
      'with a secret that cannot be read',
      { DATABASE_URL: '', DATABASE_URL_FROM: 'secret:drey' },
      'DATABASE_URL_FROM: secret \\"drey\\" cannot be read (there are no AWS credentials here',
    ],
  ])('%s answers 503 within 3 s, names the setting in its log, and lives on', async (_, changes, said) => {
    const lame = await container(changes);
    const begun = performance.now();
    const answer = await ask({ path: '/healthz' }, { of: lame });
    expect(performance.now() - begun).toBeLessThan(6000);
    expect([answer.statusCode, JSON.parse(answer.body).message]).toEqual([503, expect.stringContaining('the log of this function says which setting')]);
    expect(lame.log()).toContain(said);
    expect(lame.log()).not.toContain('hunter2');
    expect((await ask({ path: '/healthz' }, { of: lame })).statusCode).toBe(503);
  });

  it.each(['once it was used', 'from the beginning'])('whose database is silent %s answers 503 within 3 s, and 200 when it speaks again', async (when) => {
    const between = await aDatabaseBetween(new URL(postgres.url));
    onTestFinished(() => between.close());
    const patient = await container({ DATABASE_URL: between.url });
    if (when === 'once it was used') expect((await ask({ path: `${N}/deployments` }, { of: patient })).statusCode).toBe(200);
    between.silence();
    const begun = performance.now();
    expect((await ask({ path: `${N}/deployments` }, { of: patient })).statusCode).toBe(503);
    expect(performance.now() - begun).toBeLessThan(6000);
    between.speak();
    expect((await ask({ path: `${N}/deployments` }, { of: patient })).statusCode).toBe(200);
  });

  it('whose connections fell silent while it was frozen answers over new ones', async () => {
    const between = await aDatabaseBetween(new URL(postgres.url));
    onTestFinished(() => between.close());
    const woken = await container({ DATABASE_URL: between.url });
    expect((await ask({ path: `${N}/deployments` }, { of: woken })).statusCode).toBe(200);
    between.silence();
    between.speak();
    expect((await ask({ path: `${N}/deployments` }, { of: woken })).statusCode).toBe(200);
  });

  it('reads its settings again after a failure, and answers once they are right', async () => {
    const moto = await startMoto();
    onTestFinished(() => moto.stop());
    const amazon = amazonAt(moto);
    await amazon.call('secretsmanager', 'secretsmanager.CreateSecret', { Name: 'db', SecretString: 'postgres://drey@127.0.0.1:1/drey' });
    const waiting = await container({ ...amazon.environment, DATABASE_URL: '', DATABASE_URL_FROM: 'secret:db' });
    expect((await ask({ path: `${N}/deployments` }, { of: waiting })).statusCode).toBe(503);
    await amazon.call('secretsmanager', 'secretsmanager.PutSecretValue', { SecretId: 'db', SecretString: postgres.url });
    expect((await ask({ path: `${N}/deployments` }, { of: waiting })).statusCode).toBe(200);
  });

  it('stores a write while Temporal is away, and says so', async () => {
    const alone = await container({ TEMPORAL_ADDRESS: `127.0.0.1:${await anyFreePort()}` });
    const artifact = { kind: 'JAR', jarUri: 'https://example.com/job.jar' };
    const spec = { state: 'RUNNING', deploymentTargetName: 'default', template: { spec: { artifact } } };
    const made = await ask({ method: 'POST', path: `${N}/deployments`, ...json({ metadata: { name: 'lonely' }, spec }) }, { of: alone });
    expect([made.statusCode, made.headers['warning']]).toEqual([201, expect.stringContaining('299 drey')]);
    expect((await ask({ path: `${N}/deployments/lonely` })).statusCode).toBe(200);
  });
});
