// Group C: checkpoints that are not there or have no address, and exceptions by the dozen.
import { expect } from 'vitest';
import { BOTH_MODES, ONE_REAL, row, type Row, SIMULATED } from '../stage/row.ts';
import type { Actor, Stage } from '../stage/stage.ts';

export const C_PROGRESS: readonly Row[] = [
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
      await untilNewest(stage, deployment, 'known 30');
      await restarts(deployment, 'new', 20);
      const found = await untilNewest(stage, deployment, 'new 20');
      expect(found.map(({ reason }) => reason)).toEqual(Array.from({ length: 10 }, (_, i) => expect.stringContaining(`new ${20 - i}`)));
      for (const { stacktrace } of found) expect(stacktrace.split('\n').length).toBeLessThanOrEqual(50);
      await deployment.flink.restartTasks('one more');
      const [last, ...older] = await untilNewest(stage, deployment, 'one more');
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

async function untilNewest(stage: Stage, deployment: Actor, text: string): Promise<readonly SeenException[]> {
  const { metadata } = await deployment.job(1);
  const look = async (): Promise<readonly SeenException[]> => {
    const { body } = await stage.platform.call('GET', `/drey/v1/namespaces/default/jobs/${metadata.id}/exceptions`);
    return (body as unknown as { readonly items: readonly SeenException[] }).items;
  };
  return stage.until(`for the exception "${text}"`, look, ([newest]) => newest?.reason.includes(text) === true);
}
