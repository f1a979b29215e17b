// Group B: a JobManager with high availability, which brings its jobs back by itself.
import { expect } from 'vitest';
import { row, type Row, SIMULATED } from '../stage/row.ts';

export const B_HIGH_AVAILABILITY: readonly Row[] = [
  row({
    id: 'B7',
    title: 'a JobManager with high availability that restarts goes on with the same job from its newest checkpoint',
    on: SIMULATED,
    modes: ['session'],
    play: async (stage) => {
      const sessionClusterName = await stage.externalCluster('recovers', { 'high-availability.type': 'zookeeper' });
      const deployment = await stage.running('recovered', { spec: { sessionClusterName } });
      await deployment.flink.takeCheckpoint();
      const first = await deployment.job(1);
      const before = await deployment.events();
      const asked = await deployment.flink.calls('GET', /^\/jobs\/overview$/);
      await deployment.flink.restartJobManager();
      const rounds = () => deployment.flink.calls('GET', /^\/jobs\/overview$/);
      await stage.until('for some rounds of the watch', rounds, (count) => count > asked + 3);
      await deployment.flink.untilCheckpoint();
      await deployment.untilCondition('ClusterUnreachable', 'False');
      expect((await deployment.runs(1)).status.started?.flinkJobId).toBe(first.status.started?.flinkJobId);
      expect(await deployment.jobs()).toHaveLength(1);
      expect(await deployment.events()).toEqual(before);
      await deployment.upgrade();
      const second = await deployment.runs(2);
      expect(second.spec.savepointLocation).toBe((await deployment.savepoints({ origin: 'SUSPEND' }))[0]?.spec.savepointLocation);
    },
  }),
];
