// Group D: jobs that run and do not do well.
import { expect } from 'vitest';
import { row, type Row, SIMULATED } from '../stage/row.ts';
import type { Actor } from '../stage/stage.ts';

const restartsSeen = (deployment: Actor, count: number) =>
  deployment.untilJobs(`for ${count} restarts`, ([first]) => first?.status.started?.observedFlinkJobRestarts === count);

const NO_RETRY = { 'execution.checkpointing.timeout': '300ms' };

export const D_HEALTH: readonly Row[] = [
  row({
    id: 'D6',
    title: 'checkpoints that do not complete any more are told by a condition, and nothing is restarted',
    on: SIMULATED,
    play: async (stage) => {
      const deployment = await stage.running('stalls', { configuration: NO_RETRY });
      await deployment.untilCondition('CheckpointsStalled', 'False');
      await deployment.flink.stallCheckpoints();
      await deployment.untilCondition('CheckpointsStalled', 'True', 'NO_CHECKPOINT');
      expect((await deployment.get()).status.state).toBe('RUNNING');
      await deployment.flink.resumeCheckpoints();
      await deployment.untilCondition('CheckpointsStalled', 'False');
      expect(await deployment.jobs()).toHaveLength(1);
      expect(await deployment.flink.calls('PATCH', /^\/jobs\//)).toBe(0);
    },
  }),
  row({
    id: 'D9',
    title: 'a count of restarts that drops is a new baseline: no false JobFailing, and no missed one later',
    on: SIMULATED,
    modes: ['session'],
    play: async (stage) => {
      const sessionClusterName = await stage.externalCluster('recovers', { 'high-availability.type': 'zookeeper' });
      const deployment = await stage.running('counts', { spec: { sessionClusterName } });
      for (const count of [1, 2]) {
        await deployment.flink.restartTasks();
        await restartsSeen(deployment, count);
      }
      await deployment.flink.restartJobManager();
      await deployment.flink.untilCheckpoint();
      await deployment.untilCondition('JobFailing', 'False');
      await deployment.flink.restartTasks();
      await restartsSeen(deployment, 3);
      await deployment.untilCondition('JobFailing', 'True');
      expect(await deployment.jobs()).toHaveLength(1);
    },
  }),
];
