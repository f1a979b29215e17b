// Every field of the API models: what a client sends comes back, and what only the server writes is there.
import { describe, expect, it } from 'vitest';
import { parseId } from '../../domain/ids.ts';
import { mergePatch } from '../../domain/json.ts';
import type { Store } from '../../store/store.ts';
import { aDocument, aJobOf, withApi } from './an-api.ts';
import type { Api } from './an-api.ts';
import { CLUSTER_FIELDS, DEPLOYMENT_FIELDS, SECRET_FIELDS, TARGET_FIELDS, type WrittenField } from './fields-of-writes.ts';

let store: Store;
let api: Api;
let N: string;
let made = 0;
withApi((own) => ({ store, api, N } = own), { settings: { loggingProfiles: { custom: '<Configuration/>' } } });

/** Keys with dots in them stand last. */
const keysOf = (at: string): readonly string[] => {
  const [head, tail] = at.split(/\.annotations\.(.+)/);
  return [...(head ?? '').split('.'), ...(tail === undefined ? [] : ['annotations', tail])];
};
const nest = (keys: readonly string[], value: unknown): object => keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as object;
const at = (document: unknown, path: string): unknown =>
  keysOf(path).reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);

/** `base` with the field and what it needs; a key that is undefined is left out. */
function documentWith(base: object, { at: path, sent, beside = {} }: WrittenField): object {
  const field = nest(keysOf(path), sent);
  // A null is a value here, not a removal.
  return over(over({ ...base, metadata: { name: `made-${(made += 1)}` } }, beside), field) as object;
}

function over(under: unknown, above: unknown): unknown {
  const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isMap(under) || !isMap(above)) return above;
  return { ...under, ...Object.fromEntries(Object.entries(above).map(([key, value]) => [key, key in under ? over(under[key], value) : value])) };
}

const KINDS: readonly (readonly [string, object, readonly WrittenField[]])[] = [
  ['deployments', aDocument(), DEPLOYMENT_FIELDS],
  ['deployment-targets', { spec: { local: {} } }, TARGET_FIELDS],
  ['sessionclusters', { spec: { deploymentTargetName: 'default' } }, CLUSTER_FIELDS],
  ['secret-values', { spec: { kind: 'Plain', value: 'a-value' } }, SECRET_FIELDS],
];

describe.each(KINDS)('what is sent of %s is answered', (collection, base, rows) => {
  it.each(rows.map((row) => [row.name, row] as const))('%s', async (_, row) => {
    const document = documentWith(base, row);
    const { status, body } = await api.send('POST', `${N}/${collection}`, document);
    expect([status, body.message]).toEqual([201, undefined]);
    const answered = 'answered' in row ? row.answered : row.sent;
    expect(at(body, row.at)).toEqual(answered);
    const read = await api.get(`${N}/${collection}/${body.metadata.name}`);
    expect(at(read.body, row.at)).toEqual(answered);
    // What was answered may be sent back as it is.
    const again = await api.send('PUT', `${N}/${collection}/${body.metadata.name}`, read.body);
    expect([again.status, again.body.spec]).toEqual([200, body.spec]);
  });
});

const ID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
const IDENTITY = { id: ID, namespace: expect.stringMatching(/^ns-\d+$/), createdAt: TIME, modifiedAt: TIME, resourceVersion: expect.any(Number) };
const FAILURE = { message: 'all of it', reason: 'bad jar', failedAt: TIME };
const SERVER = 'com.dataartisans.appmanager.controller';

describe('what only the server writes', () => {
  it('of a Deployment', async () => {
    const { body } = await api.send('POST', `${N}/deployments`, aDocument({ metadata: { name: 'running' } }));
    const { id } = body.metadata;
    const job = await aJobOf(store, id);
    const times = { lastTransitionTime: 1000, lastUpdateTime: 2000 };
    const condition = { type: 'JobFailing', status: 'True', reason: 'r', message: 'm', ...times } as const;
    const running = { jobId: job.id, transitionTime: 3000 };
    const status = { state: 'RUNNING', running, conditions: [condition], because: 'it runs', transitioningSince: 4000 } as const;
    await store.transaction((tx) => store.deployments.record(tx, parseId<'DeploymentId'>(id), { status }));
    const shown = { ...condition, lastTransitionTime: TIME, lastUpdateTime: TIME };
    expect((await api.get(`${N}/deployments/running`)).body).toMatchObject({
      metadata: {
        ...IDENTITY,
        name: 'running',
        annotations: {
          [`${SERVER}.deployment.spec.version`]: '1',
          [`${SERVER}.deployment.transitioning`]: 'false',
          [`${SERVER}.deployment.transitioning.since`]: TIME,
        },
      },
      status: { state: 'RUNNING', running: { jobId: job.id, transitionTime: TIME, conditions: [shown] } },
    });
  });

  it('of a Job', async () => {
    const template = {
      metadata: { annotations: { 'flink.queryable-state.enabled': 'false' } },
      spec: { artifact: { kind: 'JAR', jarUri: 'a' }, kubernetes: { labels: { a: 'b' } }, numberOfTaskManagers: 2, flinkConfiguration: { a: '1' } },
    };
    const { body } = await api.send('POST', `${N}/deployments`, aDocument({ metadata: { name: 'with-job' }, spec: { template } }));
    const failure = { message: 'all of it', reason: 'bad jar', failedAt: 8000 };
    const observed = { status: 'FAILED', restarts: 2, at: 6000 };
    const job = await aJobOf(store, body.metadata.id, { change: { state: 'FAILED', startedAt: 5000, terminatedAt: 9000, failure, observed } });
    const shown = (await api.get(`${N}/jobs/${job.id}`)).body;
    expect(shown.metadata).toEqual({
      ...IDENTITY,
      terminatedAt: TIME,
      deploymentId: body.metadata.id,
      deploymentName: 'with-job',
      annotations: { [`${SERVER}.deployment.spec.version`]: '1', 'flink.queryable-state.enabled': 'false' },
    });
    expect(shown.spec).toEqual({
      artifact: { kind: 'JAR', jarUri: 'a' },
      parallelism: 1,
      numberOfTaskManagers: 2,
      resources: { jobmanager: { cpu: 1, memory: '1G' }, taskmanager: { cpu: 1, memory: '1G' } },
      flinkConfiguration: { a: '1', 'state.savepoints.dir': expect.any(String) },
      userFlinkConfiguration: { a: '1' },
      logging: { loggingProfile: 'default', log4jLoggers: { '': 'INFO' }, log4j2ConfigurationTemplate: null },
      kubernetes: { labels: { a: 'b' } },
      deploymentTarget: { local: {} },
      allowNonRestoredState: false,
    });
    const started = {
      startedAt: TIME,
      flinkJobId: job.id.replaceAll('-', ''),
      lastUpdateTime: TIME,
      observedFlinkJobStatus: 'FAILED',
      observedFlinkJobRestarts: 2,
    };
    expect(shown.status).toEqual({ state: 'FAILED', failure: FAILURE, started });
  });

  it('of a Job on a session cluster, and of the cluster', async () => {
    await api.send('POST', `${N}/sessionclusters`, { metadata: { name: 'used' }, spec: { deploymentTargetName: 'default' } });
    const spec = { deploymentTargetName: undefined, sessionClusterName: 'used' };
    const { body } = await api.send('POST', `${N}/deployments`, aDocument({ metadata: { name: 'user' }, spec }));
    const job = await aJobOf(store, body.metadata.id, { sessionCluster: 'used' });
    expect((await api.get(`${N}/jobs/${job.id}`)).body.metadata.sessionClusterName).toBe('used');
    const { body: cluster } = await api.get(`${N}/sessionclusters/used`);
    expect(JSON.parse(cluster.metadata.annotations[`${SERVER}.references`])).toEqual({ state: 'OPEN', references: [{ kind: 'Deployment', name: 'user' }] });
    expect(cluster.metadata).toMatchObject({ ...IDENTITY, name: 'used', annotations: { [`${SERVER}.sessioncluster.resources.acquired`]: 'false' } });
    const running = { startedAt: 1000, lastUpdateTime: 2000 };
    const failure = { message: 'all of it', reason: 'bad jar', failedAt: 8000 };
    const id = parseId<'SessionClusterId'>(cluster.metadata.id);
    await store.transaction((tx) => store.sessionClusters.record(tx, id, { status: { state: 'RUNNING', running, failure, because: '' } }));
    const { body: after } = await api.get(`${N}/sessionclusters/used`);
    expect(after.status).toEqual({ state: 'RUNNING', running: { startedAt: TIME, lastUpdateTime: TIME }, failure: FAILURE });
    expect(after.metadata.annotations[`${SERVER}.sessioncluster.resources.acquired`]).toBe('true');
  });

  it('of a Savepoint and of an event', async () => {
    const { body } = await api.send('POST', `${N}/deployments`, aDocument({ metadata: { name: 'saved' } }));
    const deploymentId = body.metadata.id;
    const job = await aJobOf(store, deploymentId, { change: { state: 'STARTED' } });
    const { body: asked } = await api.send('POST', `${N}/savepoints`, { metadata: { deploymentId } });
    const failure = { message: 'all of it', reason: 'bad jar', failedAt: 8000 };
    await store.transaction((tx) => store.savepoints.change(tx, parseId<'SavepointId'>(asked.metadata.id), { state: 'FAILED', failure }));
    expect((await api.get(`${N}/savepoints/${asked.metadata.id}`)).body).toEqual({
      kind: 'Savepoint',
      apiVersion: 'v1',
      metadata: { ...IDENTITY, deploymentId, jobId: job.id, origin: 'USER_REQUEST', type: 'FULL', annotations: { [`${SERVER}.deployment.spec.version`]: '1' } },
      spec: { savepointLocation: expect.stringContaining('/flink-savepoints/'), flinkSavepointId: asked.metadata.id },
      status: { state: 'FAILED', failure: FAILURE },
    });
    const { body: events } = await api.get(`${N}/events?deploymentId=${deploymentId}`);
    const { modifiedAt: _, ...identity } = IDENTITY;
    expect(events.items[0]).toEqual({
      kind: 'Event',
      apiVersion: 'v1',
      metadata: {
        ...identity,
        name: 'NEED_TO_TRIGGER_A_SAVEPOINT',
        deploymentId,
        jobId: job.id,
        savepointId: asked.metadata.id,
        resourceName: 'saved',
      },
      spec: { message: expect.any(String) },
    });
  });
});

describe('what is kept for clients and not acted on', () => {
  it.each([
    ['SQLSCRIPT', { sqlScript: 'INSERT INTO a SELECT 1' }],
    ['PYTHON', { pythonArtifactUri: 's3://b/job.py' }],
  ])('an artifact of kind %s is stored, with a Warning', async (kind, artifact) => {
    const { status, headers } = await api.send(
      'POST',
      `${N}/deployments`,
      aDocument({ metadata: { name: kind.toLowerCase() }, artifact: { kind, jarUri: undefined, ...artifact } }),
    );
    expect([status, headers.get('warning')]).toEqual([201, expect.stringContaining(`artifacts of kind ${kind} are stored, but cannot be run yet`)]);
  });

  it('every n-th checkpoint for disasters is a Warning, none is not', async () => {
    const { metadata } = (await api.send('POST', `${N}/deployments`, aDocument({ metadata: { name: 'disasters' } }))).body;
    const patch = (disasterCheckpointsDelay: number) =>
      api.send('PATCH', `${N}/deployments/${metadata.id}`, { spec: { template: { spec: { disasterCheckpointsDelay } } } });
    expect((await patch(2)).headers.get('warning')).toContain('not acted on: disasterCheckpointsDelay');
    expect((await patch(0)).headers.get('warning')).toBeNull();
  });
});

describe('an export', () => {
  it('in YAML, deleted and applied again gives back the same spec', async () => {
    const document = mergePatch(aDocument({ metadata: { name: 'exported' } }), {
      spec: { state: 'CANCELLED', template: { spec: { artifact: { flinkVersion: '1.20' } } } },
    });
    await api.send('POST', `${N}/deployments`, document);
    const exported = await api.get(`${N}/deployments/exported`, { Accept: 'application/yaml' });
    expect((await api.request(`${N}/deployments/exported`, { method: 'DELETE' })).status).toBe(200);
    const applied = await api.yaml('PUT', `${N}/deployments/exported`, exported.text);
    expect([applied.status, applied.body.spec]).toEqual([201, exported.body.spec]);
  });
});
