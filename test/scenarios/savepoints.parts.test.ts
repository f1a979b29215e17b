// What becomes of Savepoints on the simulated Flink: registered, deleted, kept in number. Real files, real store, real Temporal.
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Doc, newest, type TestPlatform } from '../fixtures/a-platform.ts';
import { ENTRY_CLASS, withSimulatedPlatform } from '../fixtures/a-simulated-platform.ts';
import type { SimulatedClusters } from '../fixtures/simulated-clusters.ts';

const NIL = '00000000-0000-0000-0000-000000000000';

let clusters: SimulatedClusters;
let platform: TestPlatform;
withSimulatedPlatform((own) => ({ clusters, platform } = own));

const spec = (over: object = {}) => ({
  state: 'RUNNING',
  deploymentTargetName: 'default',
  ...over,
  template: {
    spec: {
      artifact: { kind: 'JAR', jarUri: platform.jarUri, entryClass: ENTRY_CLASS, flinkVersion: '1.20' },
      flinkConfiguration: { 'execution.checkpointing.interval': '50ms' },
    },
  },
});
const create = async (name: string, over: object = {}): Promise<string> => {
  const { status, body } = await platform.call('POST', 'deployments', { metadata: { name }, spec: spec(over) });
  expect(status, JSON.stringify(body)).toBe(201);
  return body.metadata.id;
};
const reaches = (name: string, wanted: string) => platform.until(`deployments/${name}`, ({ status }) => status.state === wanted);
const brings = async (name: string, state: string): Promise<void> => {
  await platform.call('PATCH', `deployments/${name}`, { spec: { state } });
  await reaches(name, state);
};
const running = async (name: string): Promise<string> => {
  const id = await create(name);
  await reaches(name, 'RUNNING');
  return id;
};
const annotate = (name: string, annotations: object) => platform.call('PATCH', `deployments/${name}`, { metadata: { annotations } });
const list = async (id: string): Promise<readonly Doc[]> => (await platform.call('GET', `savepoints?deploymentId=${id}`)).body.items;
const jobsOf = async (id: string): Promise<readonly Doc[]> => (await platform.call('GET', `jobs?deploymentId=${id}`)).body.items;
const idsOf = (items: readonly Doc[]): readonly string[] => items.map(({ metadata }) => metadata.id);
const ofOrigin = async (id: string, origin: string) => (await list(id)).filter(({ metadata }) => metadata.origin === origin);

async function takes(deploymentId: string): Promise<Doc> {
  const { status, body } = await platform.call('POST', 'savepoints', { metadata: { deploymentId } });
  expect(status).toBe(201);
  return platform.until(`savepoints/${body.metadata.id}`, (savepoint) => savepoint.status.state === 'COMPLETED');
}

async function registers(deploymentId: string, savepointLocation: string): Promise<Doc> {
  const { status, body } = await platform.call('POST', 'savepoints', { metadata: { deploymentId }, spec: { savepointLocation, flinkSavepointId: NIL } });
  expect([status, body.metadata.origin, body.status.state]).toEqual([201, 'COPIED', 'COMPLETED']);
  return body;
}

const pathOf = ({ spec: { savepointLocation = '' } }: Doc): string => new URL(savepointLocation).pathname;
const remove = (savepoint: Doc, query = '') => platform.call('DELETE', `savepoints/${savepoint.metadata.id}${query}`);
const isGone = (savepoint: Doc) =>
  expect.poll(async () => (await platform.call('GET', `savepoints/${savepoint.metadata.id}`)).status, { timeout: 20_000 }).toBe(404);

async function deleted(savepoint: Doc): Promise<void> {
  const { status, body } = await remove(savepoint);
  expect([status, body.status?.state ?? body.message]).toEqual([200, 'PENDING_DELETION']);
  await isGone(savepoint);
}

it('F4 a location that is posted with its flinkSavepointId is COPIED and COMPLETED at once, without a call to Flink', async () => {
  const id = await create('f4', { state: 'CANCELLED' });
  const started = clusters.started().length;
  const { metadata, status } = await registers(id, 's3://bucket/savepoint-1');
  expect([metadata.origin, status.state]).toEqual(['COPIED', 'COMPLETED']);
  expect(clusters.started()).toHaveLength(started);
});

it('F5 DELETE removes a Savepoint and its data, with a live cluster and without one, and leaves the phase alone', async () => {
  const id = await running('f5');
  const [first, second, third] = [await takes(id), await takes(id), await takes(id)];
  await deleted(first);
  expect(existsSync(pathOf(first))).toBe(false);
  expect((await platform.call('GET', 'deployments/f5')).body.status.state).toBe('RUNNING');
  await brings('f5', 'CANCELLED');
  await deleted(second);
  expect(existsSync(pathOf(second))).toBe(false);
  expect(existsSync(pathOf(third))).toBe(true);
  const { body } = await platform.call('GET', 'deployments/f5');
  expect(body.status.state).toBe('CANCELLED');
});

it('F5 data that cannot be deleted leaves the Savepoint in FAILED_DELETION with the cause, and DELETE again works', async () => {
  const id = await running('f5-fails');
  const [broken] = [await takes(id), await takes(id)];
  const metadata = join(pathOf(broken), '_metadata');
  renameSync(metadata, `${metadata}-aside`);
  expect((await remove(broken)).status).toBe(200);
  const failed = await platform.until(`savepoints/${broken.metadata.id}`, ({ status }) => status.state === 'FAILED_DELETION');
  expect(failed.status.failure.reason).toContain('is no complete snapshot');
  expect(existsSync(`${metadata}-aside`)).toBe(true);
  writeFileSync(metadata, 'there again');
  await deleted(broken);
  expect(existsSync(pathOf(broken))).toBe(false);
});

it('F5 what a live Job was started from, or the next start would restore, stays; force takes the resource and never the data', async () => {
  const id = await running('f5-force');
  await brings('f5-force', 'SUSPENDED');
  const suspended = newest(await ofOrigin(id, 'SUSPEND'));
  expect((await remove(suspended)).body.message).toContain('the next start of the Deployment would restore it');
  await brings('f5-force', 'RUNNING');
  const user = await takes(id);
  const refused = await remove(suspended);
  expect([refused.status, refused.body.message]).toEqual([409, expect.stringContaining(`Job ${(newest(await jobsOf(id))).metadata.id} was started from it`)]);
  expect((await remove(user)).status).toBe(409);
  for (const savepoint of [suspended, user]) {
    const { status, headers } = await remove(savepoint, '?force=true');
    expect([status, headers.get('warning')]).toEqual([200, expect.stringContaining('its data stays')]);
    await isGone(savepoint);
    expect(existsSync(pathOf(savepoint))).toBe(true);
  }
  expect((await platform.call('GET', 'deployments/f5-force')).body.status.state).toBe('RUNNING');
});

it('F5 data that a Savepoint of another Deployment refers to stays, and so does that of a COPIED one', async () => {
  const id = await running('f5-shared');
  const [shared] = [await takes(id), await takes(id)];
  const fork = await create('f5-fork', { state: 'CANCELLED' });
  const copies = [
    await registers(fork, `${pathOf(shared)}/`),
    await registers(fork, shared.spec.savepointLocation?.replace('file:///', 'file:/') ?? ''),
  ] as const;
  await deleted(shared);
  expect(existsSync(pathOf(shared))).toBe(true);
  await deleted(copies[0]);
  await brings('f5-fork', 'RUNNING');
  expect(newest(await jobsOf(fork)).spec.savepointLocation).toBe(shared.spec.savepointLocation);
  expect(existsSync(pathOf(shared))).toBe(true);
});

it('F6 exactly the surplus goes, oldest first; what users asked for goes only if the rule names it', async () => {
  const id = await running('f6');
  const users = [await takes(id), await takes(id), await takes(id)];
  const copies = [];
  for (const n of [1, 2, 3, 4]) copies.push(await registers(id, `s3://bucket/savepoint-${n}`));
  await annotate('f6', { 'drey.dev/keep-savepoints': '2' });
  await expect.poll(async () => idsOf(await ofOrigin(id, 'COPIED')), { timeout: 20_000 }).toEqual(idsOf(copies.slice(2).toReversed()));
  expect(idsOf(await ofOrigin(id, 'USER_REQUEST'))).toEqual(idsOf(users.toReversed()));
  await annotate('f6', { 'drey.dev/keep-savepoints': '2', 'drey.dev/keep-user-savepoints': '1' });
  await expect.poll(async () => idsOf(await ofOrigin(id, 'USER_REQUEST')), { timeout: 20_000 }).toEqual(idsOf(users.slice(2)));
  expect(users.map((savepoint) => existsSync(pathOf(savepoint)))).toEqual([false, false, true]);
  const events = (await platform.call('GET', `events?deploymentId=${id}`)).body.items.map((event) => event.spec.message).toReversed();
  expect(events.filter((message) => message.startsWith('the Savepoint was deleted'))).toHaveLength(4);
  expect((await platform.call('GET', 'deployments/f6')).body.status.state).toBe('RUNNING');
});

it('F8 the same POST with one key makes one Savepoint, whose id is in both answers', async () => {
  const id = await running('f8');
  const body = { metadata: { deploymentId: id } };
  const answers = await Promise.all([1, 2, 3].map(() => platform.post('key-1', 'savepoints', body)));
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
  expect(new Set(answers.map((answer) => answer.body.metadata.id)).size).toBe(1);
  expect(await list(id)).toHaveLength(1);
});

it('F10 retention works while SUSPENDED and while CANCELLED', async () => {
  const id = await running('f10');
  for (const state of ['SUSPENDED', 'RUNNING', 'SUSPENDED', 'RUNNING', 'SUSPENDED']) await brings('f10', state);
  const [last, ...older] = await ofOrigin(id, 'SUSPEND');
  expect(older).toHaveLength(2);
  await annotate('f10', { 'drey.dev/keep-savepoints': '1' });
  for (const savepoint of older) await isGone(savepoint);
  expect(older.map((savepoint) => existsSync(pathOf(savepoint)))).toEqual([false, false]);
  await brings('f10', 'CANCELLED');
  const copies = [await registers(id, 's3://bucket/a'), await registers(id, 's3://bucket/b')] as const;
  await isGone(copies[0]);
  expect(idsOf(await list(id))).toEqual(expect.arrayContaining([copies[1].metadata.id, last?.metadata.id]));
  expect(existsSync(pathOf(last as Doc))).toBe(true);
});

it('A16 a location registered while RUNNING causes no transition; a STATEFUL upgrade restores its own Savepoint', async () => {
  const donor = await running('a16-donor');
  const given = await takes(donor);
  const id = await running('a16');
  await registers(id, given.spec.savepointLocation ?? '');
  await platform.call('PATCH', 'deployments/a16', { spec: { template: { spec: { artifact: { mainArgs: '--version 2' } } } } });
  await platform.until(`jobs?deploymentId=${id}`, ({ items }) => items.length === 2 && newest(items).status.state === 'STARTED');
  const suspended = newest(await ofOrigin(id, 'SUSPEND'));
  expect(newest(await jobsOf(id)).spec.savepointLocation).toBe(suspended.spec.savepointLocation);
});

it.each(['CANCELLED', 'SUSPENDED'])(
  'A16 a location registered while %s, even twice, is what the next start restores; later ones use their own state',
  async (state) => {
    const name = `a16-${state.toLowerCase()}`;
    const donor = await running(`${name}-donor`);
    const given = await takes(donor);
    const id = await running(name);
    await brings(name, state);
    const twice = [await registers(id, given.spec.savepointLocation ?? ''), await registers(id, given.spec.savepointLocation ?? '')] as const;
    expect(twice[0].metadata.id).not.toBe(twice[1].metadata.id);
    expect((await platform.call('GET', `savepoints?deploymentId=${id}&restoreStrategy=LATEST_STATE`)).body.items).toEqual([twice[1]]);
    await brings(name, 'RUNNING');
    expect(newest(await jobsOf(id)).spec.savepointLocation).toBe(given.spec.savepointLocation);
    await brings(name, 'SUSPENDED');
    await brings(name, 'RUNNING');
    const own = newest(await ofOrigin(id, 'SUSPEND'));
    expect(newest(await jobsOf(id)).spec.savepointLocation).toBe(own.spec.savepointLocation);
  },
);

it('E10 after DELETE of a SUSPENDED Deployment its savepoint data stays, and a last event lists where', async () => {
  const id = await running('e10');
  await brings('e10', 'SUSPENDED');
  const suspended = newest(await ofOrigin(id, 'SUSPEND'));
  const { status, body } = await platform.call('DELETE', 'deployments/e10');
  expect([status, body.metadata.id]).toEqual([200, id]);
  await isGone(suspended);
  expect(existsSync(pathOf(suspended))).toBe(true);
  const events = (await platform.call('GET', 'events')).body.items;
  const last = events.find((event) => event.spec.message.includes('Deployment "e10" was deleted'));
  expect(last?.spec.message).toContain(suspended.spec.savepointLocation);
});
