// Creating Deployments over HTTP: what a POST accepts, stores, wakes and answers.
import { beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../store/store.ts';
import { aDocument, anApi, withFreshApis } from './an-api.ts';
import type { Api } from './an-api.ts';
import { FULL_ANSWER, FULL_EXAMPLE } from './full-example.ts';

let store: Store;
let api: Api;
let N: string;
const fresh = withFreshApis((own) => ({ store, api, N } = own));

const SERVER = 'com.dataartisans.appmanager.controller.deployment';

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
    expect(headers.get('warning')).toMatch(
      /^299 drey "the deployment target 'later' does not exist in namespace 'ns-\d+': the Deployment waits until it does"$/,
    );
  });

  it('accepts a session cluster that does not exist, nulls for the other two places', async () => {
    const spec = { sessionClusterName: 'shared', deploymentTargetName: null, deploymentTargetId: null };
    const { status, body, headers } = await api.send('POST', `${N}/deployments`, aDocument({ metadata: { name: 'session' }, spec }));
    expect([status, body.spec.sessionClusterName, body.spec.deploymentTargetName]).toEqual([201, 'shared', undefined]);
    expect(headers.get('warning')).toContain("session cluster 'shared' does not exist");
  });

  it('warns of dependencies that a session cluster would not have', async () => {
    const cluster = { metadata: { name: 'there' }, spec: { state: 'RUNNING', deploymentTargetName: 'default' } };
    expect((await api.send('POST', `${N}/sessionclusters`, cluster)).status).toBe(201);
    const document = aDocument({
      metadata: { name: 'dependent' },
      spec: { sessionClusterName: 'there', deploymentTargetName: null },
      artifact: { additionalDependencies: ['https://example.com/library.jar'] },
    });
    const { headers } = await api.send('POST', `${N}/deployments`, document);
    expect(headers.get('warning')).toContain('these are ignored here: additionalDependencies');
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
    const withDefaults = anApi(store, {
      settings: { defaults: { deploymentTargetName: 'default', template: { spec: { flinkConfiguration: { a: '1', b: '1' } } } } },
    });
    const spec = { deploymentTargetName: undefined };
    const own = { sessionClusterName: 'x', deploymentTargetName: undefined };
    const a = await withDefaults.send('POST', `${N}/deployments`, aDocument({ metadata: { name: 'defaulted' }, spec }));
    const b = await withDefaults.send('POST', `${N}/deployments`, aDocument({ metadata: { name: 'own-place' }, spec: own }));
    expect([a.body.spec.deploymentTargetName, a.body.spec.template.spec.flinkConfiguration]).toEqual(['default', { a: '1', b: '1' }]);
    expect([b.body.spec.deploymentTargetName, b.body.spec.sessionClusterName]).toEqual([undefined, 'x']);
  });
});
