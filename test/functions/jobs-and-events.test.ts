// Jobs and events over HTTP: read only, newest first.
import { beforeAll, describe, expect, it } from 'vitest';
import { parseId } from '../../domain/ids.ts';
import type { Store } from '../../store/store.ts';
import { aDocument, aJobOf, withApi } from './an-api.ts';
import type { Api } from './an-api.ts';
import { FULL_ANSWER, FULL_EXAMPLE } from './full-example.ts';

let store: Store;
let api: Api;
let N: string;
let deploymentId: string;
withApi((own) => ({ store, api, N } = own));
beforeAll(async () => {
  deploymentId = (await api.yaml('POST', `${N}/deployments`, FULL_EXAMPLE)).body.metadata.id;
});

describe('a Job', () => {
  it('shows what it runs, where, and how it goes', async () => {
    const started = { state: 'STARTED', startedAt: 5000, observed: { status: 'RUNNING', restarts: 2, at: 6000 } } as const;
    const job = await aJobOf(store, deploymentId, { change: started });
    const { status, body } = await api.get(`${N}/jobs/${job.id}`);
    const { artifact, parallelism, numberOfTaskManagers, resources, logging, kubernetes, flinkConfiguration } = FULL_ANSWER.template.spec;
    expect(status).toBe(200);
    expect(body).toMatchObject({ kind: 'Job', apiVersion: 'v1', metadata: { id: job.id, deploymentId, deploymentName: 'top-speed-windowing-example' } });
    expect(body.spec).toEqual({
      artifact,
      parallelism,
      numberOfTaskManagers,
      resources,
      logging,
      kubernetes,
      userFlinkConfiguration: flinkConfiguration,
      flinkConfiguration: { ...flinkConfiguration, 'state.savepoints.dir': 'file:///blobs/savepoints' },
      deploymentTarget: { local: {} },
      allowNonRestoredState: false,
    });
    expect(body.status).toEqual({
      state: 'STARTED',
      started: {
        startedAt: '1970-01-01T00:00:05.000000Z',
        flinkJobId: job.id.replaceAll('-', ''),
        lastUpdateTime: '1970-01-01T00:00:06.000000Z',
        observedFlinkJobStatus: 'RUNNING',
        observedFlinkJobRestarts: 2,
      },
    });
    const end = { state: 'FAILED', terminatedAt: 9000, failure: { reason: 'bad jar', message: 'long', failedAt: 8000 } } as const;
    await store.transaction((tx) => store.jobs.change(tx, job.id, end));
    const failed = (await api.get(`${N}/jobs/${job.id}`)).body;
    expect(failed.metadata.terminatedAt).toBe('1970-01-01T00:00:09.000000Z');
    expect(failed.status.failure).toEqual({ reason: 'bad jar', message: 'long', failedAt: '1970-01-01T00:00:08.000000Z' });
  });

  it('names its session cluster, and then has no target', async () => {
    await api.send('POST', `${N}/sessionclusters`, { metadata: { name: 'shared' }, spec: { deploymentTargetName: 'default' } });
    const job = await aJobOf(store, deploymentId, { sessionCluster: 'shared' });
    const { body } = await api.get(`${N}/jobs/${job.id}`);
    expect([body.metadata.sessionClusterName, body.spec.deploymentTarget]).toEqual(['shared', undefined]);
  });

  it('is listed newest first, and by Deployment', async () => {
    await aJobOf(store, (await api.send('POST', `${N}/deployments`, aDocument())).body.metadata.id);
    const { body } = await api.get(`${N}/jobs`);
    expect(body).toMatchObject({ kind: 'JobList', apiVersion: 'v1', metadata: {} });
    expect(body.items.map((item: { metadata: { deploymentName: string } }) => item.metadata.deploymentName)).toEqual([
      'clicks',
      'top-speed-windowing-example',
      'top-speed-windowing-example',
    ]);
    expect((await api.get(`${N}/jobs?deploymentId=${deploymentId}`)).body.items).toHaveLength(2);
    expect((await api.get(`${N}/jobs?deploymentId=abc`)).status).toBe(400);
  });

  it.each(['abc', '00000000-0000-4000-8000-000000000000'])('answers 404 for %s', async (id) => {
    expect((await api.get(`${N}/jobs/${id}`)).status).toBe(404);
  });
});

describe('events', () => {
  it('are listed newest first with what they are about', async () => {
    const id = parseId<'DeploymentId'>(deploymentId);
    const jobId = store.newId<'JobId'>();
    const namespace = N.split('/').at(-1) ?? '';
    await store.transaction((tx) =>
      store.events.append(tx, namespace, [
        { name: 'STATE_TRANSITION_IS_NEEDED', message: 'first', deploymentId: id },
        { name: 'CREATING_A_NEW_JOB', message: 'second', deploymentId: id, jobId, workflowRunId: 'run-1' },
      ]),
    );
    const { body } = await api.get(`${N}/events?deploymentId=${deploymentId}`);
    expect(body.kind).toBe('EventList');
    expect(body.items.map((item: { spec: object }) => item.spec)).toEqual([{ message: 'second' }, { message: 'first' }]);
    expect(body.items[0]).toMatchObject({ kind: 'Event', metadata: { name: 'CREATING_A_NEW_JOB', namespace, deploymentId, jobId, workflowRunId: 'run-1' } });
    expect(body.items[0].metadata.createdAt > body.items[1].metadata.createdAt).toBe(true);
    expect((await api.get(`${N}/events?jobId=${jobId}`)).body.items).toHaveLength(1);
    expect((await api.get(`${N}/events?sessionClusterId=${jobId}`)).body.items).toEqual([]);
  });
});
