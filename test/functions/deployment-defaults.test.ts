// DeploymentDefaults of namespaces, and the global ones: what Deployments take from them, when, and what is answered.
import { beforeEach, describe, expect, it } from 'vitest';
import { flinkImages } from '../../domain/flink-images.ts';
import type { Store } from '../../store/store.ts';
import { aDocument, anApi, withFreshApis } from './an-api.ts';
import type { Api } from './an-api.ts';

let store: Store;
let api: Api;
let N: string;
beforeEach(withFreshApis((own) => ({ store, api, N } = own)));

const inNamespace = () => `${N}/deployment-defaults`;
const nowhere = (metadata: object = { name: 'clicks' }, artifact: object = {}) => aDocument({ metadata, spec: { deploymentTargetName: undefined }, artifact });

describe('the defaults of a namespace', () => {
  it('are empty as long as nobody wrote any', async () => {
    const { status, body, headers } = await api.get(inNamespace());
    expect([status, headers.get('etag')]).toEqual([200, '"0"']);
    expect(body).toEqual({
      kind: 'DeploymentDefaults',
      apiVersion: 'v1',
      metadata: { namespace: N.split('/').at(-1), labels: {}, annotations: {}, resourceVersion: 0 },
      spec: {},
    });
  });

  it('are merged by PATCH, a null removes', async () => {
    await api.send('PATCH', inNamespace(), {
      metadata: { labels: { team: 'a' }, annotations: { note: 'x' } },
      spec: { state: 'canceled', template: { spec: { flinkConfiguration: { a: 1, b: '2' } } } },
    });
    const { status, body } = await api.send('PATCH', inNamespace(), {
      metadata: { annotations: { note: null } },
      spec: { state: null, maxJobCreationAttempts: 2, template: { spec: { flinkConfiguration: { b: null } } } },
    });
    expect(status).toBe(200);
    expect(body.metadata).toMatchObject({ labels: { team: 'a' }, annotations: {}, resourceVersion: 2, id: expect.any(String), createdAt: expect.any(String) });
    expect(body.spec).toEqual({ maxJobCreationAttempts: 2, template: { spec: { flinkConfiguration: { a: '1' } } } });
    expect((await api.get(inNamespace())).body).toEqual(body);
  });

  it('are replaced by PUT, in YAML, with whatever a client sends back of the answer', async () => {
    await api.send('PATCH', inNamespace(), { spec: { maxJobCreationAttempts: 2 } });
    const text = `kind: DeploymentDefaults
metadata: {id: 00000000-0000-0000-0000-000000000000, name: whatever, createdAt: 0001-01-01T00:00:00Z, resourceVersion: 1}
spec: {upgradeStrategy: {kind: Stateless}}
`;
    const { status, body } = await api.yaml('PUT', inNamespace(), text);
    expect([status, body.metadata.resourceVersion, body.spec]).toEqual([200, 2, { upgradeStrategy: { kind: 'STATELESS' } }]);
    const again = await api.send('PUT', inNamespace(), body);
    expect([again.status, again.body.spec]).toEqual([200, body.spec]);
    expect((await api.send('PUT', inNamespace(), { ...body, metadata: { resourceVersion: 9 } })).status).toBe(409);
  });

  it.each([
    ['an unknown field', { spec: { template: { spec: { foo: 1 } } } }, 'spec.template.spec.foo: unknown field'],
    ['two places', { spec: { deploymentTargetName: 'a', sessionClusterName: 'b' } }, 'spec: must name only one of'],
    ['another namespace', { metadata: { namespace: 'other' } }, 'metadata.namespace: must be "ns-'],
    ['a fuzzy instruction', { metadata: { annotations: { 'drey.dev/require-state': 'yes' } } }, 'must be "true" or "false"'],
    ['another kind', { kind: 'Deployment' }, 'kind: must be DeploymentDefaults'],
  ])('are refused with %s, and stay as they were', async (_, document, message) => {
    for (const method of ['PUT', 'PATCH']) {
      const { status, body } = await api.send(method, inNamespace(), document);
      expect([status, body.message]).toEqual([400, expect.stringContaining(message)]);
    }
    expect((await api.get(inNamespace())).body.metadata.resourceVersion).toBe(0);
  });
});

describe('a Deployment', () => {
  const levels = async () => {
    api = anApi(store, {
      settings: { defaults: { deploymentTargetName: 'default', maxJobCreationAttempts: 8, template: { spec: { flinkConfiguration: { a: 'g', b: 'g' } } } } },
    });
    await api.send('PATCH', inNamespace(), { spec: { maxSavepointCreationAttempts: 3, template: { spec: { flinkConfiguration: { b: 'n', c: 'n' } } } } });
  };

  it('takes the defaults of its namespace over the global ones', async () => {
    await levels();
    const { status, body } = await api.send('POST', `${N}/deployments`, nowhere());
    expect(status).toBe(201);
    expect(body.spec).toMatchObject({ deploymentTargetName: 'default', maxJobCreationAttempts: 8, maxSavepointCreationAttempts: 3 });
    expect(body.spec.template.spec.flinkConfiguration).toEqual({ a: 'g', b: 'n', c: 'n' });
  });

  it('takes the place that its namespace names, by name or by id', async () => {
    const { body: target } = await api.get(`${N}/deployment-targets/default`);
    await api.send('PATCH', inNamespace(), { spec: { deploymentTargetId: target.metadata.id } });
    const byId = await api.send('POST', `${N}/deployments`, nowhere());
    expect([byId.status, byId.body.spec.deploymentTargetId, byId.body.spec.deploymentTargetName]).toEqual([201, target.metadata.id, undefined]);
    expect((await api.get(inNamespace())).body.spec.deploymentTargetId).toBe(target.metadata.id);
    const own = await api.send('POST', `${N}/deployments`, aDocument({ metadata: { name: 'own' }, spec: { deploymentTargetName: 'other' } }));
    expect([own.body.spec.deploymentTargetId, own.body.spec.deploymentTargetName]).toEqual([undefined, 'other']);
  });

  it('stays as it is when the defaults change, also when it is patched; a PUT takes them', async () => {
    await levels();
    const { body: before } = await api.send('POST', `${N}/deployments`, nowhere());
    await api.send('PUT', inNamespace(), { spec: { maxSavepointCreationAttempts: 5, jobFailureExpirationTime: '1h' } });
    expect((await api.get(`${N}/deployments/clicks`)).body).toEqual(before);
    const patched = await api.send('PATCH', `${N}/deployments/clicks`, { metadata: { labels: { a: 'b' } } });
    expect(patched.body.spec).toEqual(before.spec);
    const put = await api.send('PUT', `${N}/deployments/clicks`, nowhere());
    expect(put.body.spec).toMatchObject({ maxSavepointCreationAttempts: 5, jobFailureExpirationTime: '1h' });
  });

  it('gets the image of its Flink version, which is no Warning; one of its own is', async () => {
    api = anApi(store, { settings: { images: flinkImages({ registry: 'images.example.com' }) } });
    const filled = await api.send('POST', `${N}/deployments`, aDocument({ artifact: { flinkVersion: '1.20' } }));
    expect(filled.body.spec.template.spec.artifact).toMatchObject({
      flinkVersion: '1.20',
      flinkImageRegistry: 'images.example.com',
      flinkImageRepository: 'flink',
      flinkImageTag: '1.20.0',
    });
    expect(filled.headers.get('warning')).toBeNull();
    const other = await api.send('PATCH', `${N}/deployments/clicks`, { spec: { template: { spec: { artifact: { flinkVersion: '2.3' } } } } });
    expect(other.body.spec.template.spec.artifact).toMatchObject({ flinkVersion: '2.3', flinkImageTag: '2.3.0' });
    const own = await api.send('PATCH', `${N}/deployments/clicks`, { spec: { template: { spec: { artifact: { flinkImageTag: 'mine' } } } } });
    expect(own.headers.get('warning')).toContain('ignored by a local target: flinkImageTag');
  });

  it('that was there before images were filled in does not get one by a label', async () => {
    const without = anApi(store, { settings: { images: { tags: {} } } });
    const { body: before } = await without.send('POST', `${N}/deployments`, aDocument({ artifact: { flinkVersion: '1.20' } }));
    const { body: after } = await api.send('PATCH', `${N}/deployments/clicks`, { metadata: { labels: { a: 'b' } } });
    const { body: put } = await api.send('PUT', `${N}/deployments/clicks`, aDocument({ artifact: { flinkVersion: '1.20' } }));
    expect([after.spec, put.spec]).toEqual([before.spec, before.spec]);
  });
});

describe('drey.dev/require-state of a namespace', () => {
  const instruct = (word: string | null) => api.send('PATCH', inNamespace(), { metadata: { annotations: { 'drey.dev/require-state': word } } });
  const intentOf = async (name: string) => (await store.deployments.find(store.read, N.split('/').at(-1) ?? '', name))?.intentVersion;

  it('calls for a new look at every Deployment that does not say otherwise, when it changes', async () => {
    await api.send('POST', `${N}/deployments`, aDocument({ metadata: { name: 'silent' } }));
    await api.send('POST', `${N}/deployments`, aDocument({ metadata: { name: 'own', annotations: { 'drey.dev/require-state': 'false' } } }));
    api.woken.length = 0;
    await instruct('true');
    expect([api.woken, await intentOf('silent'), await intentOf('own')]).toEqual([['sweep'], 2, 1]);
    await instruct('TRUE');
    await api.send('PATCH', inNamespace(), { spec: { maxJobCreationAttempts: 2 } });
    expect([api.woken, await intentOf('silent')]).toEqual([['sweep'], 2]);
    await instruct(null);
    expect([api.woken, await intentOf('silent')]).toEqual([['sweep', 'sweep'], 3]);
  });

  it('is stored and said so when Temporal does not answer', async () => {
    api = anApi(store, { temporalAnswers: false });
    const { status, headers } = await instruct('true');
    expect([status, headers.get('warning')]).toEqual([200, expect.stringContaining('Temporal cannot be reached now')]);
  });
});

describe('GET /api/v1/global-sessioncluster-defaults', () => {
  it('shows the built-in ones with the configured ones over them, and no cluster takes the latter', async () => {
    api = anApi(store, { settings: { sessionClusterDefaults: { numberOfTaskManagers: 5, flinkVersion: '1.20' } } });
    const { status, body } = await api.get('/api/v1/global-sessioncluster-defaults');
    expect([status, body.kind]).toEqual([200, 'SessionClusterDefaults']);
    expect(body.spec).toMatchObject({ state: 'RUNNING', numberOfTaskManagers: 5, flinkVersion: '1.20', resources: { taskmanager: { cpu: 1, memory: '1G' } } });
    const created = await api.send('POST', `${N}/sessionclusters`, { metadata: { name: 'shared' }, spec: { deploymentTargetName: 'default' } });
    expect([created.body.spec.numberOfTaskManagers, created.body.spec.flinkVersion]).toEqual([1, undefined]);
  });
});
