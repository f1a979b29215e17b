// Savepoints over HTTP: asking for one, registering one, reading them.
import { beforeAll, describe, expect, it } from 'vitest';
import { parseId } from '../../domain/ids.ts';
import type { Job } from '../../domain/job.ts';
import type { Store } from '../../store/store.ts';
import { aDocument, aJobOf, anApi, withApi } from './an-api.ts';
import type { Api } from './an-api.ts';

const SPEC_VERSION = 'com.dataartisans.appmanager.controller.deployment.spec.version';
let store: Store;
let api: Api;
let N: string;
let deploymentId: string;
let job: Job;
withApi((own) => ({ store, api, N } = own));
beforeAll(async () => {
  deploymentId = (await api.send('POST', `${N}/deployments`, aDocument())).body.metadata.id;
});

const intent = async (): Promise<number | undefined> => (await store.deployments.findById(store.read, parseId<'DeploymentId'>(deploymentId)))?.intentVersion;
const request = (metadata: object, spec?: object) => api.send('POST', `${N}/savepoints`, { metadata, spec });

describe('asking for a Savepoint', () => {
  it('is 400 without an active Job, in the words clients know', async () => {
    await aJobOf(store, deploymentId, { change: { state: 'FAILED' } });
    const { status, body } = await request({ deploymentId });
    expect([status, body.message]).toEqual([400, 'No active job for a deployment.']);
    expect((await api.get(`${N}/savepoints`)).body.items).toEqual([]);
  });

  it('stores the intent with its own directory, raises the intent version and wakes the workflow', async () => {
    job = await aJobOf(store, deploymentId, { change: { state: 'STARTED' } });
    const before = await intent();
    api.woken.length = 0;
    const { status, body } = await request({ deploymentId });
    expect(status).toBe(201);
    const { id } = body.metadata;
    const namespace = N.split('/').at(-1);
    expect(body).toMatchObject({
      kind: 'Savepoint',
      apiVersion: 'v1',
      metadata: { deploymentId, jobId: job.id, origin: 'USER_REQUEST', type: 'FULL', namespace, resourceVersion: 1, annotations: { [SPEC_VERSION]: '1' } },
      spec: { savepointLocation: `file:///blobs/flink-savepoints/namespaces/${namespace}/deployments/${deploymentId}/${id}`, flinkSavepointId: id },
      status: { state: 'STARTED' },
    });
    expect(await intent()).toBe((before ?? 0) + 1);
    expect(api.woken).toEqual(['clicks: savepoint']);
    expect((await api.get(`${N}/deployments/clicks`)).body.metadata.resourceVersion).toBe(1);
  });

  it('tells that there is something to trigger, about the Savepoint and its Job', async () => {
    const { body } = await request({ deploymentId });
    const { items } = (await api.get(`${N}/events?jobId=${job.id}`)).body;
    expect(items[0].metadata).toMatchObject({ name: 'NEED_TO_TRIGGER_A_SAVEPOINT', deploymentId, jobId: job.id, savepointId: body.metadata.id });
  });

  it('takes the NATIVE format where the Deployment says so (D28)', async () => {
    await api.send('PATCH', `${N}/deployments/clicks`, { metadata: { annotations: { 'drey.dev/savepoint-format': 'native' } } });
    const { body } = await request({ deploymentId: 'clicks' });
    const stored = await store.savepoints.findById(store.read, body.metadata.id);
    expect(stored?.format).toBe('NATIVE');
    expect(stored?.location).toBeUndefined();
  });

  it('says so when Temporal does not answer', async () => {
    const deaf = anApi(store, { temporalAnswers: false });
    const { status, headers } = await deaf.send('POST', `${N}/savepoints`, { metadata: { deploymentId } });
    expect([status, headers.get('warning')]).toEqual([201, expect.stringContaining('Temporal cannot be reached')]);
  });

  it.each([
    ['an unknown Deployment', { deploymentId: '00000000-0000-4000-8000-000000000000' }, 404, 'there is no Deployment "00000000'],
    ['no Deployment', {}, 400, 'metadata.deploymentId: must be the id of a Deployment'],
    ['an unknown field', { deploymentId: 'clicks', foo: 1 }, 400, 'metadata.foo: unknown field'],
    ['another namespace', { deploymentId: 'clicks', namespace: 'x' }, 400, 'metadata.namespace: must be'],
  ])('for %s is refused', async (...[, metadata, code, message]) => {
    const { status, body } = await request(metadata);
    expect([status, body.message]).toEqual([code, expect.stringContaining(message)]);
  });
});

describe('registering a Savepoint', () => {
  const spec = { savepointLocation: 's3://bucket/sp-1', flinkSavepointId: '00000000-0000-0000-0000-000000000000' };

  it('is COPIED and COMPLETED at once, with the spec version the user gives', async () => {
    const { status, body } = await request({ deploymentId, annotations: { [SPEC_VERSION]: '7' }, type: 'FULL', origin: 'COPIED', id: 'x' }, spec);
    expect(status).toBe(201);
    expect(body).toMatchObject({ metadata: { origin: 'COPIED', deploymentId, annotations: { [SPEC_VERSION]: '7' } }, spec, status: { state: 'COMPLETED' } });
    expect(body.metadata.jobId).toBeUndefined();
  });

  it('takes the current spec version where none is given, and needs no Job', async () => {
    const other = (await api.send('POST', `${N}/deployments`, aDocument({ metadata: { name: 'fork' }, spec: { state: 'CANCELLED' } }))).body.metadata.id;
    const { status, body } = await request({ deploymentId: other }, spec);
    expect([status, body.metadata.annotations[SPEC_VERSION]]).toEqual([201, '1']);
  });

  it.each([
    [{ savepointLocation: 's3://a/b' }, 'spec.flinkSavepointId: is missing; give both savepointLocation and flinkSavepointId to register'],
    [{ flinkSavepointId: spec.flinkSavepointId }, 'spec.savepointLocation: is missing; give both'],
    [{ ...spec, flinkSavepointId: 'x' }, 'spec.flinkSavepointId: must be a UUID'],
    [{ ...spec, foo: 1 }, 'spec.foo: unknown field; known here are savepointLocation, flinkSavepointId'],
  ])('with %j is refused', async (bad, message) => {
    const { status, body } = await request({ deploymentId }, bad);
    expect([status, body.message]).toEqual([400, expect.stringContaining(message)]);
  });

  it.each([' s3://a/b', 's3://a/b ', 'a/b', 's3://', '/a/../b', 'file:///a//b', '/a\nb', ''])('at %j is refused', async (savepointLocation) => {
    const { status, body } = await request({ deploymentId }, { ...spec, savepointLocation });
    expect([status, body.message]).toEqual([400, expect.stringContaining('spec.savepointLocation: must be a URI such as')]);
  });
});

describe('reading Savepoints', () => {
  it('lists them newest first, of a namespace, a Deployment or a Job', async () => {
    const { body: all } = await api.get(`${N}/savepoints`);
    expect(all.kind).toBe('SavepointList');
    const times = all.items.map((item: { metadata: { createdAt: string } }) => item.metadata.createdAt);
    expect(times).toEqual(times.toSorted().toReversed());
    const count = async (query: string): Promise<number> => (await api.get(`${N}/savepoints?${query}`)).body.items.length;
    expect(await count(`deploymentId=${deploymentId}`)).toBe(5);
    expect(await count(`deploymentId=${deploymentId}&jobId=${job.id}`)).toBe(4);
    expect(await count('jobId=00000000-0000-4000-8000-000000000000')).toBe(0);
  });

  it('gets one by id, and answers 404 for an id of nobody, of another namespace, or none', async () => {
    const { body } = await api.get(`${N}/savepoints`);
    const { id } = body.items[0].metadata;
    expect((await api.get(`${N}/savepoints/${id}`)).body).toEqual(body.items[0]);
    const other = await api.namespace();
    const codes = [`${other}/savepoints/${id}`, `${N}/savepoints/00000000-0000-4000-8000-000000000000`, `${N}/savepoints/abc`].map((path) => api.get(path));
    expect((await Promise.all(codes)).map(({ status }) => status)).toEqual([404, 404, 404]);
  });

  it('answers 400 for a filter that is no UUID', async () => {
    const { status, body } = await api.get(`${N}/savepoints?jobId=abc`);
    expect([status, body.message]).toEqual([400, expect.stringContaining('jobId: must be a UUID')]);
  });

  it('F9 shows the version of the spec that its Job ran, whatever the Deployment wants meanwhile', async () => {
    await api.send('PATCH', `${N}/deployments/clicks`, { spec: { template: { spec: { parallelism: 3 } } } });
    const { body } = await request({ deploymentId });
    expect(body.metadata.annotations[SPEC_VERSION]).toBe(String(job.specVersion));
    expect((await store.savepoints.findById(store.read, body.metadata.id))?.specVersion).toBe(job.specVersion + 1);
    const { items } = (await api.get(`${N}/savepoints?jobId=${job.id}`)).body;
    expect(items[0].metadata.annotations[SPEC_VERSION]).toBe(String(job.specVersion));
  });

  it('shows why one failed, and where a completed one is', async () => {
    const { body } = await request({ deploymentId });
    const change = { state: 'FAILED', failure: { reason: 'disk full', message: 'at …', failedAt: 1000 } } as const;
    await store.transaction((tx) => store.savepoints.change(tx, body.metadata.id, change));
    const { body: failed } = await api.get(`${N}/savepoints/${body.metadata.id}`);
    expect(failed.status).toEqual({ state: 'FAILED', failure: { reason: 'disk full', message: 'at …', failedAt: '1970-01-01T00:00:01.000000Z' } });
  });
});
