// Group F: savepoints as resources.
import { expect } from 'vitest';
import { BOTH_MODES, ONE_REAL, row } from '../stage/row.ts';

const SPEC_VERSION = 'com.dataartisans.appmanager.controller.deployment.spec.version';

export const F_SAVEPOINTS = [
  row({
    id: 'F1',
    title: 'a savepoint that a user asks for is COMPLETED while the job goes on',
    on: ONE_REAL,
    modes: BOTH_MODES,
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('asked');
      expect((await deployment.askForSavepoint()).status).toBe(201);
      await deployment.untilSavepoints('for its end', ([asked]) => asked?.status.state === 'COMPLETED');
      await deployment.runs(1);
      const names = await deployment.events();
      for (const name of ['NEED_TO_TRIGGER_A_SAVEPOINT', 'SUCCESSFULLY_TRIGGERED_A_SAVEPOINT', 'TRANSITIONED_TO_COMPLETED'] as const)
        expect(names).toContain(name);
    },
  }),
  row({
    id: 'F1',
    title: 'a savepoint that a user asks for is FAILED when the storage fails, and the job goes on',
    on: ONE_REAL,
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('unlucky');
      await deployment.flink.failSavepoints();
      await deployment.askForSavepoint();
      const [failed] = await deployment.untilSavepoints('for its end', ([asked]) => asked?.status.state === 'FAILED');
      expect(failed?.status.failure?.reason).not.toBe('');
      expect(await deployment.events()).toContain('TRANSITIONING_TO_FAILED_STATE_BECAUSE_SAVEPOINT_FAILED_IN_FLINK');
      await deployment.runs(1);
    },
  }),
  row({
    id: 'F9',
    title: 'the savepoint of an upgrade is listed with J1 and the version of its spec',
    on: ONE_REAL,
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('listed');
      await deployment.upgrade();
      await deployment.runs(2);
      const first = await deployment.job(1);
      const [savepoint] = await deployment.savepoints({ origin: 'SUSPEND' });
      expect(savepoint?.metadata.jobId).toBe(first.metadata.id);
      expect(savepoint?.metadata.annotations[SPEC_VERSION]).toBe('1');
    },
  }),
];
