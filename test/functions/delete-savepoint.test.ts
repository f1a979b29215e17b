// DELETE of Savepoints over HTTP, and the list of what a start would use.
import { describe, expect, it } from 'vitest';
import { parseId, type SavepointId } from '../../domain/ids.ts';
import type { NewSavepoint, Store } from '../../store/store.ts';
import { newId } from '../store/open-store.ts';
import { aSavepoint } from '../store/samples.ts';
import { aDocument, aJobOf, anApi, withApi } from './an-api.ts';
import type { Api } from './an-api.ts';

let store: Store;
let api: Api;
let N: string;
withApi((own) => ({ store, api, N } = own));

const deploy = async (name: string, spec: object = {}): Promise<string> =>
  (await api.send('POST', `${N}/deployments`, aDocument({ metadata: { name }, spec }))).body.metadata.id;

/** One that is COMPLETED; later ones are newer. */
let captured = 1_700_000_000_000;
async function keep(deploymentId: string, over: Partial<NewSavepoint> = {}): Promise<SavepointId> {
  const id = newId<'SavepointId'>();
  captured += 1000;
  const deployment = { id: parseId<'DeploymentId'>(deploymentId), namespace: N.split('/').at(-1) ?? '' };
  const draft = aSavepoint(deployment, { id, state: 'COMPLETED', location: `file:///blobs/${id}/savepoint-1`, capturedAt: captured, ...over });
  await store.transaction((tx) => store.savepoints.insert(tx, draft));
  return id;
}
const remove = (id: string, query = '') => api.request(`${N}/savepoints/${id}${query}`, { method: 'DELETE' });
const intent = async (id: string) => (await store.deployments.findById(store.read, parseId<'DeploymentId'>(id)))?.intentVersion;
const change = (id: SavepointId, what: Parameters<Store['savepoints']['change']>[2]) => store.transaction((tx) => store.savepoints.change(tx, id, what));

describe('DELETE of a Savepoint', () => {
  it('marks it, raises the intent and wakes the workflow; asked again it is the same answer', async () => {
    const deployment = await deploy('marks');
    const [old] = [await keep(deployment), await keep(deployment)];
    const before = await intent(deployment);
    api.woken.length = 0;
    for (const times of [1, 2]) {
      const { status, body } = await remove(old);
      expect([status, body.kind, body.metadata.id, body.status], `${times}`).toEqual([200, 'Savepoint', old, { state: 'PENDING_DELETION' }]);
    }
    expect(await intent(deployment)).toBe((before ?? 0) + 1);
    expect(api.woken).toEqual(['marks: delete a savepoint', 'marks: delete a savepoint']);
    expect((await api.get(`${N}/savepoints/${old}`)).body.status).toEqual({ state: 'PENDING_DELETION' });
  });

  it('works again after a failed deletion, without the old failure', async () => {
    const deployment = await deploy('again');
    const [old] = [await keep(deployment), await keep(deployment)];
    await change(old, { state: 'FAILED_DELETION', failure: { reason: 'r', message: 'm', failedAt: 1 } });
    expect((await remove(old)).body.status).toEqual({ state: 'PENDING_DELETION' });
  });

  it('is 409 for what is STARTED, for the source of a live Job, and for what the next start would restore', async () => {
    const deployment = await deploy('refuses');
    const open = await keep(deployment, { state: 'STARTED' });
    const [source, newest] = [await keep(deployment), await keep(deployment)];
    const job = await aJobOf(store, deployment);
    await store.transaction(async (tx) => {
      await store.jobs.change(tx, job.id, { state: 'FAILED' });
      const { createdAt: _, state: __, ...again } = job;
      await store.jobs.insert(tx, { ...again, id: newId<'JobId'>(), restore: { savepointId: source, location: 'file:///x' } });
    });
    const answers = [await remove(open), await remove(source), await remove(newest, '?force=false')];
    expect(answers.map(({ status, body }) => [status, body.message])).toEqual([
      [409, expect.stringMatching(/cannot be deleted: it is STARTED: wait.*; force=true removes it all the same and leaves its data/)],
      [409, expect.stringMatching(/Job .* was started from it and has not ended/)],
      [409, expect.stringContaining('the next start of the Deployment would restore it')],
    ]);
    expect((await api.get(`${N}/savepoints?deploymentId=${deployment}`)).body.items).toHaveLength(3);
  });

  it('with force takes any of them at once, tells where the data stays, and needs no Temporal', async () => {
    const deployment = await deploy('forces');
    const only = await keep(deployment);
    const deaf = anApi(store, { temporalAnswers: false });
    const { status, body, headers } = await deaf.request(`${N}/savepoints/${only}?force=true`, { method: 'DELETE' });
    expect([status, body.metadata.id, headers.get('warning')]).toEqual([
      200,
      only,
      expect.stringContaining('its data stays where spec.savepointLocation says'),
    ]);
    expect((await api.get(`${N}/savepoints/${only}`)).status).toBe(404);
    const { body: events } = await api.get(`${N}/events?deploymentId=${deployment}`);
    expect(events.items[0].spec.message).toBe(`the Savepoint was removed by force; its data stays: file:///blobs/${only}/savepoint-1`);
  });

  it('is 409 even with force for the stop of a Job that has not ended: nothing else says how it ends', async () => {
    const deployment = await deploy('stops');
    const job = await aJobOf(store, deployment, { change: { state: 'STARTED' } });
    for (const state of ['STARTED', 'COMPLETED', 'FAILED'] as const) {
      const id = await keep(deployment, { origin: 'SUSPEND', jobId: job.id, state });
      const { status, body } = await remove(id, '?force=true');
      expect([status, body.message]).toEqual([409, expect.stringContaining('is being stopped through it')]);
      await change(id, { state: 'COMPLETED' });
    }
  });

  it('answers 404 for nobody’s id, 400 for a force that is neither, and says when Temporal does not answer', async () => {
    const deployment = await deploy('edges');
    const [old] = [await keep(deployment), await keep(deployment)];
    for (const id of ['abc', newId<'SavepointId'>()]) expect((await remove(id)).status).toBe(404);
    expect((await api.request(`${await api.namespace()}/savepoints/${old}`, { method: 'DELETE' })).status).toBe(404);
    for (const force of ['yes', '', '1']) {
      const { status, body } = await remove(old, `?force=${force}`);
      expect([status, body.message]).toEqual([400, 'force: must be one of true, false']);
    }
    const deaf = anApi(store, { temporalAnswers: false });
    const { status, headers } = await deaf.request(`${N}/savepoints/${old}`, { method: 'DELETE' });
    expect([status, headers.get('warning')]).toEqual([200, expect.stringContaining('Temporal cannot be reached')]);
  });
});

describe('the list by restoreStrategy', () => {
  it('holds the one that a start would use, or nothing', async () => {
    const deployment = await deploy('lists');
    const [user, checkpoint] = [await keep(deployment), await keep(deployment, { origin: 'RETAINED_CHECKPOINT', jobId: newId<'JobId'>(), checkpointId: 1 })];
    await keep(deployment, { state: 'FAILED' });
    await keep(await deploy('lists-other'));
    const ids = async (strategy: string) =>
      (await api.get(`${N}/savepoints?deploymentId=${deployment}&restoreStrategy=${strategy}`)).body.items.map(
        (item: { metadata: { id: string } }) => item.metadata.id,
      );
    expect([await ids('LATEST_STATE'), await ids('LATEST_SAVEPOINT'), await ids('NONE')]).toEqual([[checkpoint], [user], []]);
  });

  it('needs the Deployment, and a strategy that exists', async () => {
    const deployment = await deploy('lists-bad');
    const answers = [await api.get(`${N}/savepoints?restoreStrategy=NONE`), await api.get(`${N}/savepoints?deploymentId=${deployment}&restoreStrategy=NEWEST`)];
    expect(answers.map(({ status, body }) => [status, body.message])).toEqual([
      [400, 'deploymentId: is missing; restoreStrategy asks for the next start of one Deployment'],
      [400, 'restoreStrategy: must be one of LATEST_STATE, LATEST_SAVEPOINT, NONE'],
    ]);
  });
});

describe('asking for a Savepoint of a Job that is not STARTED', () => {
  it.each(['STARTING', 'TERMINATING'] as const)('is FAILED at once while it is %s, with the event', async (state) => {
    const deployment = await deploy(`not-${state.toLowerCase()}`);
    await aJobOf(store, deployment, { change: { state } });
    const { status, body } = await api.send('POST', `${N}/savepoints`, { metadata: { deploymentId: deployment } });
    expect([status, body.metadata.origin, body.status.state, body.status.failure.reason]).toEqual([
      201,
      'USER_REQUEST',
      'FAILED',
      expect.stringContaining(`the Job is ${state}`),
    ]);
    const { body: events } = await api.get(`${N}/events?deploymentId=${deployment}`);
    expect(events.items.map((event: { metadata: { name: string } }) => event.metadata.name)).toEqual(['TRANSITIONING_TO_FAILED_STATE_BECAUSE_JOB_NOT_STARTED']);
  });
});

describe('the rules of retention', () => {
  it.each(['0', '-1', '1.5', 'all', ''])('refuse %j, and say where it stands', async (text) => {
    for (const key of ['drey.dev/keep-savepoints', 'drey.dev/keep-user-savepoints']) {
      const { status, body } = await api.send('POST', `${N}/deployments`, aDocument({ metadata: { name: 'keeps', annotations: { [key]: text } } }));
      expect([status, body.message]).toEqual([400, `metadata.annotations["${key}"]: must be a whole number from 1, for example "3"`]);
    }
  });

  it('are taken as a number too', async () => {
    const { status, body } = await api.send(
      'POST',
      `${N}/deployments`,
      aDocument({ metadata: { name: 'keeps', annotations: { 'drey.dev/keep-savepoints': 3 } } }),
    );
    expect([status, body.metadata.annotations['drey.dev/keep-savepoints']]).toEqual([201, '3']);
  });
});

describe('DELETE of a Deployment', () => {
  it('leaves events of nobody that list where its state lies, fifty places in each', async () => {
    const deployment = await deploy('farewell', { state: 'CANCELLED' });
    for (let n = 0; n < 51; n += 1) await keep(deployment);
    expect((await api.request(`${N}/deployments/farewell`, { method: 'DELETE' })).status).toBe(200);
    const { body } = await api.get(`${N}/events`);
    const last = body.items.filter((event: { metadata: { resourceName?: string } }) => event.metadata.resourceName === 'farewell');
    expect(last.map((event: { metadata: object; spec: { message: string } }) => [event.metadata, event.spec.message.split('file:///').length - 1])).toEqual([
      [expect.not.objectContaining({ deploymentId: deployment }), 1],
      [expect.not.objectContaining({ deploymentId: deployment }), 50],
    ]);
  });
});
