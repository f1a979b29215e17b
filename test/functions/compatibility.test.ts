// Every endpoint of Ververica Platform that clients of Deployments know is asked once, as such a client asks; docs/compatibility.md says what came of it.
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { API, type Route } from '../../domain/api.schema.ts';
import { aDocument, aJobOf, type Answer, type Api, withApi } from './an-api.ts';
import { DIFFERENCES, FIELDS } from './differences.ts';
import { createStorage } from '../../flink/storage/create-storage.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { type Endpoint, ENDPOINTS, OUT_OF_SCOPE } from './vvp-endpoints.ts';

let api: Api;
withApi((own) => ({ api } = own), { uploads: createStorage({ blobRoot: temporaryFolder() }).uploads });

/** What is asked, in an order in which each finds what it needs; made of what was made before. */
const REQUESTS: readonly (readonly [Endpoint, number, unknown?])[] = [
  ['GET /api/v1/status', 200],
  ['GET /api/v1/status/system-info', 200],
  ['GET /api/v1/status/resourceusage', 200],
  ['GET /api/v1/global-deployment-defaults', 200],
  ['GET /api/v1/global-sessioncluster-defaults', 200],
  ['POST /namespaces/v1/namespaces', 200, { name: 'namespaces/team' }],
  ['GET /namespaces/v1/namespaces', 200],
  ['GET /namespaces/v1/namespaces/{namespace}', 200],
  ['PUT /namespaces/v1/namespaces/{namespace}', 200, { name: 'namespaces/team', roleBindings: [{ role: 'owner', members: ['user:ann'] }] }],
  ['PATCH /namespaces/v1/namespaces/{namespace}', 200, { roleBindings: [{ role: 'viewer', members: ['system:authenticated'] }] }],
  ['POST /apitokens/v1/namespaces/{namespace}/apitokens', 200, { name: 'namespaces/team/apitokens/thing', role: 'editor' }],
  ['GET /apitokens/v1/namespaces/{namespace}/apitokens', 200],
  ['GET /apitokens/v1/namespaces/{namespace}/apitokens/{token}', 200],
  ['DELETE /apitokens/v1/namespaces/{namespace}/apitokens/{token}', 200],
  ['POST /artifacts/v1/namespaces/{namespace}/artifacts:upload', 200],
  ['GET /artifacts/v1/namespaces/{namespace}/artifacts:list', 200],
  ['DELETE /artifacts/v1/namespaces/{namespace}/artifacts:delete', 200],
  ['POST /api/v1/namespaces/{namespace}/deployment-targets', 201, { metadata: { name: 'thing' }, spec: { kubernetes: { namespace: 'jobs' } } }],
  ['GET /api/v1/namespaces/{namespace}/deployment-targets', 200],
  ['GET /api/v1/namespaces/{namespace}/deployment-targets/{name}', 200],
  ['PUT /api/v1/namespaces/{namespace}/deployment-targets/{name}', 200, { metadata: { labels: { a: 'b' } }, spec: { kubernetes: { namespace: 'jobs' } } }],
  ['DELETE /api/v1/namespaces/{namespace}/deployment-targets/{name}', 200],
  ['POST /api/v1/namespaces/{namespace}/secret-values', 201, { metadata: { name: 'thing' }, spec: { kind: 'Plain', value: 'a long secret' } }],
  ['GET /api/v1/namespaces/{namespace}/secret-values', 200],
  ['GET /api/v1/namespaces/{namespace}/secret-values/{name}', 200],
  ['PATCH /api/v1/namespaces/{namespace}/secret-values/{name}', 200, { spec: { value: 'another secret' } }],
  ['PUT /api/v1/namespaces/{namespace}/secret-values/{name}', 200, { spec: { kind: 'plain', value: 'a third secret' } }],
  ['DELETE /api/v1/namespaces/{namespace}/secret-values/{name}', 200],
  ['GET /api/v1/namespaces/{namespace}/deployment-defaults', 200],
  ['PATCH /api/v1/namespaces/{namespace}/deployment-defaults', 200, { spec: { maxJobCreationAttempts: 2 } }],
  ['PUT /api/v1/namespaces/{namespace}/deployment-defaults', 200, { spec: {} }],
  [
    'POST /api/v1/namespaces/{namespace}/sessionclusters',
    201,
    { metadata: { name: 'thing' }, spec: { state: 'STOPPED', deploymentTargetName: 'main', flinkVersion: '1.20' } },
  ],
  ['GET /api/v1/namespaces/{namespace}/sessionclusters', 200],
  ['GET /api/v1/namespaces/{namespace}/sessionclusters/{name}', 200],
  ['POST /namespaces/v1/namespaces/{namespace}:setPreviewSessionCluster', 200, { previewSessionClusterName: 'thing' }],
  ['PUT /api/v1/namespaces/{namespace}/sessionclusters/{name}', 200, { spec: { state: 'STOPPED', deploymentTargetName: 'main', flinkVersion: '1.20' } }],
  ['PATCH /api/v1/namespaces/{namespace}/sessionclusters/{name}', 200, { spec: { numberOfTaskManagers: 2 } }],
  ['DELETE /api/v1/namespaces/{namespace}/sessionclusters/{name}', 200],
  ['POST /api/v1/namespaces/{namespace}/deployments', 201, { ...aDocument(), metadata: { name: 'thing' } }],
  ['GET /api/v1/namespaces/{namespace}/deployments', 200],
  ['GET /api/v1/namespaces/{namespace}/deployments/{name}', 200],
  ['GET /api/v1/namespaces/{namespace}/deployments/with-cr', 200],
  ['GET /api/v1/namespaces/{namespace}/deployments/with-cr/{name}', 200],
  ['GET /api/v1/namespaces/{namespace}/jobs', 200],
  ['GET /api/v1/namespaces/{namespace}/jobs/{jobId}', 200],
  ['POST /api/v1/namespaces/{namespace}/savepoints', 201],
  ['GET /api/v1/namespaces/{namespace}/savepoints', 200],
  ['GET /api/v1/namespaces/{namespace}/savepoints/{savepointId}', 200],
  ['DELETE /api/v1/namespaces/{namespace}/savepoints/{savepointId}', 200],
  ['GET /api/v1/namespaces/{namespace}/events', 200],
  ['PUT /api/v1/namespaces/{namespace}/deployments/{name}', 200, { spec: { ...aDocument().spec, state: 'CANCELLED' } }],
  ['PATCH /api/v1/namespaces/{namespace}/deployments/{name}', 200, { spec: { state: 'CANCELLED' } }],
  ['DELETE /api/v1/namespaces/{namespace}/deployments/{name}', 200],
  ['GET /api/v1/logs/', 200],
  ['GET /api/v1/logs/reports', 200],
  ['DELETE /namespaces/v1/namespaces/{namespace}', 200],
];

const routes = Object.values<Route>(API).map(({ method, path }) => `${method.toUpperCase()} ${path}`);
const answers = new Map<Endpoint, number>();

it('asks every one', () => {
  expect(REQUESTS.map(([endpoint]) => endpoint).toSorted()).toEqual([...ENDPOINTS].toSorted());
});

it('answers each as a client expects', async () => {
  const known = new Map<string, string>([
    ['name', 'thing'],
    ['token', 'thing'],
    ['namespace', 'team'],
  ]);
  for (const [endpoint, expected, body] of REQUESTS) {
    const answer = await ask(endpoint, { known, body: await bodyOf(endpoint, body) });
    if (answer.status === expected) answers.set(endpoint, answer.status);
    expect([endpoint, answer.status, answer.status === expected ? '' : answer.text]).toEqual([endpoint, expected, '']);
    await learn(endpoint, answer, known);
  }
}, 60_000);

it('is what docs/compatibility.md says', async () => {
  expect(Object.keys(DIFFERENCES).filter((endpoint) => !answers.has(endpoint as Endpoint))).toEqual([]);
  await expect(toDocument()).toMatchFileSnapshot(join(import.meta.dirname, '..', '..', 'docs', 'compatibility.md'));
});

function ask(endpoint: Endpoint, { known, body }: { readonly known: ReadonlyMap<string, string>; readonly body: unknown }): Promise<Answer> {
  const [method = '', path = ''] = endpoint.split(' ');
  const url = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => known.get(name) ?? name);
  if (url.endsWith(':upload')) return api.request(url, { method, body: body as FormData, headers: { Authorization: 'Bearer any' } });
  if (url.includes('/savepoints/') && method === 'DELETE') return api.request(`${url}?force=true`, { method });
  if (url.endsWith(':delete')) return api.send(method, `${url}?filename=job.jar`, undefined);
  return method === 'GET' || method === 'DELETE' ? api.request(url, { method }) : api.send(method, url, body);
}

async function bodyOf(endpoint: Endpoint, body: unknown): Promise<unknown> {
  if (endpoint.endsWith(':upload')) {
    const form = new FormData();
    form.append('file', new Blob(['a jar']), 'job.jar');
    return form;
  }
  if (endpoint !== 'POST /api/v1/namespaces/{namespace}/savepoints') return body;
  const { id } = (await api.get('/api/v1/namespaces/team/deployments/thing')).body.metadata;
  const registered = { savepointLocation: 's3://bucket/savepoint-1', flinkSavepointId: '00000000-0000-0000-0000-000000000000' };
  return {
    metadata: { deploymentId: id, annotations: { 'com.dataartisans.appmanager.controller.deployment.spec.version': '1' }, type: 'FULL' },
    spec: registered,
  };
}

/** The ids that later requests name, and what only an activity would bring about. */
async function learn(endpoint: Endpoint, { body }: Answer, known: Map<string, string>): Promise<void> {
  if (endpoint === 'POST /namespaces/v1/namespaces') {
    for (const name of ['main', 'default']) await api.send('POST', '/api/v1/namespaces/team/deployment-targets', { metadata: { name }, spec: { local: {} } });
  }
  if (endpoint === 'POST /api/v1/namespaces/{namespace}/deployments') {
    const end = { how: 'CANCELED' } as const;
    const job = await aJobOf(api.store, body.metadata.id, { change: { state: 'TERMINATED', end } });
    known.set('jobId', job.id);
  }
  if (endpoint === 'POST /api/v1/namespaces/{namespace}/savepoints') known.set('savepointId', body.metadata.id);
  if (endpoint === 'PATCH /api/v1/namespaces/{namespace}/deployments/{name}') {
    const status = { state: 'CANCELLED', conditions: [], because: 'settled' } as const;
    await api.store.transaction((tx) => api.store.deployments.record(tx, body.metadata.id, { status }));
  }
}

function toDocument(): string {
  const row = (endpoint: Endpoint): string => {
    const verdict =
      !routes.includes(endpoint) || !answers.has(endpoint) ? 'not yet' : DIFFERENCES[endpoint] === undefined ? 'works' : `differs: ${DIFFERENCES[endpoint]}`;
    return `| \`${endpoint}\` | ${answers.get(endpoint) ?? ''} | ${verdict} |`;
  };
  return `${[
    '# Compatibility with Ververica Platform 2.x',
    '',
    'Written by `test/functions/compatibility.test.ts`, which asks each endpoint once, from the table of routes and what was answered. Change those, then run it with `-u`.',
    '',
    '| endpoint | answered | verdict |',
    '|---|---|---|',
    ...ENDPOINTS.map(row),
    '',
    '## Fields',
    '',
    'Every field of the models of Deployments, Jobs, Savepoints, Events, DeploymentTargets, SessionClusters, SecretValues and DeploymentDefaults is accepted and given back (`test/functions/fields.test.ts`), but:',
    '',
    '| field | how it differs |',
    '|---|---|',
    ...Object.entries(FIELDS).map(([field, how]) => `| ${field} | ${how} |`),
    '',
    '## Out of scope',
    '',
    `SQL and the autopilot: ${OUT_OF_SCOPE.length} endpoints below \`/sql/v1beta1\` and \`/autopilot/v1alpha1\` answer 404.`,
    '',
  ].join('\n')}`;
}
