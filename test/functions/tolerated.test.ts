// What clients send besides what they mean: kinds in any letter case, no envelope, what the server owns, JSON and YAML of every spelling. For every
// resource that is written.
import { beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Store } from '../../store/store.ts';
import { aDocument, aJobOf, withFreshApis } from './an-api.ts';
import type { Api } from './an-api.ts';

let store: Store;
let api: Api;
let N: string;
beforeEach(withFreshApis((own) => ({ store, api, N } = own)));

const NIL = '00000000-0000-0000-0000-000000000000';
const ZERO = '0001-01-01T00:00:00Z';
/** As clients that are generated from the model send it: every field is there. */
const OWNED = { id: NIL, createdAt: ZERO, modifiedAt: ZERO, resourceVersion: 0 };

interface Kind {
  readonly kind: string;
  readonly path: string;
  readonly method: 'POST' | 'PUT';
  readonly made: number;
  readonly document: { readonly metadata: object; readonly spec?: object };
}

const { metadata, spec } = aDocument();
const KINDS: readonly Kind[] = [
  { kind: 'Deployment', path: 'deployments', method: 'POST', made: 201, document: { metadata, spec } },
  { kind: 'DeploymentTarget', path: 'deployment-targets', method: 'POST', made: 201, document: { metadata: { name: 'Main_1' }, spec: { local: {} } } },
  {
    kind: 'SessionCluster',
    path: 'sessionclusters',
    method: 'POST',
    made: 201,
    document: { metadata: { name: 'shared' }, spec: { deploymentTargetName: 'default' } },
  },
  {
    kind: 'SecretValue',
    path: 'secret-values',
    method: 'POST',
    made: 201,
    document: { metadata: { name: 'PASSWORD' }, spec: { kind: 'plain', value: 'a long secret' } },
  },
  { kind: 'DeploymentDefaults', path: 'deployment-defaults', method: 'PUT', made: 200, document: { metadata: {}, spec: { maxJobCreationAttempts: 3 } } },
];

describe.each(KINDS)('$kind', ({ kind, path, method, made, document }) => {
  const send = (body: object, type = 'application/json', write: (value: object) => string = JSON.stringify) =>
    api.request(`${N}/${path}`, { method, headers: { 'Content-Type': type }, body: write(body) });

  it('is made without kind and apiVersion, and answered with both', async () => {
    const { status, body } = await send(document);
    expect([status, body.kind, body.apiVersion]).toEqual([made, kind, 'v1']);
  });

  it('is made with nulls in their place', async () => {
    const { status, body } = await send({
      kind: null,
      apiVersion: null,
      ...document,
      metadata: { ...document.metadata, labels: null, annotations: null },
      status: null,
    });
    expect([status, body.metadata.labels]).toEqual([made, {}]);
  });

  it('is made with ids, zero timestamps, versions and a status, which are nobody’s business', async () => {
    const { status, body } = await send({
      kind,
      apiVersion: 'v1',
      ...document,
      metadata: { ...document.metadata, ...OWNED, terminatedAt: ZERO },
      status: { state: '' },
    });
    expect([status, body.metadata.resourceVersion]).toEqual([made, 1]);
    expect(body.metadata.id).not.toBe(NIL);
    expect(body.metadata.createdAt).not.toBe(ZERO);
  });

  it('keeps no annotation that the server writes', async () => {
    const annotations = { 'com.dataartisans.appmanager.controller.deployment.spec.version': '77', 'drey.dev/because': 'me', team: 'a' };
    const { body } = await send({ ...document, metadata: { ...document.metadata, annotations } });
    expect(body.metadata.annotations.team).toBe('a');
    expect(Object.values(body.metadata.annotations)).not.toContain('77');
    expect(Object.values(body.metadata.annotations)).not.toContain('me');
  });

  it.each([
    ['application/json; charset=UTF-8', JSON.stringify],
    ['application/yaml;charset=utf-8', stringify],
    ['text/x-yaml', stringify],
  ] as const)('is made from %s, and answered as the client likes it', async (type, write) => {
    const { status, body } = await send(document, type, write);
    expect(status).toBe(made);
    const key = path === 'deployment-defaults' ? path : `${path}/${body.metadata.name}`;
    const asYaml = await api.get(`${N}/${key}`, { Accept: 'application/yaml;charset=utf-8' });
    expect([asYaml.headers.get('content-type'), asYaml.body]).toEqual(['application/yaml; charset=utf-8', body]);
    const asJson = await api.get(`${N}/${key}`, { Accept: 'application/json;charset=utf-8' });
    expect([asJson.headers.get('content-type'), asJson.body]).toEqual(['application/json', body]);
  });

  it('what was answered may be sent back, by PUT and by PATCH', async () => {
    const { body } = await send(document);
    const key = path === 'deployment-defaults' ? path : `${path}/${body.metadata.name}`;
    const methods = kind === 'DeploymentTarget' ? ['PUT'] : ['PUT', 'PATCH'];
    for (const each of methods) {
      const { body: current } = await api.get(`${N}/${key}`);
      const answer = await api.send(each, `${N}/${key}`, current);
      expect([answer.status, answer.body.spec]).toEqual([200, body.spec]);
    }
  });

  it('of another kind is refused', async () => {
    const { status, body } = await send({ ...document, kind: 'Job' });
    expect([status, body.message]).toEqual([400, `kind: must be ${kind}`]);
  });
});

describe('kinds of strategies and artifacts', () => {
  it.each(['stateful', 'Stateful', 'STATEFUL', 'sTaTeFuL'])('%s is STATEFUL', async (kind) => {
    const { body } = await api.send('POST', `${N}/deployments`, aDocument({ spec: { upgradeStrategy: { kind } } }));
    expect(body.spec.upgradeStrategy).toEqual({ kind: 'STATEFUL' });
  });

  it.each(['latest_state', 'Latest_State', 'LATEST_STATE'])('%s is LATEST_STATE', async (kind) => {
    const { body } = await api.send('POST', `${N}/deployments`, aDocument({ spec: { restoreStrategy: { kind } } }));
    expect(body.spec.restoreStrategy.kind).toBe('LATEST_STATE');
  });

  it.each(['jar', 'Jar', 'JAR'])('%s is JAR, also in a PATCH', async (kind) => {
    const { body } = await api.send('POST', `${N}/deployments`, aDocument({ artifact: { kind } }));
    const patched = await api.send('PATCH', `${N}/deployments/clicks`, { spec: { template: { spec: { artifact: { kind } } } } });
    expect([body.spec.template.spec.artifact.kind, patched.body.spec.template.spec.artifact.kind]).toEqual(['JAR', 'JAR']);
  });
});

describe('a Savepoint', () => {
  it('is asked for with all that generated clients send', async () => {
    const { body: deployment } = await api.send('POST', `${N}/deployments`, aDocument());
    await aJobOf(store, deployment.metadata.id, { change: { state: 'STARTED' } });
    const { status, body } = await api.send('POST', `${N}/savepoints`, {
      metadata: { ...OWNED, deploymentId: deployment.metadata.id, jobId: NIL, origin: 'USER_REQUEST', namespace: N.split('/').at(-1), annotations: null },
      spec: { savepointLocation: null, flinkSavepointId: null },
      status: { state: 'STARTED' },
    });
    expect([status, body.metadata.origin, body.status.state]).toEqual([201, 'USER_REQUEST', 'STARTED']);
  });
});
