// Reading and deleting Deployments over HTTP.
import { beforeAll, describe, expect, it } from 'vitest';
import { parseId } from '../../domain/ids.ts';
import type { Store } from '../../store/store.ts';
import { aDocument, aJobOf, settle, withFreshApis } from './an-api.ts';
import type { Api } from './an-api.ts';

let store: Store;
let api: Api;
let N: string;
const fresh = withFreshApis((own) => ({ store, api, N } = own));

const SERVER = 'com.dataartisans.appmanager.controller.deployment';

describe('GET', () => {
  beforeAll(async () => {
    await fresh();
    for (const [name, labels] of [
      ['a', { env: 'test', team: 'x' }],
      ['b', { env: 'test', team: 'y' }],
      ['c', {}],
    ] as const) {
      await api.send('POST', `${N}/deployments`, aDocument({ metadata: { name, labels } }));
    }
  });

  it('finds a Deployment by name and by id', async () => {
    const byName = await api.get(`${N}/deployments/a`);
    const byId = await api.get(`${N}/deployments/${byName.body.metadata.id.toUpperCase()}`);
    expect([byName.status, byId.status]).toEqual([200, 200]);
    expect(byId.body).toEqual(byName.body);
  });

  it.each([
    ['', ['a', 'b', 'c']],
    ['?labelSelector=', ['a', 'b', 'c']],
    ['?labelSelector=env=test', ['a', 'b']],
    ['?labelSelector=env%3Dtest%2Cteam%3Dy', ['b']],
    ['?labelSelector=env=other', []],
  ])('lists%s', async (query, names) => {
    const { status, body } = await api.get(`${N}/deployments${query}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ kind: 'DeploymentList', apiVersion: 'v1', metadata: {} });
    expect(body.items.map((item: { metadata: { name: string } }) => item.metadata.name)).toEqual(names);
  });

  it('answers 400 for a selector that is not made of pairs', async () => {
    const { status, body } = await api.get(`${N}/deployments?labelSelector=env!=test`);
    expect([status, body.message]).toEqual([400, 'labelSelector: must be pairs like "env=staging,team=a"']);
  });

  it.each(['nobody', '00000000-0000-4000-8000-000000000000', '%00', 'a%2Fb', 'x'.repeat(300)])('answers 404 for %s', async (key) => {
    expect((await api.get(`${N}/deployments/${key}`)).status).toBe(404);
  });

  it('does not find one of another namespace, even by id', async () => {
    const { body } = await api.get(`${N}/deployments/a`);
    const other = await api.namespace();
    expect((await api.get(`${other}/deployments/${body.metadata.id}`)).status).toBe(404);
  });

  it('answers 404 for a namespace that does not exist or is empty', async () => {
    const unknown = await api.get('/api/v1/namespaces/nowhere/deployments');
    expect([unknown.status, unknown.body.message]).toEqual([404, 'there is no namespace "nowhere"']);
    expect((await api.get('/api/v1/namespaces//deployments')).status).toBe(404);
  });

  it('shows the running Job and its conditions while RUNNING, even when there are none', async () => {
    const { body } = await api.get(`${N}/deployments/a`);
    const job = await aJobOf(store, body.metadata.id);
    const condition = { type: 'JobFailing', status: 'True', reason: 'r', message: 'm', lastTransitionTime: 1000.5, lastUpdateTime: 2000 } as const;
    const show = async (conditions: readonly (typeof condition)[]) => {
      const status = { state: 'RUNNING', running: { jobId: job.id, transitionTime: 0 }, conditions, because: '' } as const;
      await store.transaction((tx) => store.deployments.record(tx, parseId<'DeploymentId'>(body.metadata.id), { status }));
      return (await api.get(`${N}/deployments/a`)).body;
    };
    expect((await show([])).status).toMatchObject({
      state: 'RUNNING',
      running: { jobId: job.id, transitionTime: '1970-01-01T00:00:00.000000Z', conditions: [] },
    });
    const shown = await show([condition]);
    expect(shown.status.running.conditions).toEqual([
      {
        type: 'JobFailing',
        status: 'True',
        reason: 'r',
        message: 'm',
        lastTransitionTime: '1970-01-01T00:00:01.000500Z',
        lastUpdateTime: '1970-01-01T00:00:02.000000Z',
      },
    ]);
    expect(shown.metadata.annotations[`${SERVER}.transitioning`]).toBe('false');
  });
});

describe('DELETE', () => {
  beforeAll(fresh);
  const create = async (name: string, state: string): Promise<string> =>
    (await api.send('POST', `${N}/deployments`, aDocument({ metadata: { name }, spec: { state } }))).body.metadata.id;
  const remove = (name: string) => api.request(`${N}/deployments/${name}`, { method: 'DELETE' });

  it('answers 200 with the Deployment, which is gone then with its Jobs', async () => {
    const id = await create('done', 'CANCELLED');
    const job = await aJobOf(store, id, { change: { state: 'TERMINATED' } });
    const { status, headers, body } = await remove('done');
    expect([status, body.metadata.id, headers.get('content-type')]).toEqual([200, id, 'application/json']);
    expect((await api.get(`${N}/deployments/done`)).status).toBe(404);
    expect((await api.get(`${N}/jobs/${job.id}`)).status).toBe(404);
  });

  it('answers 200 for a suspended one and for a cancelled one that FAILED', async () => {
    await create('asleep', 'SUSPENDED');
    await settle(store, await create('broken', 'CANCELLED'), 'FAILED');
    expect([(await remove('asleep')).status, (await remove('broken')).status]).toEqual([200, 200]);
  });

  it('answers 409 while it is to run, is on the move, or a Job of it lives (D11)', async () => {
    await create('wanted', 'RUNNING');
    const moving = await create('moving', 'CANCELLED');
    await settle(store, moving, 'RUNNING');
    await aJobOf(store, await create('alive', 'SUSPENDED'));
    const answers = [await remove('wanted'), await remove('moving'), await remove('alive')];
    expect(answers.map(({ status }) => status)).toEqual([409, 409, 409]);
    expect(answers[0]?.body.message).toBe('Deployment "wanted" cannot be deleted: set spec.state to CANCELLED or SUSPENDED first');
    expect(answers[1]?.body.message).toContain('wait until it is CANCELLED');
    expect(answers[2]?.body.message).toContain('is STARTING; wait until it has ended');
  });

  it('answers 404 for one that does not exist', async () => {
    expect((await remove('nobody')).status).toBe(404);
  });
});
