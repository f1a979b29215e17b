// Group C: what Flink says, says late, or does not say.
import { expect } from 'vitest';
import { ONE_REAL, row, SIMULATED } from '../stage/row.ts';

export const C_OBSERVATION = [
  row({
    id: 'C1',
    title: 'a JobManager that does not answer changes a condition and nothing else',
    on: ONE_REAL,
    play: async (stage) => {
      const deployment = await stage.running('silent');
      const first = await deployment.job(1);
      const before = await deployment.events();
      await deployment.flink.silence('hangs');
      const seen = await deployment.untilCondition('ClusterUnreachable', 'True').then(() => deployment.get());
      expect(seen.status).toMatchObject({ state: 'RUNNING', running: { jobId: first.metadata.id } });
      await deployment.flink.speak();
      await deployment.untilCondition('ClusterUnreachable', 'False');
      expect(await deployment.jobs()).toHaveLength(1);
      expect(await deployment.events()).toEqual(before);
    },
  }),
  row({
    id: 'C3',
    title: 'a cancel that is answered 409 because the job ended meanwhile is a success',
    on: SIMULATED,
    play: async (stage) => {
      const deployment = await stage.running('ended');
      await deployment.flink.fault({ method: 'PATCH', path: /^\/jobs\//, do: 'arriveLate', ms: 600 });
      await deployment.want('CANCELLED');
      await deployment.state('TRANSITIONING');
      await deployment.flink.finishJob();
      await deployment.state('CANCELLED');
      expect((await deployment.job(1)).status.state).toBe('TERMINATED');
      expect(await deployment.events()).not.toContain('TERMINATING_A_JOB_DUE_TO_AN_UNRECOVERABLE_FAILURE');
    },
  }),
  ...[404, 409].map((status) =>
    row({
      id: 'C3',
      title: `a cancel that is answered ${status} while the job has been cancelled by somebody else is a success`,
      on: SIMULATED,
      play: async (stage) => {
        const deployment = await stage.running(`answered-${status}`);
        await deployment.flink.fault({ method: 'PATCH', path: /^\/jobs\//, do: 'reject', status, text: 'Job could not be found.' });
        await deployment.want('CANCELLED');
        await deployment.state('TRANSITIONING');
        await deployment.flink.cancelFromOutside();
        await deployment.state('CANCELLED');
        expect((await deployment.job(1)).status.state).toBe('TERMINATED');
      },
    }),
  ),
];
