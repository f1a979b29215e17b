// Plans over HTTP: what would happen with a Deployment as it stands, and a write that is only rehearsed.
import { beforeEach, describe, expect, it } from 'vitest';
import { parseId, type DeploymentId } from '../../domain/ids.ts';
import type { Job } from '../../domain/job.ts';
import type { NewSavepoint, Store } from '../../store/store.ts';
import { aDocument, aJobOf, withFreshApis } from './an-api.ts';
import type { Api } from './an-api.ts';

let store: Store;
let api: Api;
let N: string;
let id: DeploymentId;
const fresh = withFreshApis((own) => ({ store, api, N } = own));

const HOURS = 3_600_000;
const DIFFERENT = { spec: { template: { spec: { parallelism: 3 } } } };
const CHECKPOINT = { id: 17, location: 'file:///checkpoints/chk-17' };

/** A Deployment `clicks` in a namespace of its own. */
beforeEach(async () => {
  await fresh();
  const { body } = await api.send('POST', `${N}/deployments`, aDocument());
  id = parseId<'DeploymentId'>(body.metadata.id);
  api.woken.length = 0;
});

const plan = () => api.get(`/drey/v1/namespaces/${N.split('/').at(-1)}/deployments/clicks/plan`);
const rehearse = (patch: object) => api.send('PATCH', `${N}/deployments/clicks?dryRun=true`, patch);
const kinds = (body: { readonly steps: readonly { readonly kind: string }[] }): readonly string[] => body.steps.map(({ kind }) => kind);

/** Its job runs, as activities would have recorded it; its newest checkpoint is half an hour old. */
async function run(): Promise<Job> {
  const now = await store.now(store.read);
  const runs = { state: 'STARTED', submit: 'ACCEPTED', stable: true, restoreChecked: true, hadState: true, startedAt: now - HOURS } as const;
  const retains = { 'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION' };
  await api.send('PATCH', `${N}/deployments/clicks`, { spec: { template: { spec: { flinkConfiguration: retains } } } });
  const job = await aJobOf(store, id, { change: { ...runs, newestCheckpoint: { ...CHECKPOINT, at: now - HOURS / 2 } } });
  await store.transaction((tx) =>
    store.deployments.record(tx, id, {
      status: { state: 'RUNNING', running: { jobId: job.id, transitionTime: now }, conditions: [], because: 'the job runs what the spec wants' },
    }),
  );
  api.woken.length = 0;
  return job;
}

async function aSavepoint(over: Partial<NewSavepoint>): Promise<string> {
  const savepointId = store.newId<'SavepointId'>();
  const capturedAt = await store.now(store.read);
  const namespace = N.split('/').at(-1) ?? '';
  const made = { id: savepointId, deploymentId: id, namespace, origin: 'COPIED', state: 'COMPLETED', format: 'CANONICAL', specVersion: 1, capturedAt } as const;
  await store.transaction((tx) => store.savepoints.insert(tx, { ...made, location: 'file:///registered', ...over }));
  return savepointId;
}

describe('GET …/plan', () => {
  it('tells of a Deployment that has not started: the steps, nothing to restore, and that there is nothing to lose', async () => {
    const { status, body } = await plan();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      kind: 'DeploymentPlan',
      apiVersion: 'v1',
      metadata: { name: 'clicks', namespace: N.split('/').at(-1), deploymentId: id },
      diff: [],
      change: 'state',
      restore: null,
      endsIn: 'RUNNING',
      blocks: [],
      warnings: [],
      stateSafe: { before: { status: 'True', reason: 'NOTHING_TO_LOSE' }, after: { status: 'Unknown', reason: 'NO_STATE_YET' } },
    });
    expect(body.steps).toEqual([
      { number: 1, kind: 'fetchArtifact', because: 'start without state: there is none yet' },
      { number: 2, kind: 'submitJob', because: 'the job is ready to be submitted' },
    ]);
  });

  it('is empty while the job runs what the spec wants', async () => {
    await run();
    expect((await plan()).body).toMatchObject({ diff: [], change: 'none', steps: [], restore: null, endsIn: 'RUNNING', blocks: [] });
  });

  it('shows how what runs differs from the spec, and the upgrade that follows', async () => {
    const job = await run();
    await api.send('PATCH', `${N}/deployments/clicks`, DIFFERENT);
    const { body } = await plan();
    expect(body).toMatchObject({
      diff: [{ path: 'spec.template.spec.parallelism', before: 1, after: 3 }],
      change: 'upgrade',
      restore: { takenInStep: 1, origin: 'SUSPEND', ageSeconds: 0, why: 'restoreStrategy LATEST_STATE: it holds the newest state there is' },
      endsIn: 'RUNNING',
    });
    expect(body.steps[0]).toEqual({ number: 1, kind: 'stopWithSavepoint', because: 'upgradeStrategy is STATEFUL and the template changed', jobId: job.id });
    expect(body.steps[2].because).toBe(`start from Savepoint of step 1 with which Job ${job.id} was stopped, 0 s old`);
    expect(kinds(body)).toEqual(['stopWithSavepoint', 'tearDown', 'fetchArtifact', 'submitJob']);
    expect(JSON.stringify(body)).not.toContain('ffffffff');
  });

  it('names what blocks: a target that is not there, a cluster that was silent, a job of which not all tasks run', async () => {
    await api.send('PATCH', `${N}/deployments/clicks`, { spec: { deploymentTargetName: 'elsewhere' } });
    const target = (await plan()).body;
    expect(target).toMatchObject({ steps: [], endsIn: 'TRANSITIONING', blocks: [{ reason: 'TARGET_NOT_READY' }] });
    expect(target.blocks[0].message).toContain('the deployment target "elsewhere" does not exist');
    await api.send('PATCH', `${N}/deployments/clicks`, { spec: { deploymentTargetName: 'default' } });
    const job = await run();
    await api.send('PATCH', `${N}/deployments/clicks`, { spec: { state: 'SUSPENDED' } });
    const seen = { jobId: job.id, deploymentId: id };
    const seenAt = await store.now(store.read);
    await store.transaction((tx) => store.observations.put(tx, { ...seen, status: 'UNKNOWN', tasks: '', seenAt }));
    expect((await plan()).body).toMatchObject({ steps: [], endsIn: 'TRANSITIONING', blocks: [{ reason: 'AWAITING_HEALTHY_JOB' }] });
    await store.transaction((tx) => store.observations.put(tx, { ...seen, status: 'RUNNING', tasks: '1/2', seenAt: seenAt + 1 }));
    expect((await plan()).body).toMatchObject({ steps: [], blocks: [{ reason: 'AWAITING_HEALTHY_JOB' }] });
  });

  it('warns of a Flink version that its target cannot run (G7)', async () => {
    await api.send('PATCH', `${N}/deployments/clicks`, { spec: { template: { spec: { artifact: { flinkVersion: '9.9' } } } } });
    const { body } = await plan();
    expect(body.warnings).toEqual([{ reason: 'SPEC', message: expect.stringContaining('cannot run Flink 9.9') }]);
    expect(body.blocks).toMatchObject([{ reason: 'TARGET_NOT_READY' }]);
  });

  it('is 404 for what does not exist', async () => {
    expect((await api.get(`/drey/v1/namespaces/${N.split('/').at(-1)}/deployments/no-such/plan`)).status).toBe(404);
    expect((await api.get('/drey/v1/namespaces/no-such/deployments/clicks/plan')).status).toBe(404);
  });
});

describe('a dry run', () => {
  it('answers the plan and stores nothing: no version, no event, no wake', async () => {
    await run();
    const all = async () => [await store.deployments.findById(store.read, id), await store.events.list(store.read, N.split('/').at(-1) ?? '')];
    const before = await all();
    const { status, body } = await rehearse({ ...DIFFERENT, metadata: { labels: { team: 'a' } } });
    expect([status, body.kind, body.change]).toEqual([200, 'DeploymentPlan', 'upgrade']);
    expect(body.diff).toEqual([
      { path: 'metadata.labels.team', after: 'a' },
      { path: 'spec.template.spec.parallelism', before: 1, after: 3 },
    ]);
    expect(await all()).toEqual(before);
    expect(api.woken).toEqual([]);
  });

  it('tells a relabel from a change of the desired state, and both from nothing', async () => {
    await run();
    const classOf = async (patch: object): Promise<readonly unknown[]> => {
      const { body } = await rehearse(patch);
      return [body.change, kinds(body), body.endsIn];
    };
    expect(await classOf({})).toEqual(['none', [], 'RUNNING']);
    expect(await classOf({ metadata: { labels: { a: 'b' } } })).toEqual(['relabel', [], 'RUNNING']);
    expect(await classOf({ spec: { maxJobCreationAttempts: 9, upgradeStrategy: { kind: 'STATELESS' } } })).toEqual(['relabel', [], 'RUNNING']);
    expect(await classOf({ spec: { state: 'SUSPENDED' } })).toEqual(['state', ['stopWithSavepoint', 'tearDown'], 'SUSPENDED']);
    expect(await classOf({ spec: { state: 'CANCELLED' } })).toEqual(['state', ['cancelJob', 'collectCheckpoints', 'tearDown'], 'CANCELLED']);
  });

  it('shows where a STATELESS upgrade starts and how old that is (A6, A22)', async () => {
    await run();
    const stateless = { ...DIFFERENT.spec, upgradeStrategy: { kind: 'STATELESS' } };
    const latest = (await rehearse({ spec: stateless })).body;
    expect(kinds(latest)).toEqual(['cancelJob', 'collectCheckpoints', 'tearDown', 'fetchArtifact', 'submitJob']);
    expect(latest.restore).toMatchObject({ takenInStep: 2, origin: 'RETAINED_CHECKPOINT', location: CHECKPOINT.location });
    expect(Math.round(latest.restore.ageSeconds / 60)).toBe(30);
    const taken = await aSavepoint({ origin: 'USER_REQUEST', location: 'file:///two-hours', capturedAt: (await store.now(store.read)) - 2 * HOURS });
    const { restore } = (await rehearse({ spec: { ...stateless, restoreStrategy: { kind: 'LATEST_SAVEPOINT' } } })).body;
    expect(restore).toMatchObject({ savepointId: taken, origin: 'USER_REQUEST', location: 'file:///two-hours' });
    expect(Math.round(restore.ageSeconds / 60)).toBe(120);
  });

  it('says that a Savepoint registered meanwhile is not used (A16)', async () => {
    await run();
    const registered = await aSavepoint({});
    const { warnings, restore } = (await rehearse(DIFFERENT)).body;
    expect(restore).toMatchObject({ takenInStep: 1, origin: 'SUSPEND' });
    expect(warnings).toMatchObject([{ reason: 'REGISTERED_SAVEPOINT_NOT_USED', message: expect.stringContaining(registered) }]);
  });

  it('of a PUT to a free name plans the new Deployment and creates none', async () => {
    const { status, body } = await api.send('PUT', `${N}/deployments/other?dryRun=true`, aDocument({ metadata: { name: 'other' } }));
    expect([status, body.change, body.endsIn]).toEqual([200, 'create', 'RUNNING']);
    expect(body.metadata).not.toHaveProperty('deploymentId');
    expect(body.diff.map(({ path }: { path: string }) => path)).toEqual(['metadata', 'spec']);
    expect((await api.get(`${N}/deployments/other`)).status).toBe(404);
    const post = await api.send('POST', `${N}/deployments?dryRun=true`, aDocument({ metadata: { name: 'other' } }));
    expect([post.status, post.body.change]).toEqual([200, 'create']);
    expect((await api.get(`${N}/deployments/other`)).status).toBe(404);
  });

  it('uses up no Idempotency-Key', async () => {
    const post = (query: string) =>
      api.request(`${N}/deployments${query}`, {
        method: 'POST',
        body: JSON.stringify(aDocument({ metadata: { name: 'keyed' } })),
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'one' },
      });
    expect([(await post('?dryRun=true')).status, (await post('')).status, (await post('?dryRun=true')).status]).toEqual([200, 201, 409]);
  });

  it('refuses what the write would refuse', async () => {
    const put = (metadata: object, spec: object = {}) => api.send('PUT', `${N}/deployments/clicks?dryRun=true`, aDocument({ metadata, spec }));
    expect((await put({ resourceVersion: 99 })).status).toBe(409);
    expect((await put({ name: 'other' })).status).toBe(400);
    expect((await put({}, { maxJobCreationAttempts: 0 })).body.message).toContain('spec.maxJobCreationAttempts');
    expect((await api.send('POST', `${N}/deployments?dryRun=true`, aDocument())).status).toBe(409);
    expect((await api.send('PATCH', `${N}/deployments/no-such?dryRun=true`, {})).status).toBe(404);
  });

  it('warns as the write would', async () => {
    const { headers } = await rehearse({ spec: { deploymentTargetName: 'elsewhere' } });
    expect(headers.get('warning')).toContain('elsewhere');
  });

  it('is asked for with true or false, and anything else is 400 and no write', async () => {
    const { status, body } = await api.send('PATCH', `${N}/deployments/clicks?dryRun=All`, DIFFERENT);
    expect([status, body.message]).toEqual([400, 'dryRun: must be true or false']);
    expect((await api.send('PATCH', `${N}/deployments/clicks?dryRun`, DIFFERENT)).status).toBe(400);
    expect((await api.get(`${N}/deployments/clicks`)).body.metadata.resourceVersion).toBe(1);
    const written = await api.send('PATCH', `${N}/deployments/clicks?dryRun=false`, DIFFERENT);
    expect([written.status, written.body.kind, written.body.metadata.resourceVersion]).toEqual([200, 'Deployment', 2]);
  });

  it('is refused where there is none, instead of being a write', async () => {
    const { status, body } = await api.send('POST', `${N}/savepoints?dryRun=true`, { metadata: { deploymentId: id } });
    expect([status, body.message]).toEqual([400, 'dryRun: is not possible here, and nothing was done']);
  });
});
