// Group C: what has ended stays as it ended, whatever Flink says later.
import { expect } from 'vitest';
import type { JobDocument } from '../../../domain/job.schema.ts';
import { BOTH_MODES, ONE_REAL, row, type Row, SIMULATED } from '../stage/row.ts';
import type { Actor, Hands } from '../stage/stage.ts';

interface Ending {
  readonly flinkStatus: 'FINISHED' | 'FAILED' | 'CANCELED';
  readonly jobState: JobDocument['status']['state'];
  end(flink: Hands): Promise<void>;
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

async function untilStrayIsEnded(deployment: Actor, job: JobDocument): Promise<void> {
  await deployment.untilEvent('FOUND_AN_OLD_JOB_AND_WILL_TERMINATE_IT');
  await expect.poll(() => deployment.flink.liveFlinkJobs(), { timeout: 30_000 }).not.toContain(flinkIdOf(job));
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
      await untilStrayIsEnded(deployment, first);
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
      await untilStrayIsEnded(deployment, first);
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
  row({
    id: 'C7',
    title: 'a finished job whose checkpoints have no address leaves no source: an edit runs J2, without state',
    on: SIMULATED,
    play: async (stage) => {
      const deployment = await finishedInMemory(await stage.running('memory', { program: { checkpointsInMemory: true } }));
      await deployment.upgrade();
      expect((await deployment.runs(2)).spec.savepointLocation).toBeUndefined();
      expect(await deployment.savepoints()).toEqual([]);
    },
  }),
  row({
    id: 'C7',
    title: 'a finished job whose checkpoints have no address cannot be suspended: FAILED, and CANCELLED still works',
    on: SIMULATED,
    play: async (stage) => {
      const deployment = await finishedInMemory(await stage.running('memory', { program: { checkpointsInMemory: true } }));
      await deployment.want('SUSPENDED');
      await deployment.state('FAILED');
      await deployment.untilEvent('COULD_NOT_FIND_A_JOB_TO_SUSPEND');
      await deployment.want('CANCELLED');
      await deployment.state('CANCELLED');
      expect(await deployment.jobs()).toHaveLength(1);
      expect(await deployment.savepoints()).toEqual([]);
    },
  }),
  row({
    id: 'C8',
    title: 'of many exceptions the newest ten are kept, each once and none longer than 50 lines',
    on: SIMULATED,
    play: async (stage) => {
      const deployment = await stage.running('restless');
      await restarts(deployment, 'known', 30);
      await untilNewest(stage.platform.call, deployment, 'known 30');
      await restarts(deployment, 'new', 20);
      const found = await untilNewest(stage.platform.call, deployment, 'new 20');
      expect(found.map(({ reason }) => reason)).toEqual(Array.from({ length: 10 }, (_, i) => expect.stringContaining(`new ${20 - i}`)));
      for (const { stacktrace } of found) expect(stacktrace.split('\n').length).toBeLessThanOrEqual(50);
      await deployment.annotate({ 'drey.dev/look': 'again' });
      await deployment.flink.restartTasks('one more');
      const [last, ...older] = await untilNewest(stage.platform.call, deployment, 'one more');
      expect(last?.reason).toContain('one more');
      expect(older).toEqual(found.slice(0, 9));
      expect(await deployment.jobs()).toHaveLength(1);
    },
  }),
  row({
    id: 'C6',
    title: 'without checkpoints it runs, says so, and a STATEFUL upgrade takes a savepoint all the same',
    on: ONE_REAL,
    modes: BOTH_MODES,
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('stateless', { checkpoints: 'off' });
      await deployment.untilCondition('StateSafe', 'False', 'NO_RETAINED_CHECKPOINTS');
      const before = await deployment.events();
      const { body } = await stage.platform.call('GET', `/drey/v1/namespaces/default/deployments/${deployment.name}/plan`);
      expect(body).toMatchObject({ restore: null, endsIn: 'RUNNING', stateSafe: { before: { status: 'False', reason: 'NO_RETAINED_CHECKPOINTS' } } });
      await deployment.annotate({ note: 'nothing of it' });
      expect(await deployment.events()).toEqual(before);
      expect(before.filter((name) => /FAIL/.test(name))).toEqual([]);
      await deployment.upgrade();
      const second = await deployment.runs(2);
      const [savepoint] = await deployment.savepoints({ origin: 'SUSPEND', state: 'COMPLETED' });
      expect(second.spec.savepointLocation).toBe(savepoint?.spec.savepointLocation);
      expect(second.spec.savepointLocation).toMatch(/\/savepoint-/);
    },
  }),
];

async function finishedInMemory(deployment: Actor): Promise<Actor> {
  await deployment.flink.untilCheckpoint();
  await deployment.flink.finishJob();
  await deployment.state('FINISHED');
  return deployment;
}

interface SeenException {
  readonly reason: string;
  readonly stacktrace: string;
}

/** As many lines as nobody wants to keep. */
const LONG = Array.from({ length: 80 }, (_, i) => `\tat example.Deep.call(Deep.java:${i})`).join('\n');

async function restarts(deployment: Actor, name: string, times: number): Promise<void> {
  for (let i = 1; i <= times; i += 1) await deployment.flink.restartTasks(`${name} ${i}\n${LONG}`);
}

async function untilNewest(
  call: (method: string, path: string) => Promise<{ readonly body: unknown }>,
  deployment: Actor,
  text: string,
): Promise<readonly SeenException[]> {
  const { metadata } = await deployment.job(1);
  const look = async (): Promise<readonly SeenException[]> => {
    const { body } = await call('GET', `/drey/v1/namespaces/default/jobs/${metadata.id}/exceptions`);
    return (body as { readonly items: readonly SeenException[] }).items;
  };
  await expect.poll(async () => (await look())[0]?.reason, { timeout: 60_000 }).toContain(text);
  return look();
}
