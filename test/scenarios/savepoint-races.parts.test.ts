// Races for a Savepoint on PostgreSQL: one side stands before its commit while the other one waits for its lock, in both orders.
import { Registry } from 'prom-client';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { decide } from '../../activities/decide.ts';
import { deleteSavepoint } from '../../activities/delete-savepoint.ts';
import type { ActivityDeps } from '../../activities/deps.ts';
import { parseId, type DeploymentId, type SavepointId } from '../../domain/ids.ts';
import { DEFAULT_POLICY } from '../../domain/view.ts';
import { createStorage } from '../../flink/storage/create-storage.ts';
import { createHttpApp } from '../../functions/app.ts';
import { migrate } from '../../store/migrate.ts';
import { openPostgres } from '../../store/postgres.ts';
import type { Store } from '../../store/store.ts';
import type { Doc } from '../fixtures/a-platform.ts';
import { createDatabase, dropDatabase, startPostgres, type TestPostgres } from '../fixtures/postgres.ts';
import { newId, openPostgresStore } from '../store/open-store.ts';
import { aGate, untilSomebodyWaitsForALock } from '../store/races.ts';
import { aSavepoint } from '../store/samples.ts';

const N = 'http://localhost/api/v1/namespaces/default';
let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
  const kysely = openPostgres({ url: postgres.url, max: 1 });
  await migrate(kysely);
  await kysely.destroy();
});
afterAll(() => postgres.stop());

/** Two processes on one database. */
let a: Store;
let b: Store;
let removed: string[];
/** Removing data takes as long as this. */
let removing: Promise<unknown>;
beforeEach(async () => {
  const url = await createDatabase(postgres.url, postgres.url);
  [a, b] = [openPostgresStore(url), openPostgresStore(url)];
  [removed, removing] = [[], Promise.resolve()];
  await a.transaction(async (tx) => {
    await a.namespaces.ensure(tx, 'default');
    await a.deploymentTargets.insert(tx, { namespace: 'default', name: 'default', labels: {}, annotations: {}, spec: { local: {} } });
  });
  onTestFinished(async () => {
    await Promise.all([a.close(), b.close()]);
    await dropDatabase(url);
  });
});

interface Stopped {
  readonly store: Store;
  /** Its next transaction has done everything but commit. */
  readonly reached: Promise<void>;
  readonly goOn: () => void;
}

function stopsBeforeCommit(store: Store): Stopped {
  const [reached, gate] = [aGate(), aGate()];
  const transaction: Store['transaction'] = (work) =>
    store.transaction(async (tx) => {
      const result = await work(tx);
      reached.resolve();
      await gate.promise;
      return result;
    });
  const stopped = Object.create(store, { transaction: { value: transaction } }) as Store;
  return { store: stopped, reached: reached.promise, goOn: () => gate.resolve() };
}

const flinkOf = () => {
  const { storage } = createStorage({ blobRoot: '/blobs' });
  const remove = async (location: string): Promise<void> => {
    await removing;
    removed.push(location);
  };
  return { local: { versions: ['1.20.0'], versionFor: () => '1.20.0' }, storage: { ...storage, remove } };
};
const awake = { deployment: () => Promise.resolve(true), sessionCluster: () => Promise.resolve(true), sweep: () => Promise.resolve(true) };
const activities = (store: Store): ActivityDeps =>
  ({ store, flink: flinkOf(), wake: awake, policy: DEFAULT_POLICY, log: { warn: () => undefined, error: () => undefined } }) as unknown as ActivityDeps;

async function call(store: Store, method: string, path: string, body?: object): Promise<{ readonly status: number; readonly body: Doc }> {
  const app = createHttpApp({
    store,
    wake: awake,
    flink: flinkOf() as never,
    reach: () => Promise.resolve(undefined),
    readiness: () => ({ ready: true, reasons: [] }),
    registry: new Registry(),
    logger: { error: (context) => process.stderr.write(`${JSON.stringify(context)}\n`) },
    settings: { version: '0.0.0', auth: { kind: 'none', admins: [] }, allowedHosts: [], lenient: false, localTargets: true },
  });
  const init = body === undefined ? { method } : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await app.request(`${N}/${path}`, init);
  return { status: answer.status, body: (await answer.json()) as Doc };
}

async function aDeployment(name: string, spec: object): Promise<DeploymentId> {
  const template = { spec: { artifact: { kind: 'JAR', jarUri: 'file:///j.jar', flinkVersion: '1.20' } } };
  const { status, body } = await call(a, 'POST', 'deployments', { metadata: { name }, spec: { deploymentTargetName: 'default', template, ...spec } });
  expect(status, body.message).toBe(201);
  return parseId<'DeploymentId'>(body.metadata.id);
}

async function aCompleted(id: DeploymentId, state: 'COMPLETED' | 'PENDING_DELETION' = 'COMPLETED'): Promise<{ id: SavepointId; location: string }> {
  const savepointId = newId<'SavepointId'>();
  const targetDirectory = `file:///blobs/${savepointId}`;
  const location = `${targetDirectory}/savepoint-1`;
  await a.transaction((tx) => a.savepoints.insert(tx, aSavepoint({ id, namespace: 'default' }, { id: savepointId, state, targetDirectory, location })));
  return { id: savepointId, location };
}

async function orderFor(store: Store, id: DeploymentId) {
  const fence = await store.transaction((tx) => store.deployments.acquireFence(tx, id, 'run-1'));
  if (fence === undefined) throw new Error('no fence');
  return { id, fence, workflowRunId: 'run-1' };
}

const stateOf = async (id: SavepointId) => (await a.savepoints.findById(a.read, id))?.state;
const start = { spec: { state: 'RUNNING', restoreStrategy: { kind: 'LATEST_STATE' } } };

it('F5 a DELETE that comes first is seen by the start: it restores nothing that is to be deleted', async () => {
  const id = await aDeployment('first', { state: 'RUNNING', restoreStrategy: { kind: 'NONE' } });
  const savepoint = await aCompleted(id);
  const slow = stopsBeforeCommit(a);
  const deleting = call(slow.store, 'DELETE', `savepoints/${savepoint.id}`);
  await slow.reached;
  const starting = call(b, 'PATCH', 'deployments/first', start).then(async () => decide(activities(b), await orderFor(b, id)));
  await untilSomebodyWaitsForALock(b);
  slow.goOn();
  expect((await deleting).status).toBe(200);
  expect(await starting).toMatchObject({ kind: 'fetchArtifact', create: { restoreFrom: null } });
  expect(await stateOf(savepoint.id)).toBe('PENDING_DELETION');
});

it('F5 a DELETE that comes after the edit that makes a start choose it is refused', async () => {
  const id = await aDeployment('edited', { state: 'RUNNING', restoreStrategy: { kind: 'NONE' } });
  const savepoint = await aCompleted(id);
  const slow = stopsBeforeCommit(a);
  const editing = call(slow.store, 'PATCH', 'deployments/edited', start);
  await slow.reached;
  const deleting = call(b, 'DELETE', `savepoints/${savepoint.id}`);
  await untilSomebodyWaitsForALock(b);
  slow.goOn();
  expect((await editing).status).toBe(200);
  expect(await deleting).toMatchObject({ status: 409, body: { message: expect.stringContaining('the next start of the Deployment would restore it') } });
  expect(await stateOf(savepoint.id)).toBe('COMPLETED');
});

it('F5 a DELETE that comes after the start has chosen it is refused; with force the row goes and the data stays', async () => {
  const id = await aDeployment('started', { state: 'RUNNING' });
  const savepoint = await aCompleted(id);
  const order = await orderFor(a, id);
  const slow = stopsBeforeCommit(a);
  const deciding = decide(activities(slow.store), order);
  await slow.reached;
  const deleting = call(b, 'DELETE', `savepoints/${savepoint.id}`);
  await untilSomebodyWaitsForALock(b);
  slow.goOn();
  expect(await deciding).toMatchObject({ kind: 'fetchArtifact', create: { restoreFrom: savepoint.id } });
  expect(await deleting).toMatchObject({ status: 409, body: { message: expect.stringMatching(/Job .* was started from it/) } });
  expect((await call(b, 'DELETE', `savepoints/${savepoint.id}?force=true`)).status).toBe(200);
  expect([removed, await stateOf(savepoint.id)]).toEqual([[], undefined]);
  expect(await a.jobs.liveFrom(a.read, savepoint.location)).toHaveLength(1);
});

it('F5 a location that another Deployment registers right before its data is removed keeps the data', async () => {
  const owner = await aDeployment('owner', { state: 'CANCELLED' });
  const fork = await aDeployment('fork', { state: 'CANCELLED' });
  const savepoint = await aCompleted(owner, 'PENDING_DELETION');
  const order = await orderFor(a, owner);
  const slow = stopsBeforeCommit(b);
  const registering = call(slow.store, 'POST', 'savepoints', {
    metadata: { deploymentId: fork },
    spec: { savepointLocation: savepoint.location, flinkSavepointId: fork },
  });
  await slow.reached;
  const deleting = deleteSavepoint(activities(a), { ...order, savepointId: savepoint.id });
  await untilSomebodyWaitsForALock(a);
  slow.goOn();
  expect((await registering).status).toBe(201);
  await deleting;
  expect([removed, await stateOf(savepoint.id)]).toEqual([[], undefined]);
});

it('F5 a location whose data is about to be removed cannot be registered any more', async () => {
  const owner = await aDeployment('owner', { state: 'CANCELLED' });
  const fork = await aDeployment('fork', { state: 'CANCELLED' });
  const savepoint = await aCompleted(owner, 'PENDING_DELETION');
  const order = await orderFor(a, owner);
  const slow = stopsBeforeCommit(a);
  const deleting = deleteSavepoint(activities(slow.store), { ...order, savepointId: savepoint.id });
  await slow.reached;
  const path = savepoint.location.replace('file://', '');
  const registering = call(b, 'POST', 'savepoints', { metadata: { deploymentId: fork }, spec: { savepointLocation: path, flinkSavepointId: fork } });
  await untilSomebodyWaitsForALock(b);
  // Once it is gone, so is the row, and the location is like any other.
  removing = registering;
  slow.goOn();
  const { status, body } = await registering;
  await deleting;
  expect([status === 409 ? body.message : status, removed]).toEqual([expect.stringContaining('the data there is being deleted'), [savepoint.location]]);
});

it('F8 the same POST in two processes at once makes one resource', async () => {
  const id = await aDeployment('twice', { state: 'CANCELLED' });
  const key = { namespace: 'default', route: '/r', key: 'k' };
  const slow = stopsBeforeCommit(a);
  const first = slow.store.transaction(async (tx) => {
    const used = await a.requestKeys.claim(tx, key, 'h');
    await a.requestKeys.bind(tx, key, id);
    return used;
  });
  await slow.reached;
  const second = b.transaction((tx) => b.requestKeys.claim(tx, key, 'h'));
  await untilSomebodyWaitsForALock(b);
  slow.goOn();
  expect([await first, await second]).toEqual([undefined, { sameBody: true, resourceId: id }]);
});
