// Who may do what over HTTP: every route with every kind of token, what a refusal looks like, and that a refused request changes nothing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mayDo, type Principal, ROLES } from '../../domain/access.ts';
import { API, type Route, type RouteName } from '../../domain/api.schema.ts';
import { createStorage } from '../../flink/storage/create-storage.ts';
import { hashSecret } from '../../functions/authenticate.ts';
import type { Store } from '../../store/store.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { aDocument, anApi, type Answer, type Api, openStore } from './an-api.ts';

let store: Store;
let api: Api;
beforeAll(async () => {
  store = await openStore();
  const uploads = createStorage({ blobRoot: temporaryFolder() }).uploads;
  api = anApi(store, { uploads, settings: { auth: { kind: 'tokens', admins: [] } } });
  await store.transaction((tx) => store.apiTokens.insertFirstAdmin(tx, 'admin', hashSecret('drey_admin')));
});
afterAll(() => store.close());

/** A namespace with a token of each role, named after the role, and the secret `drey_<namespace>_<role>`. */
async function aNamespace(): Promise<string> {
  const name = (await api.namespace()).split('/').at(-1) ?? '';
  await store.transaction(async (tx) => {
    for (const role of ROLES) await store.apiTokens.insert(tx, { namespace: name, name: role, role }, hashSecret(`drey_${name}_${role}`));
  });
  return name;
}

const ROUTES = Object.entries<Route>(API) as [RouteName, Route][];
const NOTHING = '4c0e7b52-6b0f-4a55-9a3a-0d6f9bd3a7c1';

function pathIn(namespace: string, { path }: Route): string {
  return path.replace('{namespace}', namespace).replaceAll(/\{\w+\}/g, NOTHING);
}

function ask(namespace: string, route: Route, token: string): Promise<Answer> {
  const method = route.method.toUpperCase();
  return api.as(token).send(method, pathIn(namespace, route), route.body === undefined ? undefined : {});
}

describe('the access of a route', () => {
  /** Words of paths, and what they stand for. */
  const RESOURCES: Readonly<Record<string, string>> = {
    deployments: 'Deployment',
    jobs: 'Job',
    savepoints: 'Savepoint',
    events: 'Event',
    'deployment-targets': 'DeploymentTarget',
    'deployment-defaults': 'DeploymentDefaults',
    sessionclusters: 'SessionCluster',
    'secret-values': 'SecretValue',
    apitokens: 'ApiToken',
    artifacts: 'Artifact',
    uploads: 'Artifact',
  };
  const VERBS: Readonly<Record<string, readonly string[]>> = {
    get: ['List', 'Get'],
    post: ['Create', 'Update'],
    put: ['Create', 'Update'],
    patch: ['Update'],
    delete: ['Delete'],
  };

  it.each(ROUTES.filter(([, { path }]) => path.includes('{namespace}')))(
    '%s names the resource in its path, and a verb of its method',
    (_, { path, method, access }) => {
      const inside = /\{namespace\}\/([\w-]+)/.exec(path)?.[1];
      const resource = inside === undefined ? 'Namespace' : RESOURCES[inside];
      expect(resource, path).toBeDefined();
      expect([access[0], VERBS[method]]).toEqual([resource, expect.arrayContaining([access[1]])]);
    },
  );

  it('is open for what tells nothing but that the server lives, and where the address is the permission', () => {
    expect(ROUTES.filter(([, { access }]) => access === 'open').map(([name]) => name)).toEqual(['receiveUpload', 'getStatus', 'getHealth', 'getReadiness']);
  });
});

describe.each(ROLES)('a token of the role %s', (role) => {
  const principal = (namespace: string): Principal => ({ kind: 'token', name: role, namespace, role });

  it('is refused exactly what the role table refuses', async () => {
    const name = await aNamespace();
    const refused: string[] = [];
    for (const [route, each] of ROUTES) if ((await ask(name, each, `drey_${name}_${role}`)).status === 403) refused.push(route);
    const place = { name, roleBindings: [] };
    const mayNot = ROUTES.filter(([, { path, access }]) => !mayDo(principal(name), access, path.includes('{namespace}') ? place : undefined));
    expect(refused).toEqual(mayNot.map(([route]) => route));
  });

  it('sees nothing of another namespace, nor of one that is not there', async () => {
    const [own, other] = [await aNamespace(), await aNamespace()];
    for (const [name, route] of ROUTES.filter(([, { path }]) => path.includes('{namespace}'))) {
      const answers = await Promise.all([other, 'nowhere'].map((namespace) => ask(namespace, route, `drey_${own}_${role}`)));
      expect([name, ...answers.map(({ status }) => status)]).toEqual([name, 403, 403]);
    }
  });
});

describe('the admin', () => {
  it('keeps namespaces, and is refused what is in them', async () => {
    const refused: string[] = [];
    for (const [route, each] of ROUTES) if ((await ask(await aNamespace(), each, 'drey_admin')).status === 403) refused.push(route);
    const inside = ROUTES.filter(([, { access }]) => Array.isArray(access) && access[0] !== 'Namespace');
    expect(refused).toEqual(inside.map(([route]) => route));
  });

  it('is told which namespaces are not there', async () => {
    const { status, body } = await api.as('drey_admin').get('/namespaces/v1/namespaces/nowhere');
    expect([status, body]).toEqual([404, { code: 'NOT_FOUND', description: 'there is no namespace "nowhere"', cause: null, ok: false }]);
  });
});

describe('without a token that counts', () => {
  it.each([
    ['none', undefined],
    ['another scheme', 'Basic dXNlcjpwYXNz'],
    ['no secret', 'Bearer'],
    ['an unknown one', 'Bearer drey_unknown'],
    ['two', 'Bearer drey_a, Bearer drey_b'],
    ['something else', 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.'],
  ])('every route but the open ones answers 401: %s', async (_, authorization) => {
    const name = await aNamespace();
    const headers: Record<string, string> = authorization === undefined ? {} : { Authorization: authorization };
    for (const [route, each] of ROUTES) {
      const { status, headers: answered, body } = await api.request(pathIn(name, each), { method: each.method.toUpperCase(), headers });
      const isOpen = each.access === 'open';
      expect([route, status === 401]).toEqual([route, !isOpen]);
      if (isOpen) continue;
      expect([answered.get('www-authenticate'), body.status, body.error]).toEqual(['Bearer realm="drey"', 401, 'Unauthorized']);
      expect(JSON.stringify(body)).not.toContain('unknown"');
    }
  });

  it('neither metrics, nor the Flink UI, nor paths that are not there say anything', async () => {
    const name = await aNamespace();
    for (const path of ['/metrics', `/flinkui/v1/namespaces/${name}/jobs/${NOTHING}/`, '/nowhere', `/api/v1/namespaces/${name}`]) {
      expect([path, (await api.get(path)).status]).toEqual([path, 401]);
    }
  });

  it('the API docs are shown', async () => {
    for (const path of ['/swagger', '/swagger.json', '/api/swagger.json']) expect((await api.get(path)).status).toBe(200);
  });
});

describe('a read-only token', () => {
  it('can see and not touch', async () => {
    const name = await aNamespace();
    const N = `/api/v1/namespaces/${name}`;
    const [viewer, editor] = [api.as(`drey_${name}_viewer`), api.as(`drey_${name}_editor`)];
    expect((await editor.send('POST', `${N}/deployments`, aDocument())).status).toBe(201);
    const before = (await viewer.get(`${N}/deployments/clicks`)).body;
    expect(before.metadata.name).toBe('clicks');
    const refused = [
      await viewer.send('PATCH', `${N}/deployments/clicks`, { spec: { state: 'CANCELLED' } }),
      await viewer.send('PUT', `${N}/deployments/clicks`, aDocument()),
      await viewer.send('PUT', `${N}/deployments/other`, aDocument({ metadata: { name: 'other' } })),
      await viewer.send('POST', `${N}/deployments`, aDocument({ metadata: { name: 'other' } })),
      await viewer.send('DELETE', `${N}/deployments/clicks`, undefined),
      await viewer.send('POST', `${N}/deployments?dryRun=true`, aDocument()),
    ];
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 403]);
    expect(refused[0]?.body).toMatchObject({ status: 403, error: 'Forbidden', message: expect.stringContaining('may not update Deployment') });
    expect((await viewer.get(`${N}/deployments`)).body.items).toEqual([before]);
  });
});

describe('more requests than are allowed', () => {
  it('are answered with 429, each token by itself', async () => {
    const limited = anApi(store, { settings: { auth: { kind: 'tokens', admins: [] }, rate: { perSecond: 1, burst: 3 } } });
    const name = await aNamespace();
    const asked = async (role: string): Promise<number> => (await limited.as(`drey_${name}_${role}`).get(`/api/v1/namespaces/${name}/deployments`)).status;
    expect([await asked('viewer'), await asked('viewer'), await asked('viewer'), await asked('viewer'), await asked('editor')]).toEqual([
      200, 200, 200, 429, 200,
    ]);
  });
});

describe('state of another namespace', () => {
  const spelled = (root: string, namespace: string) =>
    [
      `file:///blobs/${root}/namespaces/${namespace}/deployments/d/s/savepoint-1`,
      `/blobs/${root}/namespaces/${namespace}/deployments/d/s/savepoint-1`,
      `FILE:///blobs/${root}/namespaces/${namespace}/d`,
      `file://localhost/blobs/${root}/namespaces/${namespace}/d`,
    ].map((location) => ({ root, location }));

  it('is registered only by those who may see the Savepoints there', async () => {
    const [own, others] = [await aNamespace(), await aNamespace()];
    const made = await api.as(`drey_${own}_owner`).send('POST', `/api/v1/namespaces/${own}/deployments`, aDocument({ spec: { state: 'CANCELLED' } }));
    const register = (token: string, savepointLocation: string) => {
      const metadata = { deploymentId: made.body.metadata.id };
      const spec = { savepointLocation, flinkSavepointId: NOTHING };
      return api.as(token).send('POST', `/api/v1/namespaces/${own}/savepoints`, { metadata, spec });
    };
    for (const { location } of [...spelled('flink-savepoints', others), ...spelled('flink-jobs', others)]) {
      const { status, body } = await register(`drey_${own}_owner`, location);
      expect([location, status, body.message]).toEqual([location, 403, expect.stringContaining(`may not see the Savepoints of namespace "${others}"`)]);
    }
    for (const location of ['s3://elsewhere/savepoint-1', `/blobs/flink-savepoints/namespaces/${own}/d`]) {
      expect((await register(`drey_${own}_editor`, location)).status).toBe(201);
    }
    const everyone = anApi(store);
    const spec = { savepointLocation: `/blobs/flink-savepoints/namespaces/${others}/d`, flinkSavepointId: NOTHING };
    const metadata = { deploymentId: made.body.metadata.id };
    expect((await everyone.send('POST', `/api/v1/namespaces/${own}/savepoints`, { metadata, spec })).status).toBe(201);
  });
});
