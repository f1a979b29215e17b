// Group C: answers that are wrong, late, missing or somebody else's.
import { defaultPayloadConverter } from '@temporalio/common';
import { expect } from 'vitest';
import { ONE_REAL, row, type Row, SIMULATED } from '../stage/row.ts';
import type { Actor, Stage } from '../stage/stage.ts';

const NO_TRIGGER = 'There is no savepoint operation with triggerId=0 for job 0.';
const FLEET = 20;
const SAMPLE = 5;
/** How long a round of the watch may take to notice a failure. */
const REACTION_MS = 3000;

/** From the failure of its job to the record of it. */
async function noticedWithin(deployment: Actor): Promise<number> {
  await deployment.flink.failJob();
  const since = performance.now();
  await deployment.untilEvent('TERMINATING_A_JOB_DUE_TO_AN_UNRECOVERABLE_FAILURE');
  return performance.now() - since;
}

async function median(deployments: readonly Actor[], measure: (deployment: Actor) => Promise<number>): Promise<number> {
  const times: number[] = [];
  for (const deployment of deployments) times.push(await measure(deployment));
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.POSITIVE_INFINITY;
}

/** What the sweep that is under way says of itself; its result says the same. */
async function foreignJobsSeen({ platform: { client, taskQueue } }: Stage): Promise<number> {
  const query = `WorkflowType = 'sweep' AND TaskQueue = '${taskQueue}' AND ExecutionStatus = 'Running'`;
  let most = 0;
  for await (const { workflowId } of client.workflow.list({ query })) {
    const { raw } = await client.workflow.getHandle(workflowId).describe();
    for (const { heartbeatDetails } of raw.pendingActivities ?? []) {
      const [beat] = (heartbeatDetails?.payloads ?? []).map((payload) => defaultPayloadConverter.fromPayload<{ readonly foreign: number }>(payload));
      most = Math.max(most, beat?.foreign ?? 0);
    }
  }
  return most;
}

export const C_ANSWERS: readonly Row[] = [
  row({
    id: 'C4',
    title: 'a stop whose request Flink no longer knows is COMPLETED by the job that ended and the savepoint that is there',
    on: SIMULATED,
    play: async (stage) => {
      const deployment = await stage.running('expired');
      await deployment.flink.fault({ method: 'GET', path: /\/savepoints\//, do: 'reject', status: 404, text: NO_TRIGGER, times: Number.POSITIVE_INFINITY });
      await deployment.want('SUSPENDED');
      await deployment.state('SUSPENDED');
      const [savepoint, ...others] = await deployment.savepoints({ origin: 'SUSPEND' });
      expect([savepoint?.status.state, others]).toEqual(['COMPLETED', []]);
      expect((await deployment.job(1)).status.state).toBe('TERMINATED');
      await deployment.want('RUNNING');
      expect((await deployment.runs(2)).spec.savepointLocation).toBe(savepoint?.spec.savepointLocation);
    },
  }),
  row({
    id: 'C4',
    title: 'a stop that died with a JobManager that recovers its jobs is asked for again, under the same trigger id, and completes',
    on: SIMULATED,
    modes: ['session'],
    play: async (stage) => {
      const sessionClusterName = await stage.externalCluster('restarts', { 'high-availability.type': 'zookeeper' });
      const deployment = await stage.running('died', { spec: { sessionClusterName }, checkpoints: 'never' });
      await deployment.flink.slowSavepoints(600_000);
      await deployment.upgrade();
      await deployment.untilEvent('SUCCESSFULLY_TRIGGERED_A_SAVEPOINT');
      await deployment.flink.restartJobManager();
      await deployment.runs(2);
      const [savepoint, ...others] = await deployment.savepoints({ origin: 'SUSPEND' });
      expect([savepoint?.status.state, others]).toEqual(['COMPLETED', []]);
      expect((await deployment.job(2)).spec.savepointLocation).toBe(savepoint?.spec.savepointLocation);
    },
  }),
  row({
    id: 'C4',
    title: 'a stop whose JobManager forgot the job as well FAILED, and the newest checkpoint is what is left',
    on: SIMULATED,
    modes: ['session'],
    play: async (stage) => {
      const sessionClusterName = await stage.externalCluster('forgets');
      const deployment = await stage.running('forgotten', { spec: { sessionClusterName }, checkpoints: 'never' });
      await deployment.flink.takeCheckpoint();
      await deployment.flink.slowSavepoints(600_000);
      await deployment.want('SUSPENDED');
      await deployment.untilEvent('SUCCESSFULLY_TRIGGERED_A_SAVEPOINT');
      await deployment.flink.restartJobManager();
      await deployment.untilSavepoints('for the end of the stop', ([stop]) => stop?.status.state === 'FAILED');
      await deployment.state('SUSPENDED');
      expect((await deployment.job(1)).status.state).toBe('FAILED');
      expect(await deployment.savepoints({ origin: 'SUSPEND' })).toHaveLength(1);
      await deployment.want('RUNNING');
      expect((await deployment.runs(2)).spec.savepointLocation).toMatch(/\/chk-1$/);
    },
  }),
  row({
    id: 'C5',
    title: `one of ${FLEET} clusters hangs: failures and edits of the others are noticed as quickly as without it`,
    on: SIMULATED,
    limitMs: 600_000,
    play: async (stage) => {
      const fleet: Actor[] = [];
      for (let i = 0; i < FLEET; i += 1) fleet.push(await stage.running(`fleet-${i}`, { checkpoints: 'never' }));
      const [silent, ...others] = fleet;
      if (silent === undefined) throw new Error('there is no fleet');
      const without = await median(others.slice(0, SAMPLE), noticedWithin);
      await silent.flink.silence('hangs');
      await silent.untilCondition('ClusterUnreachable', 'True');
      const failing = others.slice(SAMPLE, 2 * SAMPLE);
      // On a busy machine both are slow; whoever waited for the silent one would need several times as long.
      expect(await median(failing, noticedWithin)).toBeLessThan(Math.max(REACTION_MS, 2 * without));
      const edited = await median(others.slice(2 * SAMPLE, 3 * SAMPLE), async (deployment) => {
        await deployment.upgrade();
        const since = performance.now();
        await deployment.untilEvent('USING_AN_UPGRADE_STRATEGY');
        return performance.now() - since;
      });
      expect(edited).toBeLessThan(REACTION_MS);
      for (const deployment of failing) await deployment.runs(2);
      expect((await silent.get()).status.state).toBe('RUNNING');
      expect(await silent.jobs()).toHaveLength(1);
    },
  }),
  row({
    id: 'C9',
    title: 'mixed answers while the JobManager changes its leader move nothing',
    on: SIMULATED,
    play: async (stage) => {
      const deployment = await stage.running('leaders');
      const first = await deployment.job(1);
      const before = await deployment.events();
      for (const path of [/^\/jobs\/overview$/, /^\/jobs\/[0-9a-f]{32}$/, /\/checkpoints/])
        for (const how of ['503', 'redirect', 'halfAnswer', 'strangeAnswer', 'answerLate'] as const)
          await deployment.flink.fault({ method: 'GET', path, do: how, ms: 100 });
      await deployment.flink.hideFromOverview();
      const asked = await deployment.flink.calls('GET', /^\/jobs\/overview$/);
      const states = new Set<string>();
      const look = async () => {
        states.add((await deployment.get()).status.state);
        return deployment.flink.calls('GET', /^\/jobs\/overview$/);
      };
      await stage.until('for some rounds of the watch', look, (count) => count > asked + 8);
      await deployment.untilCondition('ClusterUnreachable', 'False');
      expect([...states]).toEqual(['RUNNING']);
      expect(await deployment.events()).toEqual(before);
      const [only, ...others] = await deployment.jobs();
      expect(others).toEqual([]);
      expect(only?.status.started?.flinkJobId).toBe(first.status.started?.flinkJobId);
    },
  }),
  row({
    id: 'C10',
    title: 'a Flink job that nobody recorded is reported by the sweep and never touched',
    on: ONE_REAL,
    modes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('beside');
      const foreign = await deployment.flink.runForeignJob();
      await deployment.upgrade();
      await deployment.runs(2);
      const foreignJobs = await stage.until(
        'for a report of the sweep',
        () => foreignJobsSeen(stage),
        (count) => count > 0,
      );
      expect(foreignJobs).toBe(1);
      await deployment.want('CANCELLED');
      await deployment.state('CANCELLED');
      expect(await deployment.flink.runsInFlink(foreign)).toBe(true);
      expect(await deployment.jobs()).toHaveLength(2);
      await deployment.flink.cancelInFlink(foreign);
    },
  }),
  row({
    id: 'C11',
    title: 'a job that Flink calls RUNNING and whose tasks wait for slots is STARTING, until the start limit: FAILED, and the slots are named',
    on: ONE_REAL,
    modes: ['session'],
    policy: { startLimitMs: 5000 },
    play: async (stage) => {
      const deployment = await stage.deploy('waits', { spec: { maxJobCreationAttempts: 1 }, template: { parallelism: 20 } });
      const states = new Set<string>();
      const jobs = await deployment.untilJobs('for the end of J1', ([first]) => {
        if (first !== undefined) states.add(first.status.state);
        return first?.status.state === 'FAILED';
      });
      expect([...states]).not.toContain('STARTED');
      expect(jobs[0]?.status.failure?.reason).toMatch(/start limit of 5 s: \d+ of \d+ tasks run, \d+ task slots are free/);
      await deployment.state('FAILED');
      expect(await deployment.events()).not.toContain('JOB_SUCCESSFULLY_STARTED');
    },
  }),
];
