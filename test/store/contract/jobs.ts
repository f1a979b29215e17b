// Jobs: one at a time, history never changes.
import { describe, expect, it } from 'vitest';
import type { Store } from '../../../store/store.ts';
import { newId } from '../open-store.ts';
import { aJob, aTemplate, storeDeployment, storeEndedJob } from '../samples.ts';

export function jobsContract(store: () => Store): void {
  const insert = (job: ReturnType<typeof aJob>) => store().transaction((tx) => store().jobs.insert(tx, job));
  const change = (id: ReturnType<typeof aJob>['id'], what: Parameters<Store['jobs']['change']>[2]) =>
    store().transaction((tx) => store().jobs.change(tx, id, what));

  describe('jobs', () => {
    it('come back as they were stored, not yet submitted', async () => {
      const deployment = await storeDeployment(store());
      const restore = { savepointId: newId<'SavepointId'>(), location: 'file:///a' };
      const wanted = aJob(deployment, { restore, flinkConfiguration: { a: 'b' } });
      const stored = await insert(wanted);
      expect(stored).toMatchObject({ ...wanted, state: 'STARTING', submit: 'NOT_YET', openCalls: 0, hadState: false, resourceVersion: 1 });
      expect(stored).not.toHaveProperty('end');
      expect(await store().jobs.find(store().read, deployment.namespace, wanted.id)).toEqual(stored);
      expect(await store().jobs.find(store().read, 'elsewhere', wanted.id)).toBeUndefined();
    });

    it('refuse a second one that is not terminal', async () => {
      const deployment = await storeDeployment(store());
      const first = await insert(aJob(deployment));
      await expect(insert(aJob(deployment))).rejects.toMatchObject({ code: '23505' });
      await change(first.id, { state: 'TERMINATED' });
      await expect(insert(aJob(deployment))).resolves.toBeDefined();
    });

    it('change what is given and nothing else', async () => {
      const { id } = await insert(aJob(await storeDeployment(store())));
      const failure = { reason: 'r', message: 'm', failedAt: 1.5 };
      const artifact = { path: '/a.jar', sha256: 'ab', bytes: 5, dependencies: [], fetchedAt: 2.5 };
      await change(id, { state: 'STARTED', submit: 'OPEN', openCalls: 1, artifact, startedAt: 1000.001 });
      const changed = await change(id, { end: { how: 'FAILED', failure }, failure, observed: { status: 'FAILED', restarts: 1, at: 3 } });
      expect(changed).toMatchObject({ state: 'STARTED', submit: 'OPEN', openCalls: 1, artifact, startedAt: 1000.001, failure, resourceVersion: 3 });
      expect(changed.end).toEqual({ how: 'FAILED', failure });
      expect(await store().jobs.findById(store().read, id)).toEqual(changed);
    });

    it('never change once they are terminal, but for what was last seen', async () => {
      const id = await storeEndedJob(store(), await storeDeployment(store()));
      await expect(change(id, { state: 'STARTED' })).rejects.toThrow('terminal');
      await expect(change(id, { collected: true, observed: { status: 'X', restarts: 0, at: 1 } })).rejects.toThrow('terminal');
      const observed = { status: 'RUNNING', restarts: 0, at: 1 };
      expect(await change(id, { observed })).toMatchObject({ state: 'FAILED', observed });
      await expect(change(newId<'JobId'>(), { state: 'STARTED' })).rejects.toThrow('does not exist');
    });

    it('are listed newest first, by namespace and by deployment', async () => {
      const one = await storeDeployment(store());
      const other = await storeDeployment(store(), { namespace: one.namespace, name: 'other' });
      const ids = [await storeEndedJob(store(), one), await storeEndedJob(store(), other), await storeEndedJob(store(), one)];
      const all = await store().jobs.list(store().read, one.namespace);
      expect(all.map(({ id }) => id)).toEqual(ids.toReversed());
      const ofOne = await store().jobs.list(store().read, one.namespace, { deploymentId: one.id });
      expect(ofOne.map(({ id }) => id)).toEqual([ids[2], ids[0]]);
    });

    it('show a decision the live one and the newest hundred terminal ones', async () => {
      const deployment = await storeDeployment(store());
      const ended = await store().transaction(async (tx) => {
        const ids = [];
        for (let index = 0; index < 102; index += 1) {
          const { id } = await store().jobs.insert(tx, aJob(deployment));
          await store().jobs.change(tx, id, { state: 'FAILED' });
          ids.push(id);
        }
        return ids;
      });
      const live = await insert(aJob(deployment));
      const seen = await store().jobs.ofDeployment(store().read, deployment.id);
      expect(seen.map(({ id }) => id)).toEqual([live.id, ...ended.slice(2).toReversed()]);
    });

    it('are live once their run call was claimed and until they are terminal', async () => {
      const job = await insert(aJob(await storeDeployment(store())));
      const isLive = async () => (await store().jobs.live(store().read)).some(({ id }) => id === job.id);
      expect(await isLive()).toBe(false);
      await change(job.id, { submit: 'OPEN' });
      expect(await isLive()).toBe(true);
      await change(job.id, { state: 'FINISHED' });
      expect(await isLive()).toBe(false);
    });

    it('are found by the session cluster they run on', async () => {
      const sessionClusterId = newId<'SessionClusterId'>();
      const place = { kind: 'session', sessionCluster: 'shared', sessionClusterId } as const;
      const there = await insert(aJob(await storeDeployment(store()), { place }));
      const ended = await insert(aJob(await storeDeployment(store()), { place }));
      await change(ended.id, { state: 'FINISHED' });
      expect((await store().jobs.liveOnSessionCluster(store().read, sessionClusterId)).map(({ id }) => id)).toEqual([there.id]);
    });

    it('tell their spec versions, of those that are there', async () => {
      const deployment = await storeDeployment(store());
      const job = await insert(aJob(deployment, { specVersion: 7 }));
      expect(await store().jobs.specVersions(store().read, [job.id, job.id, newId<'JobId'>()])).toEqual(new Map([[job.id, 7]]));
    });

    it('are told with what they were given by when they ran', async () => {
      const deployment = await storeDeployment(store());
      const configured = { ...aTemplate.spec, numberOfTaskManagers: 2, flinkConfiguration: { 'taskmanager.numberOfTaskSlots': '2', other: 'x' } };
      const ran = await insert(aJob(deployment, { template: { spec: configured } }));
      await change(ran.id, { state: 'FAILED', startedAt: 5000, terminatedAt: 9000 });
      const never = await insert(aJob(deployment));
      await change(never.id, { state: 'FAILED', terminatedAt: 9000 });
      const running = await insert(aJob(deployment));
      await change(running.id, { state: 'STARTED', startedAt: 9500 });
      const between = async (from: number, to: number) =>
        (await store().jobs.ranBetween(store().read, from, to)).filter(({ deploymentId }) => deploymentId === deployment.id);
      const { parallelism, resources } = aTemplate.spec;
      const ordered = { parallelism, resources, numberOfTaskManagers: 2, flinkConfiguration: { 'taskmanager.numberOfTaskSlots': '2' } };
      const about = { namespace: deployment.namespace, deploymentName: deployment.name, deploymentId: deployment.id, place: ran.place };
      expect(await between(8999, 9000)).toEqual([{ ...about, startedAt: 5000, terminatedAt: 9000, template: { spec: ordered } }]);
      expect([await between(0, 5000), await between(9000, 9500)]).toEqual([[], []]);
      expect((await between(0, 10_000)).map(({ startedAt }) => startedAt ?? 0).toSorted((a, b) => a - b)).toEqual([5000, 9500]);
      expect((await between(20_000, 30_000)).map(({ startedAt }) => startedAt)).toEqual([9500]);
    });

    it('are known by id, unless they never were here', async () => {
      const { id } = await insert(aJob(await storeDeployment(store())));
      expect(await store().jobs.wasEverKnown(store().read, id)).toBe(true);
      expect(await store().jobs.wasEverKnown(store().read, newId<'JobId'>())).toBe(false);
    });
  });

  describe('observations', () => {
    it('keep the newest thing seen of each job', async () => {
      const deployment = await storeDeployment(store());
      const { id: jobId } = await insert(aJob(deployment));
      const observation = (status: string, seenAt: number) => ({
        jobId,
        deploymentId: deployment.id,
        status,
        tasks: '1/2',
        seenAt,
        changedAt: 7,
        checkpoint: { id: 3, at: 5, location: 'file:///chk-3' },
        stalls: true,
      });
      const put = (status: string, seenAt: number) => store().transaction((tx) => store().observations.put(tx, observation(status, seenAt)));
      await put('RUNNING', 1000.5);
      await put('RESTARTING', 1000);
      const seen = async () => (await store().observations.all(store().read)).filter((each) => each.jobId === jobId);
      expect(await seen()).toEqual([observation('RUNNING', 1000.5)]);
      await put('FAILED', 2000);
      expect(await seen()).toEqual([observation('FAILED', 2000)]);
    });

    it('are not kept of a job that does not exist', async () => {
      const observation = { jobId: newId<'JobId'>(), deploymentId: newId<'DeploymentId'>(), status: 'RUNNING', tasks: '1/1', seenAt: 1 };
      await store().transaction((tx) => store().observations.put(tx, observation));
      expect(await store().observations.all(store().read)).not.toContainEqual(observation);
    });
  });
}
