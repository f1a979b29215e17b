// Group A, A25: a second edit of the template while the upgrade of the first is on its way.
import { expect } from 'vitest';
import { BOTH_MODES, ONE_REAL, row, SIMULATED } from '../stage/row.ts';
import type { Actor } from '../stage/stage.ts';

const ARGUMENTS = { first: '--version 1', third: '--version 3' };

/** J2 runs v3, nothing ever ran v2, one savepoint was taken, one transition told. */
async function skippedTheSecond(deployment: Actor): Promise<void> {
  const second = await deployment.runs(2);
  const [first] = await deployment.jobs();
  expect(first?.spec.artifact).toMatchObject({ mainArgs: expect.stringContaining(ARGUMENTS.first) });
  expect(second.spec.artifact).toMatchObject({ mainArgs: expect.stringContaining(ARGUMENTS.third) });
  expect(await deployment.jobs()).toHaveLength(2);
  const [savepoint, ...others] = await deployment.savepoints({ origin: 'SUSPEND' });
  expect(others).toEqual([]);
  expect(second.spec.savepointLocation).toBe(savepoint?.spec.savepointLocation);
  await toldOnce(deployment);
}

/** The start of J1 and this upgrade. */
async function toldOnce(deployment: Actor): Promise<void> {
  const names = await deployment.events();
  expect(names.filter((name) => name === 'STATE_TRANSITION_IS_NEEDED')).toHaveLength(2);
  expect(names.filter((name) => name === 'STATE_TRANSITION_IS_COMPLETED')).toHaveLength(2);
}

export const A_SECOND_EDIT = [
  row({
    id: 'A25',
    title: 'a second edit before the savepoint of the first is triggered: J2 is v3, no Job is v2',
    on: SIMULATED,
    play: async (stage) => {
      const deployment = await stage.running('untriggered');
      await deployment.atRest();
      await deployment.flink.setSlots(0);
      await deployment.upgrade();
      await deployment.untilCondition('UpToDate', 'False', 'AWAITING_HEALTHY_JOB');
      await deployment.upgrade();
      await deployment.flink.setSlots(8);
      await skippedTheSecond(deployment);
    },
  }),
  row({
    id: 'A25',
    title: 'a second edit while the savepoint of the first is taken: J2 is v3, no Job is v2',
    on: ONE_REAL,
    modes: BOTH_MODES,
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('taking', { program: { slowSnapshotMs: 2000 }, checkpoints: 'never' });
      if (stage.kind === 'simulated') await deployment.flink.slowSavepoints(1500);
      await deployment.upgrade();
      await deployment.untilEvent('SUCCESSFULLY_TRIGGERED_A_SAVEPOINT');
      await deployment.upgrade();
      await skippedTheSecond(deployment);
    },
  }),
  row({
    id: 'A25',
    title: 'a second edit after the stop and before J2 is made: J2 is v3, no Job is v2',
    on: SIMULATED,
    modes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('stopped');
      await deployment.flink.fault({ method: 'DELETE', path: /^\/jars\//, do: 'answerLate', ms: 2000 });
      await deployment.upgrade();
      await deployment.untilEvent('FOUND_A_COMPLETED_SAVEPOINT_READY_FOR_SUSPENSION');
      expect(await deployment.jobs()).toHaveLength(1);
      await deployment.upgrade();
      await skippedTheSecond(deployment);
    },
  }),
  row({
    id: 'A25',
    title: 'a second edit while no task of J2 ran yet: J2 is ended without a savepoint, J3 is v3 from the same location',
    on: ONE_REAL,
    modes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('starting');
      await deployment.patch({ template: { spec: { parallelism: 20 } } });
      await deployment.untilEvent('AWAITING_A_JOB_TO_START', 2);
      const second = await deployment.job(2);
      await deployment.patch({ template: { spec: { parallelism: 2 } } });
      const third = await deployment.runs(3);
      const [savepoint, ...others] = await deployment.savepoints({ origin: 'SUSPEND' });
      expect(others).toEqual([]);
      expect([second, third].map(({ spec }) => spec.savepointLocation)).toEqual([savepoint?.spec.savepointLocation, savepoint?.spec.savepointLocation]);
      expect((await deployment.job(2)).status.state).toBe('TERMINATED');
      await toldOnce(deployment);
    },
  }),
];
