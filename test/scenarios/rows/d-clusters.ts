// Group D: clusters that are lost, restarted or full.
import { expect } from 'vitest';
import type { JobDocument } from '../../../domain/job.schema.ts';
import { ONE_REAL, row, type Row, SIMULATED } from '../stage/row.ts';
import type { Actor, Stage } from '../stage/stage.ts';

const DEPLOYMENTS = 20;

/** drey has recorded a checkpoint of the job, by a decision or by the watch, so that nothing older may be restored. */
async function untilRecorded(stage: Stage, deployment: Actor, n: number): Promise<void> {
  const { deps } = stage.platform;
  const { metadata } = await deployment.job(n);
  const look = async (): Promise<boolean> => {
    const { store } = deps;
    const jobs = await store.jobs.list(store.read, 'default', { deploymentId: deployment.id as never });
    const seen = await store.observations.ofDeployment(store.read, deployment.id as never);
    const known = jobs.find(({ id }) => id === metadata.id)?.newestCheckpoint ?? seen.find(({ jobId }) => jobId === metadata.id)?.checkpoint;
    return known !== undefined;
  };
  await deployment.annotate({ 'drey.dev/require-state': 'true' });
  await stage.until('for a recorded checkpoint', look, (isRecorded) => isRecorded);
}

export const D_CLUSTERS: readonly Row[] = [
  row({
    id: 'D2',
    title: 'a JobManager killed after the savepoint and before the start: J2 starts from that savepoint',
    on: SIMULATED,
    play: async (stage) => {
      const deployment = await stage.running('between');
      await deployment.flink.fault({ method: 'GET', path: /\/savepoints\//, do: 'answerLate', ms: 2000, times: Number.POSITIVE_INFINITY });
      await deployment.upgrade();
      await stage.until(
        'for the end of the job',
        () => deployment.flink.liveFlinkJobs(),
        (ids) => ids.length === 0,
      );
      await deployment.flink.killJobManager();
      await fromItsSavepoint(deployment);
    },
  }),
  row({
    id: 'D2',
    title: 'a JobManager of a session cluster killed before J2 is submitted: J2 starts on the next one, from the savepoint',
    on: SIMULATED,
    modes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('between');
      const uploads = await deployment.flink.calls('POST', /^\/jars\/upload$/);
      await deployment.flink.fault({ method: 'POST', path: /^\/jars\/upload$/, do: 'hang', times: Number.POSITIVE_INFINITY });
      await deployment.upgrade();
      await stage.until(
        'for the upload of the next jar',
        () => deployment.flink.calls('POST', /^\/jars\/upload$/),
        (count) => count > uploads,
      );
      await deployment.flink.killJobManager();
      await fromItsSavepoint(deployment);
    },
  }),
  row({
    id: 'D10',
    title: 'a job for which there are not enough slots waits in TRANSITIONING, and runs when there is room',
    on: ONE_REAL,
    modes: ['session'],
    play: async (stage) => {
      const sessionClusterName = await stage.sessionCluster('room', { 'taskmanager.numberOfTaskSlots': '2' });
      const first = await stage.running('first', { spec: { sessionClusterName } });
      const second = await stage.deploy('second', { spec: { sessionClusterName }, template: { parallelism: 2 } });
      await second.untilEvent('AWAITING_A_JOB_TO_START');
      expect((await second.get()).status.state).toBe('TRANSITIONING');
      expect((await second.job(1)).status.state).toBe('STARTING');
      await first.want('CANCELLED');
      await second.runs(1);
      expect(await second.jobs()).toHaveLength(1);
    },
  }),
  ...['J1, which was started empty', 'J2, which was started from a savepoint'].map((which, i) =>
    row({
      id: 'D13',
      title: `a JobManager that is started again and goes back in time with ${which}: its job is ended, the next one starts from the newest checkpoint`,
      on: SIMULATED,
      play: async (stage) => {
        const deployment = await stage.running('rewound', { checkpoints: 'never' });
        if (i === 1) await deployment.upgrade();
        const old = await deployment.runs(i + 1);
        for (let n = 0; n < 3; n += 1) await deployment.flink.takeCheckpoint();
        await untilRecorded(stage, deployment, i + 1);
        await deployment.flink.restartJobManager();
        const next = await deployment.runs(i + 2);
        expect((await deployment.job(i + 1)).status.state).toBe('FAILED');
        expect(next.spec.savepointLocation).toMatch(/\/chk-\d+$/);
        expect(next.spec.savepointLocation).toContain(old.metadata.id.replaceAll('-', ''));
        const checkpoints = await deployment.savepoints({ origin: 'RETAINED_CHECKPOINT', state: 'COMPLETED', jobId: old.metadata.id });
        expect(checkpoints.map(({ spec }) => spec.savepointLocation)).toContain(next.spec.savepointLocation);
        expect(numberOf(next.spec.savepointLocation)).toBe(Math.max(...checkpoints.map(({ spec }) => numberOf(spec.savepointLocation))));
      },
    }),
  ),
  row({
    id: 'D13',
    title: 'a JobManager that goes back in time while the job is being suspended: no savepoint is taken of what it runs',
    on: SIMULATED,
    play: (stage) => rewoundDuringTheStop(stage, ({ flink }) => flink.slowSavepoints(600_000)),
  }),
  row({
    id: 'D13',
    title:
      'a JobManager that goes back in time just before it is asked to stop the job: its savepoint is not used, the next job starts from the newest checkpoint',
    on: SIMULATED,
    play: (stage) => rewoundDuringTheStop(stage, ({ flink }) => flink.fault({ method: 'POST', path: /\/stop$/, do: '503', times: 2 })),
  }),
  row({
    id: 'D15',
    title: `${DEPLOYMENTS} Deployments whose session cluster loses its JobManager come back once each, after the cluster`,
    on: SIMULATED,
    limitMs: 600_000,
    modes: ['session'],
    play: async (stage) => {
      const sessionClusterName = await stage.sessionCluster('crowd', { 'taskmanager.numberOfTaskSlots': `${2 * DEPLOYMENTS}` });
      const crowd: Actor[] = [];
      for (let i = 0; i < DEPLOYMENTS; i += 1) crowd.push(await stage.running(`crowd-${i}`, { spec: { sessionClusterName }, checkpoints: 'never' }));
      for (const deployment of crowd) await deployment.flink.takeCheckpoint();
      await crowd[0]?.flink.killJobManager();
      const followers: JobDocument[] = [];
      for (const deployment of crowd) followers.push(await deployment.runs(2));
      const cluster = (await stage.platform.call('GET', `sessionclusters/${sessionClusterName}`)).body as unknown as SessionCluster;
      for (const [i, deployment] of crowd.entries()) {
        expect((await deployment.jobs()).map(({ status }) => status.state)).toEqual(['FAILED', 'STARTED']);
        expect(followers[i]?.spec.savepointLocation).toMatch(/\/chk-\d+$/);
        expect(Date.parse(followers[i]?.status.started?.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(cluster.status.running.startedAt));
      }
    },
  }),
];

interface SessionCluster {
  readonly status: { readonly running: { readonly startedAt: string } };
}

/** `delay` holds the stop up, so that the JobManager goes back in time during it: nothing of that stop is used, the newest checkpoint is restored. */
async function rewoundDuringTheStop(stage: Stage, delay: (deployment: Actor) => Promise<void>): Promise<void> {
  const deployment = await stage.running('rewound', { checkpoints: 'never' });
  for (let n = 0; n < 3; n += 1) await deployment.flink.takeCheckpoint();
  await untilRecorded(stage, deployment, 1);
  await delay(deployment);
  await deployment.want('SUSPENDED');
  await deployment.untilEvent('SUCCESSFULLY_TRIGGERED_A_SAVEPOINT');
  await deployment.flink.restartJobManager();
  await deployment.state('SUSPENDED');
  expect(await deployment.savepoints({ origin: 'SUSPEND', state: 'COMPLETED' })).toEqual([]);
  await deployment.want('RUNNING');
  expect((await deployment.runs(2)).spec.savepointLocation).toMatch(/\/chk-3$/);
}

async function fromItsSavepoint(deployment: Actor): Promise<void> {
  const second = await deployment.runs(2);
  const [savepoint, ...others] = await deployment.savepoints({ origin: 'SUSPEND' });
  expect([savepoint?.status.state, others]).toEqual(['COMPLETED', []]);
  expect(second.spec.savepointLocation).toBe(savepoint?.spec.savepointLocation);
  expect((await deployment.job(1)).status.state).toBe('TERMINATED');
}

/** Of `…/chk-17`. */
function numberOf(location = ''): number {
  return Number(/chk-(\d+)$/.exec(location)?.[1] ?? -1);
}
