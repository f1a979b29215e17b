// Namespaces and API tokens over HTTP: the platform API's style, its codes and its errors.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashSecret } from '../../functions/authenticate.ts';
import type { Store } from '../../store/store.ts';
import { aDocument, anApi, type Api, openStore } from './an-api.ts';

const NAMESPACES = '/namespaces/v1/namespaces';
let store: Store;
let api: Api;
beforeAll(async () => {
  store = await openStore();
  api = anApi(store);
});
afterAll(() => store.close());

const grpc = (code: string, description: unknown) => ({ code, description, cause: null, ok: false });

describe('a namespace', () => {
  it('is created, listed, read, changed and given back in its own style', async () => {
    const roleBindings = [{ role: 'owner', members: ['user:ann', 'group:devs', 'system:authenticated'] }];
    const created = await api.send('POST', NAMESPACES, { name: 'namespaces/fresh', roleBindings, createTime: '', lifecyclePhase: 'LIFECYCLE_PHASE_INVALID' });
    const { namespace } = created.body;
    expect([created.status, namespace]).toEqual([
      200,
      {
        name: 'namespaces/fresh',
        createTime: expect.stringMatching(/^2\d{3}-.*Z$/),
        lifecyclePhase: 'LIFECYCLE_PHASE_ACTIVE',
        roleBindings,
        previewSessionClusterName: '',
      },
    ]);
    expect((await api.get(`${NAMESPACES}/fresh`)).body).toEqual({ namespace });
    expect((await api.get(NAMESPACES)).body.namespaces).toContainEqual(namespace);
    const replaced = await api.send('PUT', `${NAMESPACES}/fresh`, { namespace: { ...namespace, roleBindings: [{ role: 'viewer', members: ['user:bob'] }] } });
    expect([replaced.status, replaced.body.namespace.roleBindings]).toEqual([200, [{ role: 'viewer', members: ['user:bob'] }]]);
    expect((await api.send('PATCH', `${NAMESPACES}/fresh`, { name: 'namespaces/fresh' })).body.namespace.roleBindings).toHaveLength(1);
    expect((await api.send('PUT', `${NAMESPACES}/fresh`, { name: 'namespaces/fresh' })).body.namespace.roleBindings).toEqual([]);
  });

  it('that is taken away while something is created in it is a 404', async () => {
    const name = (await api.namespace()).split('/').at(-1) ?? '';
    const find: Store['namespaces']['find'] = async (tx, wanted) => {
      const found = await store.namespaces.find(tx, wanted);
      await store.transaction(async (writing) => {
        for (const { id } of await store.deploymentTargets.list(writing, name)) await store.deploymentTargets.delete(writing, id);
        await store.namespaces.delete(writing, name);
      });
      return found;
    };
    const racing = anApi(Object.defineProperty(Object.create(store) as Store, 'namespaces', { value: { ...store.namespaces, find } }));
    const secret = { metadata: { name: 'TOKEN' }, spec: { kind: 'Plain', value: 'x' } };
    const { status, body } = await racing.send('POST', `/api/v1/namespaces/${name}/secret-values`, secret);
    expect([status, body.message, racing.logged]).toEqual([404, 'the namespace was removed meanwhile', []]);
  });

  it('names a session cluster for previews that exists', async () => {
    const N = await api.namespace();
    const path = `${NAMESPACES}/${N.split('/').at(-1)}`;
    const absent = await api.send('POST', `${path}:setPreviewSessionCluster`, { previewSessionClusterName: 'previews' });
    expect([absent.status, absent.body.code]).toEqual([400, 'INVALID_ARGUMENT']);
    await api.send('POST', `${N}/sessionclusters`, {
      metadata: { name: 'previews' },
      spec: { deploymentTargetName: 'default', flinkVersion: '1.20', state: 'STOPPED' },
    });
    const set = await api.send('POST', `${path}:setPreviewSessionCluster`, { previewSessionClusterName: 'previews' });
    expect([set.status, set.body.namespace.previewSessionClusterName]).toEqual([200, 'previews']);
  });

  it.each([
    ['no name', {}, 'name: is missing'],
    ['a name without prefix', { name: 'fresh' }, expect.stringContaining('name: must be "namespaces/"')],
    ['a name of capitals', { name: 'namespaces/Fresh' }, expect.stringContaining('name: must be')],
    ['a number', { name: 5 }, 'name: must be text'],
    [
      'a role that is not there',
      { name: 'namespaces/x', roleBindings: [{ role: 'admin', members: [] }] },
      expect.stringContaining('roleBindings[0].role: must be one of viewer'),
    ],
    [
      'a member of no kind',
      { name: 'namespaces/x', roleBindings: [{ role: 'viewer', members: ['ann'] }] },
      expect.stringContaining('roleBindings[0].members[0]: must be "user:<id>"'),
    ],
    ['an unknown field', { name: 'namespaces/x', color: 'red' }, expect.stringContaining('color: unknown field')],
  ])('is not created with %s', async (_, body, description) => {
    const answer = await api.send('POST', NAMESPACES, body);
    expect([answer.status, answer.body]).toEqual([400, grpc('INVALID_ARGUMENT', description)]);
  });

  it('is not created twice, not renamed, and not found where it is not', async () => {
    await api.send('POST', NAMESPACES, { name: 'namespaces/once' });
    const answers = [
      await api.send('POST', NAMESPACES, { name: 'namespaces/once' }),
      await api.send('PUT', `${NAMESPACES}/once`, { name: 'namespaces/twice' }),
      await api.get(`${NAMESPACES}/twice`),
      await api.send('PUT', `${NAMESPACES}/twice`, {}),
      await api.send('DELETE', `${NAMESPACES}/default`, undefined),
      await api.send('POST', `${NAMESPACES}/once`, {}),
    ];
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [409, 'ALREADY_EXISTS'],
      [400, 'INVALID_ARGUMENT'],
      [404, 'NOT_FOUND'],
      [404, 'NOT_FOUND'],
      [409, 'FAILED_PRECONDITION'],
      [405, 'UNIMPLEMENTED'],
    ]);
  });

  it('that is being deleted takes nothing new and no change', async () => {
    const N = await api.namespace();
    const path = `${NAMESPACES}/${N.split('/').at(-1)}`;
    await api.send('POST', `${N}/deployments`, aDocument());
    const deleted = await api.send('DELETE', path, undefined);
    expect([deleted.status, deleted.body.namespace.lifecyclePhase]).toEqual([200, 'LIFECYCLE_PHASE_TERMINATING']);
    const refused = [
      await api.send('POST', `${N}/deployments`, aDocument({ metadata: { name: 'late' } })),
      await api.send('PUT', `${N}/deployments/late`, aDocument({ metadata: { name: 'late' } })),
      await api.send('POST', `${N}/deployment-targets`, { metadata: { name: 'late' }, spec: { local: {} } }),
      await api.send('POST', `/apitokens/v1${N.slice('/api/v1'.length)}/apitokens`, {
        name: `${path.slice('/namespaces/v1/'.length)}/apitokens/late`,
        role: 'viewer',
      }),
    ];
    refused.push(await api.send('PATCH', `${N}/deployments/clicks`, { spec: { state: 'RUNNING' } }));
    expect(refused.map(({ status }) => status)).toEqual([409, 409, 409, 409, 409]);
    expect(api.woken).toContain('sweep');
  });
});

describe('an API token', () => {
  const path = (namespace: string): string => `/apitokens/v1/namespaces/${namespace}/apitokens`;
  const aToken = (namespace: string, name: string, role = 'editor') => ({ name: `namespaces/${namespace}/apitokens/${name}`, role });

  it('shows its secret in the answer to its creation only, and works until it is deleted', async () => {
    const namespace = (await api.namespace()).split('/').at(-1) ?? '';
    const created = await api.send('POST', path(namespace), aToken(namespace, 'ci'));
    const { secret, ...shown } = created.body.apiToken;
    expect([created.status, shown, secret]).toEqual([
      200,
      { ...aToken(namespace, 'ci'), createTime: expect.stringMatching(/Z$/) },
      expect.stringMatching(/^drey_[-\w]{43}$/),
    ]);
    expect((await api.get(path(namespace))).body).toEqual({ apiTokens: [shown] });
    expect((await api.get(`${path(namespace)}/ci`)).body).toEqual({ apiToken: shown });

    const guarded = anApi(store, { settings: { auth: { kind: 'tokens', admins: [] } } });
    const N = `/api/v1/namespaces/${namespace}`;
    expect((await guarded.as(secret).get(`${N}/deployments`)).status).toBe(200);
    const revoked = await api.send('DELETE', `${path(namespace)}/ci`, undefined);
    expect([revoked.status, revoked.body]).toEqual([200, { apiToken: shown }]);
    expect((await guarded.as(secret).get(`${N}/deployments`)).status).toBe(401);
    expect((await api.send('DELETE', `${path(namespace)}/ci`, undefined)).status).toBe(404);
  });

  it('is refused where its name is taken or not of the namespace in the path, or its role is none', async () => {
    const namespace = (await api.namespace()).split('/').at(-1) ?? '';
    await api.send('POST', path(namespace), aToken(namespace, 'ci'));
    const answers = [
      await api.send('POST', path(namespace), aToken(namespace, 'ci')),
      await api.send('POST', path(namespace), aToken('other', 'ci')),
      await api.send('POST', path(namespace), aToken(namespace, 'x', 'admin')),
      await api.send('POST', path(namespace), { name: 'ci', role: 'viewer' }),
    ];
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [409, 'ALREADY_EXISTS'],
      [400, 'INVALID_ARGUMENT'],
      [400, 'INVALID_ARGUMENT'],
      [400, 'INVALID_ARGUMENT'],
    ]);
  });

  it('is stored as a hash only', async () => {
    expect(hashSecret('drey_x')).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('the audit log', () => {
  it('tells who asked for which change, also for one that was refused, newest first and page by page', async () => {
    const N = await api.namespace();
    await api.send('POST', `${N}/deployments`, aDocument());
    await api.get(`${N}/deployments`);
    await api.send('PATCH', `${N}/deployments/nowhere`, { spec: { template: { spec: { artifact: { mainArgs: '--password hunter2' } } } } });
    const { status, body, text } = await api.get('/api/v1/logs/?pageSize=2');
    const entry = { id: expect.any(String), timestamp: expect.stringMatching(/Z$/), actor: 'anonymous', namespace: N.split('/').at(-1) };
    expect([status, body.items]).toEqual([
      200,
      [
        { ...entry, method: 'PATCH', path: `${N}/deployments/nowhere`, operation: 'patchDeployment', status: 404 },
        { ...entry, method: 'POST', path: `${N}/deployments`, operation: 'createDeployment', status: 201 },
      ],
    ]);
    expect(text).not.toContain('hunter2');
    const next = (await api.get('/api/v1/logs/?pageSize=2&page=1')).body;
    expect([next.page, next.pageSize, next.items.length, next.totalItems]).toEqual([1, 2, 2, body.totalItems]);
    expect((await api.get('/api/v1/logs/?pageSize=0')).status).toBe(400);
    const report = await api.get('/api/v1/logs/reports');
    const lines = report.text.trimEnd().split('\n');
    expect([report.status, report.headers.get('content-type'), lines.length]).toEqual([200, 'text/csv; charset=utf-8', body.totalItems + 1]);
    expect(lines[0]).toBe('timestamp,actor,method,path,operation,namespace,status');
    expect(lines[1]).toMatch(new RegExp(`^"2.*Z","anonymous","PATCH","${N}/deployments/nowhere","patchDeployment","${N.split('/').at(-1)}","404"$`));
  });
});
