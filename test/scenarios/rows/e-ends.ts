// Group E: suspend, cancel, delete, finish.
import { expect } from 'vitest';
import { BOTH_MODES, ONE_REAL, row, type Row } from '../stage/row.ts';

const suspends = (restore: 'NONE' | 'LATEST_SAVEPOINT' | 'LATEST_STATE'): Row =>
  row({
    id: 'E1',
    title: `is suspended with a savepoint, and resumes under ${restore} ${restore === 'NONE' ? 'without state' : 'from it'}`,
    on: ONE_REAL,
    modes: restore === 'LATEST_STATE' ? BOTH_MODES : ['application'],
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('rests', { spec: { restoreStrategy: { kind: restore } } });
      await deployment.want('SUSPENDED');
      await deployment.state('SUSPENDED');
      const [savepoint, ...others] = await deployment.savepoints({ origin: 'SUSPEND' });
      expect(others).toEqual([]);
      expect(savepoint?.status.state).toBe('COMPLETED');
      expect((await deployment.job(1)).status.state).toBe('TERMINATED');
      expect(await deployment.flink.liveFlinkJobs()).toEqual([]);
      await deployment.want('RUNNING');
      const second = await deployment.runs(2);
      expect(second.spec.savepointLocation).toBe(restore === 'NONE' ? undefined : savepoint?.spec.savepointLocation);
    },
  });

export const E_ENDS: readonly Row[] = [
  suspends('NONE'),
  suspends('LATEST_SAVEPOINT'),
  suspends('LATEST_STATE'),
  row({
    id: 'E2',
    title: 'created SUSPENDED it rests at once without a Job, and its first start is empty',
    on: ONE_REAL,
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await stage.deploy('asleep', { spec: { state: 'SUSPENDED' } });
      await deployment.state('SUSPENDED');
      expect(await deployment.jobs()).toEqual([]);
      await deployment.want('RUNNING');
      expect((await deployment.runs(1)).spec.savepointLocation).toBeUndefined();
    },
  }),
  row({
    id: 'E2',
    title: 'created SUSPENDED with a registered Savepoint it starts from that one',
    on: ONE_REAL,
    realModes: ['session'],
    play: async (stage) => {
      const donor = await stage.running('donor');
      const location = await donor.flink.stopFromOutside();
      const deployment = await stage.deploy('copy', { spec: { state: 'SUSPENDED' } });
      await deployment.state('SUSPENDED');
      await deployment.askForSavepoint({ savepointLocation: location, flinkSavepointId: '00000000-0000-0000-0000-000000000000' });
      await deployment.want('RUNNING');
      expect((await deployment.runs(1)).spec.savepointLocation).toBe(location);
    },
  }),
  row({
    id: 'E6',
    title: 'is not deleted while RUNNING, TRANSITIONING or FAILED with a Job that still runs',
    on: ONE_REAL,
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('in-use', { spec: { maxSavepointCreationAttempts: 1 } });
      expect((await deployment.ask('DELETE')).status).toBe(409);
      await deployment.flink.failSavepoints();
      await deployment.upgrade();
      await deployment.state('FAILED');
      expect((await deployment.ask('DELETE')).status).toBe(409);
      expect((await deployment.job(1)).status.state).toBe('STARTED');
      await deployment.flink.mendSavepoints();
    },
  }),
  row({
    id: 'E6',
    title: 'is deleted when SUSPENDED, with its Jobs, and nothing of it is left running',
    on: ONE_REAL,
    modes: BOTH_MODES,
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('gone');
      await deployment.want('SUSPENDED');
      await deployment.state('SUSPENDED');
      const first = await deployment.job(1);
      expect((await deployment.ask('DELETE')).status).toBe(200);
      expect((await deployment.ask('GET')).status).toBe(404);
      expect((await stage.platform.call('GET', `jobs/${first.metadata.id}`)).status).toBe(404);
    },
  }),
  row({
    id: 'E6',
    title: 'is deleted when CANCELLED, and when it never started',
    on: ONE_REAL,
    realModes: ['session'],
    play: async (stage) => {
      const cancelled = await stage.running('cancelled');
      await cancelled.want('CANCELLED');
      await cancelled.state('CANCELLED');
      const fresh = await stage.deploy('fresh', { spec: { state: 'CANCELLED' } });
      await fresh.state('CANCELLED');
      for (const deployment of [cancelled, fresh]) {
        expect((await deployment.ask('DELETE')).status).toBe(200);
        expect((await deployment.ask('GET')).status).toBe(404);
      }
    },
  }),
  row({
    id: 'E11',
    title: 'a job that finishes by itself ends FINISHED, and leaves nothing running',
    on: ONE_REAL,
    modes: BOTH_MODES,
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await stage.deploy('bounded', { program: { endsAfterMs: 300 } });
      await deployment.state('FINISHED');
      expect((await deployment.jobs()).map(({ status }) => status.state)).toEqual(['FINISHED']);
      expect(await deployment.events()).toContain('TRANSITIONED_TO_FINISHED_STATE');
      expect(await deployment.flink.liveFlinkJobs()).toEqual([]);
    },
  }),
];
