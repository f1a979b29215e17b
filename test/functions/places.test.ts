// Deployment targets and session clusters over HTTP: what may change when, and what is refused.
import { beforeAll, describe, expect, it } from 'vitest';
import { parseId } from '../../domain/ids.ts';
import type { SessionClusterPhase } from '../../domain/session-cluster.ts';
import type { Store } from '../../store/store.ts';
import { aDocument, aJobOf, anApi, withFreshApis } from './an-api.ts';
import type { Api } from './an-api.ts';

let store: Store;
let api: Api;
let N: string;
const fresh = withFreshApis((own) => ({ store, api, N } = own));
const remove = (path: string) => api.request(`${N}/${path}`, { method: 'DELETE' });

describe('a deployment target', () => {
  beforeAll(fresh);
  const post = (name: string | undefined, spec: object) => api.send('POST', `${N}/deployment-targets`, { metadata: { name }, spec });

  it('is created with 201, of either kind, and listed', async () => {
    const kubernetes = await post('Kube_1', { kubernetes: { namespace: 'jobs' } });
    expect([kubernetes.status, kubernetes.body.spec]).toEqual([201, { kubernetes: { namespace: 'jobs' } }]);
    const { body } = await api.get(`${N}/deployment-targets`);
    expect([body.kind, body.items.map((item: { spec: object }) => item.spec)]).toEqual([
      'DeploymentTargetList',
      [{ kubernetes: { namespace: 'jobs' } }, { local: {} }],
    ]);
  });

  it.each([
    ['neither kind', {}, 'spec: must have exactly one of kubernetes: {namespace} and local: {}'],
    ['both kinds', { local: {}, kubernetes: { namespace: 'a' } }, 'spec: must have exactly one'],
    ['an unknown field', { local: {}, foo: 1 }, 'spec.foo: unknown field; known here are kubernetes, local'],
    ['no Kubernetes namespace', { kubernetes: {} }, 'spec.kubernetes.namespace: is missing'],
  ])('with %s is refused with 400', async (_, spec, message) => {
    const { status, body } = await post('bad', spec);
    expect([status, body.message]).toEqual([400, expect.stringContaining(message)]);
  });

  it('needs a name that follows the rules and is free', async () => {
    const answers = [await post(undefined, { local: {} }), await post('a b', { local: {} }), await post('default', { local: {} })];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 409]);
    expect(answers[0]?.body.message).toBe('metadata.name: is missing');
  });

  it('is local only where the operator enabled it (D3)', async () => {
    const elsewhere = anApi(store, { settings: { localTargets: false } });
    const { status, body } = await elsewhere.send('POST', `${N}/deployment-targets`, { metadata: { name: 'l' }, spec: { local: {} } });
    expect([status, body.message]).toEqual([400, 'spec.local: is not enabled on this server: use kubernetes: {namespace}']);
  });

  it('keeps its spec on PUT, which may create it and change its metadata', async () => {
    const put = (spec: object, metadata: object = {}) => api.send('PUT', `${N}/deployment-targets/put`, { metadata, spec });
    expect((await put({ kubernetes: { namespace: 'a' } })).status).toBe(201);
    const changed = await put({ kubernetes: { namespace: 'a' } }, { labels: { a: 'b' } });
    expect([changed.status, changed.body.metadata.labels]).toEqual([200, { a: 'b' }]);
    const other = await put({ kubernetes: { namespace: 'b' } });
    expect([other.status, other.body.message]).toEqual([400, 'spec: cannot change: create another deployment target and refer to that']);
    expect((await put({ kubernetes: { namespace: 'a' } }, { name: 'x' })).status).toBe(400);
    expect((await put({ kubernetes: { namespace: 'a' } }, { resourceVersion: 99 })).status).toBe(409);
  });

  it('cannot be deleted while something refers to it, by name or id, and is answered when it goes', async () => {
    const { body: target } = await post('used', { local: {} });
    const free = (await remove('deployment-targets/put')).body;
    expect(free).toMatchObject({ kind: 'DeploymentTarget', metadata: { name: 'put' } });
    const spec = { deploymentTargetName: undefined, deploymentTargetId: target.metadata.id };
    await api.send('POST', `${N}/deployments`, aDocument({ spec }));
    await api.send('POST', `${N}/sessionclusters`, { metadata: { name: 'shared' }, spec: { deploymentTargetName: 'used' } });
    const { status, body } = await remove('deployment-targets/used');
    expect([status, body.message]).toEqual([409, 'deployment target "used" is in use by Deployment "clicks", SessionCluster "shared"']);
    expect((await remove('deployment-targets/nobody')).status).toBe(404);
  });
});

describe('a session cluster', () => {
  beforeAll(fresh);
  const post = (name: string, spec: object) => api.send('POST', `${N}/sessionclusters`, { metadata: { name }, spec });
  const patch = (name: string, spec: object) => api.send('PATCH', `${N}/sessionclusters/${name}`, { spec });
  const observe = (id: string, state: SessionClusterPhase) =>
    store.transaction((tx) => store.sessionClusters.record(tx, parseId<'SessionClusterId'>(id), { status: { state, because: 'seen' } }));

  it('is created with 201 and its defaults, STOPPED until it runs, and woken for', async () => {
    const { status, body } = await post('shared', { deploymentTargetName: 'default', flinkVersion: 1.2 });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      kind: 'SessionCluster',
      metadata: { name: 'shared', annotations: { 'drey.dev/because': 'created' } },
      spec: { state: 'RUNNING', flinkVersion: '1.2', numberOfTaskManagers: 1, flinkConfiguration: {}, resources: { jobmanager: { cpu: 1, memory: '1G' } } },
      status: { state: 'STOPPED' },
    });
    expect(api.woken).toEqual(['shared: start']);
    expect((await post('shared', { deploymentTargetName: 'default' })).status).toBe(409);
  });

  it('warns of a missing target, of a Flink version nobody has, and of what a local target ignores', async () => {
    const missing = await post('early', { deploymentTargetName: 'later' });
    expect([missing.status, missing.headers.get('warning')]).toEqual([201, expect.stringContaining("deployment target 'later' does not exist")]);
    const odd = await post('odd', {
      deploymentTargetName: 'default',
      flinkVersion: '1.16',
      flinkImageTag: 'x',
      flinkConfiguration: { 'high-availability.type': 'kubernetes' },
    });
    expect(odd.headers.get('warning')).toContain('cannot run Flink 1.16; it can run: 2.3.0, 1.20.0');
    expect(odd.headers.get('warning')).toContain('ignored by a local target: flinkImageTag, high-availability.type');
  });

  it('may be one that somebody else runs, which has no settings of ours (D4)', async () => {
    const { status, body } = await post('theirs', { external: { url: 'http://flink.example.com:8081' } });
    expect([status, body.spec]).toEqual([201, { state: 'RUNNING', external: { url: 'http://flink.example.com:8081' }, flinkConfiguration: {} }]);
  });

  it.each([
    ['no target', {}, 'spec: must have deploymentTargetName, or external: {url}'],
    ['an unknown state', { deploymentTargetName: 'default', state: 'SUSPENDED' }, 'spec.state: must be one of RUNNING, STOPPED'],
    ['no TaskManagers', { deploymentTargetName: 'default', numberOfTaskManagers: 0 }, 'spec.numberOfTaskManagers: must be at least 1'],
    ['an unknown field', { deploymentTargetName: 'default', artifact: {} }, 'spec.artifact: unknown field; known here are state'],
    [
      'a target and an address',
      { deploymentTargetName: 'default', external: { url: 'http://a' } },
      'spec.deploymentTargetName: must be absent where external is given',
    ],
    ['resources for an external one', { resources: {}, external: { url: 'http://a' } }, 'spec.resources: must be absent'],
    ['an image for an external one', { flinkImageTag: '1', external: { url: 'http://a' } }, 'spec.flinkImageTag: must be absent'],
    ['another scheme', { external: { url: 'file:///etc/passwd' } }, 'spec.external.url: must be an http:// or https:// address'],
    ['a password in the address', { external: { url: 'http://u:p@a' } }, 'spec.external.url: must not hold a user name or password'],
    [
      'a metadata address',
      { external: { url: 'http://169.254.169.254/' } },
      'spec.external.url: must be an address that may be asked: http://169.254.169.254/ is a link-local, metadata or reserved address',
    ],
    ['a metadata address in disguise', { external: { url: 'http://0xa9fea9fe/' } }, 'is a link-local, metadata or reserved address'],
    ['a metadata address in IPv6', { external: { url: 'http://[::ffff:169.254.169.254]/' } }, 'is a link-local, metadata or reserved address'],
    ['a metadata address carried by IPv6', { external: { url: 'http://[64:ff9b::a9fe:a9fe]/' } }, 'is a link-local, metadata or reserved address'],
    ['no address at all', { external: { url: 'http://0.0.0.0:8081/' } }, 'is a link-local, metadata or reserved address'],
    ['a metadata name', { external: { url: 'http://Metadata.Google.Internal./' } }, 'is a link-local, metadata or reserved address'],
  ])('with %s is refused with 400', async (_, spec, message) => {
    const { status, body } = await post('bad', spec);
    expect([status, body.message]).toEqual([400, expect.stringContaining(message)]);
  });

  it('changes only its state and number of TaskManagers while it is not stopped', async () => {
    const { id } = (await api.get(`${N}/sessionclusters/shared`)).body.metadata;
    await observe(id, 'RUNNING');
    api.woken.length = 0;
    expect((await patch('shared', { numberOfTaskManagers: 3 })).body.spec.numberOfTaskManagers).toBe(3);
    expect(api.woken).toEqual(['shared: version 2']);
    const { status, body } = await patch('shared', { flinkConfiguration: { a: 'b' }, flinkVersion: '1.20' });
    expect([status, body.message]).toEqual([409, expect.stringContaining('is RUNNING: stop it before changing spec.flinkVersion, spec.flinkConfiguration')]);
    expect((await patch('shared', { state: 'stopped' })).status).toBe(200);
    expect((await patch('shared', { flinkVersion: '1.20' })).status).toBe(409);
    await observe(id, 'STOPPED');
    const changed = await patch('shared', { flinkVersion: '1.20', state: 'RUNNING' });
    expect([changed.status, changed.body.spec.flinkVersion]).toEqual([200, '1.20']);
    await observe(id, 'RUNNING');
  });

  it('is not woken for, but bumped, when nothing changes', async () => {
    const before = (await api.get(`${N}/sessionclusters/shared`)).body.metadata.resourceVersion;
    api.woken.length = 0;
    expect((await patch('shared', {})).body.metadata.resourceVersion).toBe(before + 1);
    expect(api.woken).toEqual([]);
  });

  it('cannot be stopped or detached while Jobs live on it: 409 naming the Deployments (E7)', async () => {
    for (const [name, cluster] of [
      ['one', 'shared'],
      ['two', 'theirs'],
    ] as const) {
      const { body } = await api.send(
        'POST',
        `${N}/deployments`,
        aDocument({ metadata: { name }, spec: { deploymentTargetName: undefined, sessionClusterName: cluster } }),
      );
      await aJobOf(store, body.metadata.id, { sessionCluster: cluster });
    }
    const [stopped, detached] = [await patch('shared', { state: 'STOPPED' }), await patch('theirs', { state: 'STOPPED' })];
    expect([stopped.status, stopped.body.message]).toEqual([
      409,
      'session cluster "shared" cannot be stopped: jobs of Deployments "one" run on it; suspend or cancel them first',
    ]);
    expect([detached.status, detached.body.message]).toEqual([409, expect.stringContaining('"theirs" cannot be detached: jobs of Deployments "two"')]);
  });

  it('is deleted with 200 when it is to be STOPPED and is STOPPED or FAILED, else 409', async () => {
    const { body } = await post('short', { deploymentTargetName: 'default' });
    const refused = await remove('sessionclusters/short');
    expect([refused.status, refused.body.message]).toEqual([409, expect.stringContaining('set spec.state to STOPPED and wait until it is')]);
    await observe(body.metadata.id, 'STOPPING');
    await patch('short', { state: 'STOPPED' });
    expect((await remove('sessionclusters/short')).status).toBe(409);
    await observe(body.metadata.id, 'FAILED');
    const deleted = await remove('sessionclusters/short');
    expect([deleted.status, deleted.body.metadata.name]).toEqual([200, 'short']);
    expect((await remove('sessionclusters/short')).status).toBe(404);
  });

  it('is created and replaced by PUT', async () => {
    const put = (metadata: object, spec: object) => api.send('PUT', `${N}/sessionclusters/put`, { metadata, spec });
    expect((await put({}, { deploymentTargetName: 'default', state: 'STOPPED' })).status).toBe(201);
    const replaced = await put({ labels: { a: 'b' } }, { deploymentTargetName: 'default', state: 'STOPPED', numberOfTaskManagers: 2 });
    expect([replaced.status, replaced.body.metadata.labels, replaced.body.spec.numberOfTaskManagers]).toEqual([200, { a: 'b' }, 2]);
    expect((await put({ name: 'x' }, { deploymentTargetName: 'default' })).status).toBe(400);
    expect((await put({ resourceVersion: 77 }, { deploymentTargetName: 'default' })).status).toBe(409);
    expect((await api.get(`${N}/sessionclusters`)).body.kind).toBe('SessionClusterList');
    expect((await api.get(`${N}/sessionclusters/nobody`)).status).toBe(404);
  });
});
