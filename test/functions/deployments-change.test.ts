// Changing Deployments over HTTP: PATCH merges, PUT replaces, and what each wakes.
import { beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../store/store.ts';
import { aDocument, settle, withFreshApis } from './an-api.ts';
import type { Api } from './an-api.ts';

let store: Store;
let api: Api;
let N: string;
const fresh = withFreshApis((own) => ({ store, api, N } = own));

const SERVER = 'com.dataartisans.appmanager.controller.deployment';

describe('PATCH', () => {
  beforeAll(async () => {
    await fresh();
    await api.send(
      'POST',
      `${N}/deployments`,
      aDocument({ spec: { template: { spec: { artifact: { kind: 'jar', jarUri: 'a' }, flinkConfiguration: { a: '1', b: '2' } } } } }),
    );
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
    const { body } = await api.send('PATCH', `${N}/deployments/clicks`, {
      metadata: { annotations: { 'drey.dev/require-state': 'true' }, labels: { a: 'b' } },
    });
    expect(body.metadata.annotations[`${SERVER}.spec.version`]).toBe(before.metadata.annotations[`${SERVER}.spec.version`]);
    expect(api.woken).toEqual(['clicks: look again']);
  });

  it('titles what is asked for', async () => {
    const { body } = await api.get(`${N}/deployments/clicks`);
    await settle(store, body.metadata.id, 'RUNNING');
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
    await api.send('PATCH', `${N}/deployments/put-me`, {
      metadata: { displayName: 'x', labels: { a: 'b' } },
      spec: { template: { spec: { parallelism: 9 } } },
    });
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
