// Group C: what has ended stays as it ended, whatever Flink says later.
import { expect } from 'vitest';
import type { JobDocument } from '../../../domain/job.schema.ts';
import { BOTH_MODES, row, type Row, SIMULATED } from '../stage/row.ts';
import type { Actor, Hands, Stage } from '../stage/stage.ts';

interface Ending {
  readonly flinkStatus: 'FINISHED' | 'FAILED' | 'CANCELED';
  readonly jobState: JobDocument['status']['state'];
  readonly end: (flink: Hands) => Promise<void>;
}

const ENDINGS: readonly Ending[] = [
  { flinkStatus: 'FINISHED', jobState: 'FINISHED', end: (flink) => flink.finishJob() },
  { flinkStatus: 'FAILED', jobState: 'FAILED', end: (flink) => flink.failJob() },
  { flinkStatus: 'CANCELED', jobState: 'TERMINATED', end: (flink) => flink.cancelFromOutside() },
];

/** A Deployment whose J1 has ended like that; all but a FINISHED one is followed by J2. */
async function afterEnd(deployment: Actor, { flinkStatus, jobState, end }: Ending): Promise<JobDocument> {
  await deployment.flink.takeCheckpoint();
  await end(deployment.flink);
  await deployment.untilJobs('for the end of J1', ([first]) => first?.status.state === jobState);
  if (flinkStatus === 'FINISHED') await deployment.state('FINISHED');
  else await deployment.runs(2);
  return deployment.job(1);
}

const flinkIdOf = ({ metadata }: JobDocument): string => metadata.id.replaceAll('-', '');

async function untilStrayIsEnded(stage: Stage, deployment: Actor, job: JobDocument): Promise<void> {
  await deployment.untilEvent('FOUND_AN_OLD_JOB_AND_WILL_TERMINATE_IT');
  await stage.until(
    'for the end of the old job',
    () => deployment.flink.liveFlinkJobs(),
    (ids) => !ids.includes(flinkIdOf(job)),
  );
}

const reportsRunning = (ending: Ending): Row =>
  row({
    id: 'C2',
    title: `a job that was seen ${ending.flinkStatus} and is reported RUNNING later stays ${ending.jobState}, and what runs is ended`,
    on: SIMULATED,
    modes: ['session'],
    breaks: ['oneJob'],
    play: async (stage) => {
      const deployment = await stage.running('undead');
      const first = await afterEnd(deployment, ending);
      const before = await deployment.get();
      await deployment.flink.revive(1);
      await untilStrayIsEnded(stage, deployment, first);
      expect(await deployment.job(1)).toEqual(first);
      const now = await deployment.get();
      expect(now.status.state).toBe(before.status.state);
      expect(now.status.running?.jobId).toBe(before.status.running?.jobId);
      expect(await deployment.jobs()).toHaveLength(ending.flinkStatus === 'FINISHED' ? 1 : 2);
    },
  });

const losesItsRest = (ending: Ending): Row =>
  row({
    id: 'C2',
    title: `a job that was seen ${ending.flinkStatus} stays ${ending.jobState} when the JobManager is gone afterwards`,
    on: SIMULATED,
    modes: BOTH_MODES,
    play: async (stage) => {
      const deployment = await stage.running('forgotten');
      const first = await afterEnd(deployment, ending);
      await deployment.flink.killJobManager();
      if (ending.flinkStatus !== 'FINISHED') await deployment.runs(3);
      expect(await deployment.job(1)).toEqual(first);
    },
  });

export const C_ENDINGS: readonly Row[] = [
  ...ENDINGS.map(reportsRunning),
  ...ENDINGS.map(losesItsRest),
  row({
    id: 'C2',
    title: 'a job that is alive again while its Deployment is CANCELLED is ended, and nothing else happens',
    on: SIMULATED,
    modes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('cancelled');
      await deployment.want('CANCELLED');
      await deployment.state('CANCELLED');
      const first = await deployment.job(1);
      await deployment.flink.revive(1);
      await untilStrayIsEnded(stage, deployment, first);
      expect(await deployment.job(1)).toEqual(first);
      expect((await deployment.get()).status.state).toBe('CANCELLED');
      expect(await deployment.savepoints({ origin: 'SUSPEND' })).toEqual([]);
    },
  }),
  row({
    id: 'C2',
    title: 'a job that is alive again is ended before its Deployment starts another one',
    on: SIMULATED,
    modes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('awaited');
      await deployment.want('SUSPENDED');
      await deployment.state('SUSPENDED');
      const first = await deployment.job(1);
      await deployment.flink.revive(1);
      await deployment.flink.fault({ method: 'PATCH', path: /^\/jobs\//, do: 'answerLate', ms: 1500 });
      await deployment.untilEvent('FOUND_AN_OLD_JOB_AND_WILL_TERMINATE_IT');
      await deployment.want('RUNNING');
      const second = await deployment.runs(2);
      expect(second.spec.savepointLocation).toBe((await deployment.savepoints({ origin: 'SUSPEND' }))[0]?.spec.savepointLocation);
      expect(await deployment.flink.liveFlinkJobs()).toEqual([flinkIdOf(second)]);
      expect(await deployment.job(1)).toEqual(first);
    },
  }),
];
