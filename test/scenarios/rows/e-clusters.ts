// Group E: session clusters that are stopped, gone or silent under their Deployments, what an earlier attempt left, and tear-downs that go wrong.
import { expect } from 'vitest';
import { reachSessionCluster } from '../../../activities/reach.ts';
import { parseId } from '../../../domain/ids.ts';
import type { FlinkRest } from '../../../flink/flink.ts';
import type { Fault } from '../../flink-sim/faults.ts';
import { ONE_REAL, row, type Row, SIMULATED } from '../stage/row.ts';
import type { Stage } from '../stage/stage.ts';
import { untilSeen } from '../stage/waiting.ts';

type Doc = Awaited<ReturnType<Stage['platform']['call']>>['body'];

const wantCluster = (stage: Stage, name: string, state: string) => stage.platform.call('PATCH', `sessionclusters/${name}`, { spec: { state } });
const clusterIs = (stage: Stage, name: string, state: string): Promise<Doc> =>
  stage.platform.until(`sessionclusters/${name}`, ({ status }) => status.state === state, 60_000);
const clusterOf = async (stage: Stage, name: string): Promise<Doc> => (await stage.platform.call('GET', `sessionclusters/${name}`)).body;

async function eventsOf(stage: Stage, name: string): Promise<readonly string[]> {
  const { id } = (await clusterOf(stage, name)).metadata;
  return (await stage.platform.call('GET', `events?sessionClusterId=${id}`)).body.items.map(({ metadata }) => metadata.name).toReversed();
}

/** The Flink of a session cluster, as anybody can ask it. */
async function flinkOf({ platform }: Stage, name: string): Promise<FlinkRest> {
  const { store } = platform.deps;
  const cluster = await store.sessionClusters.find(store.read, 'default', name);
  const reach = cluster === undefined ? undefined : await reachSessionCluster(platform.deps, cluster);
  if (reach?.kind !== 'rest') throw new Error(`session cluster ${name} cannot be reached: ${reach?.kind}`);
  return reach.rest;
}

async function liveOn(stage: Stage, name: string): Promise<readonly string[]> {
  const answer = await (await flinkOf(stage, name)).jobs();
  if (answer.kind !== 'done') throw new Error(`session cluster ${name} does not list its jobs: ${answer.reason}`);
  return answer.value.filter(({ status }) => !['FINISHED', 'CANCELED', 'FAILED'].includes(status)).map(({ id }) => id);
}

const OF_CLUSTERS: readonly Row[] = [
  row({
    id: 'E7',
    title: 'its session cluster is neither stopped nor deleted under it: 409 that names it',
    on: ONE_REAL,
    modes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('user');
      const name = (await deployment.get()).spec.sessionClusterName ?? '';
      const stop = await wantCluster(stage, name, 'STOPPED');
      expect([stop.status, stop.body.message]).toEqual([409, expect.stringContaining(`"${deployment.name}"`)]);
      expect((await stage.platform.call('DELETE', `sessionclusters/${name}`)).status).toBe(409);
      expect((await clusterOf(stage, name)).status.state).toBe('RUNNING');
      await deployment.runs(1);
    },
  }),
  row({
    id: 'E7',
    title: 'a session cluster with jobs that drey did not start stays RUNNING and kills none; it stops when they have ended',
    on: ONE_REAL,
    modes: ['session'],
    play: async (stage) => {
      const name = await stage.sessionCluster('foreign');
      const deployment = await stage.running('ours', { spec: { sessionClusterName: name } });
      const foreign = await deployment.flink.runForeignJob();
      await deployment.want('CANCELLED');
      await deployment.state('CANCELLED');
      expect((await wantCluster(stage, name, 'STOPPED')).status).toBe(200);
      await untilSeen(
        { limitMs: 30_000, everyMs: 100 },
        { what: 'for the refusal', look: () => eventsOf(stage, name), accepts: (names) => names.includes('FAILED_TO_STOP_SESSION_CLUSTER') },
      );
      expect((await clusterOf(stage, name)).status.state).toBe('RUNNING');
      expect(await liveOn(stage, name)).toEqual([foreign]);
      await (await flinkOf(stage, name)).cancel(foreign as never);
      await clusterIs(stage, name, 'STOPPED');
      expect((await eventsOf(stage, name)).filter((event) => event === 'FAILED_TO_STOP_SESSION_CLUSTER')).toHaveLength(1);
    },
  }),
  row({
    id: 'E7',
    title: 'a session cluster that is stopped and deleted together with its Deployments: they end first, then it does',
    on: ONE_REAL,
    modes: ['session'],
    play: async (stage) => {
      const name = await stage.sessionCluster('together');
      const users = [await stage.running('one', { spec: { sessionClusterName: name } }), await stage.running('two', { spec: { sessionClusterName: name } })];
      await users[0]?.want('CANCELLED');
      await users[1]?.want('SUSPENDED');
      const stop = () => wantCluster(stage, name, 'STOPPED');
      await untilSeen({ limitMs: 60_000, everyMs: 200 }, { what: 'for the stop to be taken', look: stop, accepts: ({ status }) => status === 200 });
      await clusterIs(stage, name, 'STOPPED');
      for (const user of users) expect((await user.job(1)).status.state).toBe('TERMINATED');
      expect((await users[1]?.savepoints({ origin: 'SUSPEND', state: 'COMPLETED' }))?.length).toBe(1);
      await users[1]?.state('SUSPENDED');
      expect((await stage.platform.call('DELETE', `sessionclusters/${name}`)).status).toBe(200);
      for (const user of users) expect((await user.ask('DELETE')).status).toBe(200);
    },
  }),
  row({
    id: 'E7',
    title: 'an external cluster is never stopped: detached, it runs on with the jobs of others',
    on: ONE_REAL,
    modes: ['session'],
    play: async (stage) => {
      const host = await stage.sessionCluster('host');
      const name = `${host}-external`;
      const spec = { state: 'RUNNING', external: { url: (await flinkOf(stage, host)).url } };
      expect((await stage.platform.call('POST', 'sessionclusters', { metadata: { name }, spec })).status).toBe(201);
      await clusterIs(stage, name, 'RUNNING');
      const deployment = await stage.running('guest', { spec: { sessionClusterName: name } });
      const foreign = await deployment.flink.runForeignJob();
      expect((await wantCluster(stage, name, 'STOPPED')).status).toBe(409);
      await deployment.want('CANCELLED');
      await deployment.state('CANCELLED');
      expect((await wantCluster(stage, name, 'STOPPED')).status).toBe(200);
      await clusterIs(stage, name, 'STOPPED');
      expect(await liveOn(stage, host)).toEqual([foreign]);
      expect((await stage.platform.call('DELETE', `sessionclusters/${name}`)).status).toBe(200);
      expect(await liveOn(stage, host)).toEqual([foreign]);
      await (await flinkOf(stage, host)).cancel(foreign as never);
    },
  }),
  row({
    id: 'E8',
    title: 'to be CANCELLED on a session cluster whose JobManager is gone: its Job is TERMINATED, and it is CANCELLED',
    on: ONE_REAL,
    modes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('gone', { spec: { sessionClusterName: await stage.sessionCluster('dies') } });
      await deployment.flink.silence();
      await deployment.want('CANCELLED');
      await deployment.untilCondition('ClusterUnreachable', 'True');
      await deployment.flink.killJobManager();
      await deployment.state('CANCELLED');
      expect((await deployment.job(1)).status.state).toBe('TERMINATED');
      expect(await deployment.flink.liveFlinkJobs()).toEqual([]);
    },
  }),
  row({
    id: 'E8',
    title: 'to be CANCELLED on a silent session cluster it is TRANSITIONING until that answers',
    on: ONE_REAL,
    modes: ['session'],
    policy: { forceAfterMs: 1000 },
    play: async (stage) => {
      const deployment = await stage.running('silent', { spec: { sessionClusterName: await stage.sessionCluster('hangs') } });
      await deployment.flink.silence();
      await deployment.want('CANCELLED');
      await deployment.untilCondition('ClusterUnreachable', 'True');
      const seen = await deployment.state('TRANSITIONING');
      expect(seen.status.conditions).toContainEqual(expect.objectContaining({ type: 'UpToDate', status: 'False', reason: 'CLUSTER_UNREACHABLE' }));
      await deployment.flink.speak();
      await deployment.state('CANCELLED');
      expect((await deployment.job(1)).status.state).toBe('TERMINATED');
      expect(await deployment.flink.liveFlinkJobs()).toEqual([]);
    },
  }),
];

const leftOvers = row({
  id: 'E12',
  title: 'what a dead JobManager left is gone before J2 starts, except the checkpoint that J2 starts from',
  on: ONE_REAL,
  play: async (stage) => {
    const deployment = await stage.running('left');
    await deployment.flink.takeCheckpoint();
    const id = parseId<'JobId'>((await deployment.job(1)).metadata.id);
    await deployment.flink.killJobManager();
    await deployment.untilJobs('for J2', (jobs) => jobs.length > 1);
    expect((await stage.platform.deps.flink.local.observe({ kind: 'job', jobId: id })).kind).toBe('gone');
    const second = await deployment.runs(2);
    expect(second.spec.savepointLocation).toMatch(/\/chk-\d+$/);
    expect(await stage.platform.deps.flink.storage.exists(second.spec.savepointLocation ?? '')).toBe(true);
    expect(await deployment.flink.restored(2)).toBe(second.spec.savepointLocation);
  },
});

const REFUSALS: Readonly<Record<string, Pick<Fault, 'do' | 'status' | 'text' | 'times'>>> = {
  'answered 404': { do: 'reject', status: 404, text: 'not found', times: 2 },
  'answered 409': { do: 'reject', status: 409, text: 'conflict', times: 2 },
  'answered 500': { do: '500', times: 3 },
  'answered 503': { do: '503', times: 3 },
  'accepted and never answered': { do: 'acceptThenDie', times: 1 },
  'not answered in time': { do: 'hang', times: 1 },
};
const CALLS = { 'the cancel': { method: 'PATCH', path: /^\/jobs\// }, 'the removal of its jar': { method: 'DELETE', path: /^\/jars\// } } as const;

const tearsDown = (call: keyof typeof CALLS, how: string): Row =>
  row({
    id: 'E13',
    title: `${call} is ${how}: it is repeated until nothing is left, and no attempt is counted`,
    on: SIMULATED,
    modes: [call === 'the cancel' ? 'application' : 'session'],
    play: async (stage) => {
      const deployment = await stage.running('stubborn');
      await deployment.flink.fault({ do: 'hang', ...REFUSALS[how], ...CALLS[call] });
      await deployment.want('CANCELLED');
      await deployment.state('CANCELLED');
      expect((await deployment.jobs()).map(({ status }) => [status.state, status.failure])).toEqual([['TERMINATED', undefined]]);
      const names = await deployment.events();
      expect(names.filter((name) => name === 'FOUND_A_JOB_TO_TERMINATE')).toHaveLength(1);
      expect(names).not.toContain('FAILED_CREATING_A_NEW_JOB');
      expect(await deployment.flink.liveFlinkJobs()).toEqual([]);
    },
  });

export const E_CLUSTERS: readonly Row[] = [
  ...OF_CLUSTERS,
  leftOvers,
  ...Object.keys(CALLS).flatMap((call) => Object.keys(REFUSALS).map((how) => tearsDown(call as keyof typeof CALLS, how))),
];
