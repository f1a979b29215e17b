// Deployments over HTTP: exact status codes, what a write stores, what it wakes, what is answered.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseId } from '../../domain/ids.ts';
import type { Store } from '../../store/store.ts';
import { aDocument, aJobOf, anApi, openStore } from './an-api.ts';
import type { Api } from './an-api.ts';
import { FULL_ANSWER, FULL_EXAMPLE } from './full-example.ts';

let store: Store;
let api: Api;
let N: string;
beforeAll(async () => {
  store = await openStore();
});
afterAll(() => store.close());

const fresh = async (): Promise<void> => {
  api = anApi(store);
  N = await api.namespace();
};
const SERVER = 'com.dataartisans.appmanager.controller.deployment';

/** As a run would: the Deployment came to rest. */
async function rest(id: string, state: 'RUNNING' | 'CANCELLED' | 'SUSPENDED' | 'FAILED'): Promise<void> {
  await store.transaction((tx) => store.deployments.record(tx, parseId<'DeploymentId'>(id), { status: { state, conditions: [], because: 'settled' } }));
}

describe('the full example of the manual', () => {
  beforeAll(fresh);

  it('is accepted as YAML and answered with every key, 201', async () => {
    const created = await api.yaml('POST', `${N}/deployments`, FULL_EXAMPLE);
    expect(created.status).toBe(201);
    expect(created.headers.get('content-type')).toContain('application/json');
    expect(created.body.spec).toEqual(FULL_ANSWER);
    expect(created.body.metadata).toMatchObject({ name: 'top-speed-windowing-example', displayName: 'TopSpeedWindowing Example', labels: { env: 'testing' } });
  });

  it('is answered the same in JSON and in YAML, and can be sent back as it came', async () => {
    const path = `${N}/deployments/top-speed-windowing-example`;
    const [json, yaml] = [await api.get(path), await api.get(path, { Accept: 'application/yaml' })];
    expect(yaml.headers.get('content-type')).toBe('application/yaml; charset=utf-8');
    expect(yaml.body).toEqual(json.body);
    const again = await api.yaml('PUT', path, yaml.text);
    expect(again.status).toBe(200);
    expect(again.body.spec).toEqual(FULL_ANSWER);
    expect(again.body.metadata.annotations[`${SERVER}.spec.version`]).toBe('1');
  });

  it('says in Warning headers what a local target ignores and which Flink versions it runs', async () => {
    const { headers } = await api.yaml('PATCH', `${N}/deployments/top-speed-windowing-example`, '{}');
    expect(headers.get('warning')).toBe(
      '299 drey "a local target cannot run Flink 1.12; it can run: 2.3.0, 1.20.0", ' +
        '299 drey "stored, but ignored by a local target: flinkImageRegistry, flinkImageRepository, flinkImageTag, kubernetes, high-availability"',
    );
  });
});

describe('POST', () => {
  beforeAll(fresh);

  it('fills in the defaults and the envelope, and wakes the workflow', async () => {
    const { status, body, headers } = await api.send('POST', `${N}/deployments`, aDocument());
    expect(status).toBe(201);
    expect(body).toMatchObject({
      kind: 'Deployment',
      apiVersion: 'v1',
      metadata: { name: 'clicks', namespace: N.split('/').at(-1), labels: {}, resourceVersion: 1 },
      spec: {
        state: 'RUNNING',
        upgradeStrategy: { kind: 'STATEFUL' },
        restoreStrategy: { kind: 'LATEST_STATE', allowNonRestoredState: false },
        maxSavepointCreationAttempts: 4,
        maxJobCreationAttempts: 4,
        template: { spec: { parallelism: 1, flinkConfiguration: {}, logging: { loggingProfile: 'default', log4jLoggers: { '': 'INFO' } } } },
      },
      status: { state: 'TRANSITIONING' },
    });
    expect(body.metadata.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(body.metadata.annotations).toEqual({ [`${SERVER}.spec.version`]: '1', [`${SERVER}.transitioning`]: 'true', 'drey.dev/because': 'created' });
    expect(headers.get('warning')).toBeNull();
    expect(api.woken).toEqual(['clicks: start, version 1']);
  });

  it('answers 409 for a name that is taken', async () => {
    const { status, body } = await api.send('POST', `${N}/deployments`, aDocument());
    expect([status, body.error]).toEqual([409, 'Conflict']);
    expect(body.message).toContain('"clicks" already');
  });

  it('makes a name of the displayName, with a suffix where it is taken (D14)', async () => {
    const names = [];
    for (let i = 0; i < 3; i += 1) {
      const { body } = await api.send('POST', `${N}/deployments`, aDocument({ metadata: { name: undefined, displayName: 'Fraud Détection!' } }));
      names.push(body.metadata.name);
    }
    expect(names).toEqual(['fraud-detection', 'fraud-detection-2', 'fraud-detection-3']);
  });

  it.each([
    ['CANCELED', 'CANCELLED'],
    ['suspended', 'SUSPENDED'],
  ])('stores the state %s as %s, where a new Deployment already is', async (state, stored) => {
    const { body } = await api.send('POST', `${N}/deployments`, aDocument({ metadata: { name: `new-${state.toLowerCase()}` }, spec: { state } }));
    expect([body.spec.state, body.status.state]).toEqual([stored, stored]);
  });

  it('accepts a target that does not exist, with a Warning (D20)', async () => {
    const { status, headers } = await api.send('POST', `${N}/deployments`, aDocument({ metadata: { name: 'early' }, spec: { deploymentTargetName: 'later' } }));
    expect(status).toBe(201);
    expect(headers.get('warning')).toMatch(/^299 drey "the deployment target 'later' does not exist in namespace 'ns-\d+': the Deployment waits until it does"$/);
  });

  it('accepts a session cluster that does not exist, nulls for the other two places', async () => {
    const spec = { sessionClusterName: 'shared', deploymentTargetName: null, deploymentTargetId: null };
    const { status, body, headers } = await api.send('POST', `${N}/deployments`, aDocument({ metadata: { name: 'session' }, spec }));
    expect([status, body.spec.sessionClusterName, body.spec.deploymentTargetName]).toEqual([201, 'shared', undefined]);
    expect(headers.get('warning')).toContain("session cluster 'shared' does not exist");
  });

  it('keeps a target given by id', async () => {
    const { body: target } = await api.get(`${N}/deployment-targets/default`);
    const spec = { deploymentTargetName: undefined, deploymentTargetId: target.metadata.id };
    const { status, body, headers } = await api.send('POST', `${N}/deployments`, aDocument({ metadata: { name: 'by-id' }, spec }));
    expect([status, body.spec.deploymentTargetId, headers.get('warning')]).toEqual([201, target.metadata.id, null]);
  });

  it('warns of STATEFUL with restoreStrategy NONE', async () => {
    const { headers } = await api.send('POST', `${N}/deployments`, aDocument({ metadata: { name: 'empty' }, spec: { restoreStrategy: { kind: 'none' } } }));
    expect(headers.get('warning')).toContain('the new job starts empty all the same');
  });

  it('ignores status, server-owned metadata and server-written annotations (D6)', async () => {
    const metadata = {
      name: 'generated',
      id: '00000000-0000-0000-0000-000000000000',
      createdAt: '0001-01-01T00:00:00Z',
      modifiedAt: null,
      resourceVersion: 77,
      annotations: { [`${SERVER}.spec.version`]: '9', 'drey.dev/because': 'me', team: 'a', 'license/testing': false },
    };
    const { status, body } = await api.send('POST', `${N}/deployments`, { ...aDocument({ metadata }), status: { state: '' } });
    expect(status).toBe(201);
    expect(body.metadata).toMatchObject({ resourceVersion: 1, annotations: { [`${SERVER}.spec.version`]: '1', team: 'a', 'license/testing': 'false' } });
    expect(body.metadata.id).not.toBe(metadata.id);
    expect(body.metadata.annotations['drey.dev/because']).toBe('created');
  });

  it('stores the change and says so when Temporal does not answer', async () => {
    const deaf = anApi(store, { temporalAnswers: false });
    const { status, headers } = await deaf.send('POST', `${N}/deployments`, aDocument({ metadata: { name: 'unheard' } }));
    expect(status).toBe(201);
    expect(headers.get('warning')).toContain('Temporal cannot be reached now');
    expect((await api.get(`${N}/deployments/unheard`)).status).toBe(200);
  });

  it('takes a target from the configured defaults, but not where the user names a place', async () => {
    const withDefaults = anApi(store, { settings: { defaults: { deploymentTargetName: 'default', template: { spec: { flinkConfiguration: { a: '1', b: '1' } } } } } });
    const spec = { deploymentTargetName: undefined };
    const own = { sessionClusterName: 'x', deploymentTargetName: undefined };
    const a = await withDefaults.send('POST', `${N}/deployments`, aDocument({ metadata: { name: 'defaulted' }, spec }));
    const b = await withDefaults.send('POST', `${N}/deployments`, aDocument({ metadata: { name: 'own-place' }, spec: own }));
    expect([a.body.spec.deploymentTargetName, a.body.spec.template.spec.flinkConfiguration]).toEqual(['default', { a: '1', b: '1' }]);
    expect([b.body.spec.deploymentTargetName, b.body.spec.sessionClusterName]).toEqual([undefined, 'x']);
  });
});

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
    expect((await show([])).status).toEqual({ state: 'RUNNING', running: { jobId: job.id, transitionTime: '1970-01-01T00:00:00.000000Z', conditions: [] } });
    const shown = await show([condition]);
    expect(shown.status.running.conditions).toEqual([
      { type: 'JobFailing', status: 'True', reason: 'r', message: 'm', lastTransitionTime: '1970-01-01T00:00:01.000500Z', lastUpdateTime: '1970-01-01T00:00:02.000000Z' },
    ]);
    expect(shown.metadata.annotations[`${SERVER}.transitioning`]).toBe('false');
  });
});

describe('PATCH', () => {
  beforeAll(async () => {
    await fresh();
    await api.send('POST', `${N}/deployments`, aDocument({ spec: { template: { spec: { artifact: { kind: 'jar', jarUri: 'a' }, flinkConfiguration: { a: '1', b: '2' } } } } }));
    api.woken.length = 0;
  });

  it('merges: a key changes, null removes, what is left out stays', async () => {
    const patch = { spec: { template: { spec: { parallelism: 3, flinkConfiguration: { a: null, c: 3 } } } } };
    const { status, body } = await api.send('PATCH', `${N}/deployments/clicks`, patch);
    expect(status).toBe(200);
    expect(body.spec.template.spec).toMatchObject({ parallelism: 3, flinkConfiguration: { b: '2', c: '3' }, artifact: { jarUri: 'a' } });
    expect(body.spec.template.spec.flinkConfiguration).not.toHaveProperty('a');
    expect(body.metadata.annotations[`${SERVER}.spec.version`]).toBe('2');
  });

  it('gives an optional field that null removed its default again', async () => {
    const { body } = await api.send('PATCH', `${N}/deployments/clicks`, { spec: { template: { spec: { parallelism: null } } } });
    expect(body.spec.template.spec.parallelism).toBe(1);
  });

  it('bumps resourceVersion but neither specVersion nor the workflow when nothing changes (D7)', async () => {
    const before = (await api.get(`${N}/deployments/clicks`)).body;
    api.woken.length = 0;
    const { status, body } = await api.send('PATCH', `${N}/deployments/clicks`, { spec: { state: 'running' }, status: { state: 'X' } });
    expect(status).toBe(200);
    expect(body.metadata.resourceVersion).toBe(before.metadata.resourceVersion + 1);
    expect(body.metadata.annotations[`${SERVER}.spec.version`]).toBe(before.metadata.annotations[`${SERVER}.spec.version`]);
    expect(api.woken).toEqual([]);
  });

  it('wakes for an instruction of drey, without a new spec version (D25)', async () => {
    const before = (await api.get(`${N}/deployments/clicks`)).body;
    const { body } = await api.send('PATCH', `${N}/deployments/clicks`, { metadata: { annotations: { 'drey.dev/require-state': 'true' }, labels: { a: 'b' } } });
    expect(body.metadata.annotations[`${SERVER}.spec.version`]).toBe(before.metadata.annotations[`${SERVER}.spec.version`]);
    expect(api.woken).toEqual(['clicks: look again']);
  });

  it('titles what is asked for', async () => {
    const { body } = await api.get(`${N}/deployments/clicks`);
    await rest(body.metadata.id, 'RUNNING');
    api.woken.length = 0;
    await api.send('PATCH', `${N}/deployments/clicks`, { spec: { template: { spec: { parallelism: 2 } } } });
    await api.send('PATCH', `${N}/deployments/clicks`, { spec: { maxJobCreationAttempts: 7 } });
    await api.send('PATCH', `${N}/deployments/clicks`, { spec: { state: 'SUSPENDED' } });
    await api.send('PATCH', `${N}/deployments/clicks`, { spec: { state: 'RUNNING' } });
    await api.send('PATCH', `${N}/deployments/clicks`, { spec: { state: 'CANCELED' } });
    expect(api.woken).toEqual(['clicks: RUNNING → upgrade to version 4', 'clicks: version 5', 'clicks: suspend', 'clicks: start, version 7', 'clicks: cancel']);
  });

  it('changes the place when the old one is nulled', async () => {
    const both = await api.send('PATCH', `${N}/deployments/clicks`, { spec: { sessionClusterName: 'shared' } });
    expect([both.status, both.body.message]).toEqual([400, 'spec: must name only one of deploymentTargetName, deploymentTargetId, sessionClusterName']);
    const moved = await api.send('PATCH', `${N}/deployments/clicks`, { spec: { sessionClusterName: 'shared', deploymentTargetName: null } });
    expect([moved.status, moved.body.spec.sessionClusterName]).toEqual([200, 'shared']);
  });

  it('takes application/merge-patch+json', async () => {
    const init = { method: 'PATCH', body: '{"metadata":{"displayName":"Clicks"}}', headers: { 'Content-Type': 'application/merge-patch+json' } };
    const { status, body } = await api.request(`${N}/deployments/clicks`, init);
    expect([status, body.metadata.displayName]).toEqual([200, 'Clicks']);
    expect((await api.request(`${N}/deployments`, { ...init, method: 'POST' })).status).toBe(415);
  });

  it('refuses another name and stores nothing of a bad patch', async () => {
    const before = (await api.get(`${N}/deployments/clicks`)).body;
    const renamed = await api.send('PATCH', `${N}/deployments/clicks`, { metadata: { name: 'other' } });
    const bad = await api.send('PATCH', `${N}/deployments/clicks`, { metadata: { displayName: 'half' }, spec: { template: { spec: { parallelism: -1 } } } });
    expect([renamed.status, renamed.body.message]).toEqual([400, 'metadata.name: cannot change: it is "clicks"']);
    expect([bad.status, bad.body.message]).toEqual([400, 'spec.template.spec.parallelism: must be at least 1']);
    expect((await api.get(`${N}/deployments/clicks`)).body).toEqual(before);
  });

  it('answers 404 for a Deployment that does not exist', async () => {
    expect((await api.send('PATCH', `${N}/deployments/nobody`, {})).status).toBe(404);
  });
});

describe('PUT', () => {
  beforeAll(fresh);

  it('creates with 201, from a YAML without kind, apiVersion and name', async () => {
    const yaml = 'spec:\n  deploymentTargetName: default\n  template: {spec: {artifact: {kind: JAR, jarUri: a}}}\n';
    const { status, body } = await api.yaml('PUT', `${N}/deployments/put-me`, yaml);
    expect([status, body.metadata.name]).toEqual([201, 'put-me']);
  });

  it('replaces with 200: what is left out comes from the defaults, not from the old one', async () => {
    await api.send('PATCH', `${N}/deployments/put-me`, { metadata: { displayName: 'x', labels: { a: 'b' } }, spec: { template: { spec: { parallelism: 9 } } } });
    const { status, body } = await api.send('PUT', `${N}/deployments/put-me`, { spec: aDocument().spec });
    expect([status, body.metadata.displayName, body.metadata.labels, body.spec.template.spec.parallelism]).toEqual([200, undefined, {}, 1]);
  });

  it('compares resourceVersion unless it is 0 or missing (D10)', async () => {
    const { body } = await api.get(`${N}/deployments/put-me`);
    const put = (resourceVersion: number) => api.send('PUT', `${N}/deployments/put-me`, { metadata: { resourceVersion }, spec: body.spec });
    expect((await put(body.metadata.resourceVersion + 5)).status).toBe(409);
    expect((await put(0)).status).toBe(200);
    expect((await put(body.metadata.resourceVersion + 1)).status).toBe(200);
  });

  it('answers 400 for another name or namespace in the body, or a name that breaks the rules', async () => {
    const { spec } = aDocument();
    const other = await api.send('PUT', `${N}/deployments/put-me`, { metadata: { name: 'another' }, spec });
    const elsewhere = await api.send('PUT', `${N}/deployments/put-me`, { metadata: { namespace: 'elsewhere' }, spec });
    const odd = await api.send('PUT', `${N}/deployments/Put_Me`, { spec });
    expect([other.status, elsewhere.status, odd.status]).toEqual([400, 400, 400]);
    expect(odd.body.message).toBe('name: must be 1 to 63 characters of a-z, 0-9 and "-", and neither start nor end with "-"');
  });

  it('replaces by id, and answers 404 for an id that is nobody', async () => {
    const { body } = await api.get(`${N}/deployments/put-me`);
    expect((await api.send('PUT', `${N}/deployments/${body.metadata.id}`, { spec: body.spec })).status).toBe(200);
    expect((await api.send('PUT', `${N}/deployments/00000000-0000-4000-8000-000000000000`, { spec: body.spec })).status).toBe(404);
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
    await rest(await create('broken', 'CANCELLED'), 'FAILED');
    expect([(await remove('asleep')).status, (await remove('broken')).status]).toEqual([200, 200]);
  });

  it('answers 409 while it is to run, is on the move, or a Job of it lives (D11)', async () => {
    await create('wanted', 'RUNNING');
    const moving = await create('moving', 'CANCELLED');
    await rest(moving, 'RUNNING');
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
