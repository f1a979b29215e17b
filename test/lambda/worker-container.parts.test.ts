// One container of the worker as a function, on the built bundle: what it does when what it needs has gone while it was frozen.
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { buildWorker } from '../../app/lambda/build-worker.ts';
import { startPostgres } from '../fixtures/postgres.ts';
import { aDatabaseBetween, type DatabaseBetween } from '../fixtures/silent-database.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { startContainer, type TestContainer } from './runtime-api.ts';

const TEST_MS = 60_000;
/** Of which the last ten seconds are for ending. */
const INVOCATION_MS = 12_500;
const folder = temporaryFolder();
let postgres: Awaited<ReturnType<typeof startPostgres>>;
let database: DatabaseBetween;

beforeAll(async () => {
  [postgres] = await Promise.all([startPostgres(), buildWorker({ folder, arch: process.arch, cache: inject('dreyCache') })]);
  database = await aDatabaseBetween(new URL(postgres.url));
}, 120_000);
afterAll(async () => {
  await database.close();
  await postgres.stop();
});

async function aContainer(over: Readonly<Record<string, string>> = {}): Promise<TestContainer> {
  const environment = {
    HOME: '/tmp',
    DATABASE_URL: database.url,
    DREY_SECRET_KEY: randomBytes(32).toString('base64'),
    DREY_BLOB_ROOT: join(folder, 'state'),
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    ...over,
  };
  const container = await startContainer({ file: join(folder, 'worker.js'), handler: 'handler', environment, limitMs: INVOCATION_MS });
  onTestFinished(() => container.stop());
  return container;
}

describe('a container of the serverless worker', () => {
  it(
    'works over new connections when those to its database fell silent',
    async () => {
      const container = await aContainer();
      await container.invoke({});
      database.silence();
      database.speak();
      await container.invoke({});
      expect(container.log()).toContain('the database is silent: connections to it are opened anew');
    },
    TEST_MS,
  );

  it.each([
    ['does not take it', { TEMPORAL_NAMESPACE: 'nobody-made-this' }, 'check TEMPORAL_NAMESPACE'],
    ['is not there', { TEMPORAL_ADDRESS: '127.0.0.1:1' }, 'check TEMPORAL_ADDRESS'],
  ])(
    'ends with one line that names the setting when Temporal %s',
    async (_, over, named) => {
      const container = await aContainer(over);
      await expect(container.invoke({})).rejects.toThrow('the container ended with 1');
      expect(container.log().match(/the worker failed, and the next invocation/g)).toHaveLength(1);
      expect(container.log()).toContain(named);
    },
    TEST_MS,
  );
});
