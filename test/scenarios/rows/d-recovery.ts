// Group D: jobs that fail, and how they come back.
import { expect } from 'vitest';
import { BOTH_MODES, ONE_REAL, row, SIMULATED } from '../stage/row.ts';

const NO_RESTARTS = { 'restart-strategy.type': 'none' };

export const D_RECOVERY = [
  row({
    id: 'D1',
    title: 'a JobManager killed while RUNNING: J2 starts from the newest checkpoint',
    on: ONE_REAL,
    play: async (stage) => {
      const deployment = await stage.running('killed');
      await deployment.flink.takeCheckpoint();
      await deployment.flink.killJobManager();
      const second = await deployment.runs(2);
      const first = await deployment.job(1);
      expect(first.status.state).toBe('FAILED');
      expect(second.spec.savepointLocation).toMatch(/\/chk-\d+$/);
      expect(second.spec.savepointLocation).toContain(first.metadata.id.replaceAll('-', ''));
      expect(await deployment.events()).toContain('TERMINATING_A_JOB_DUE_TO_AN_UNRECOVERABLE_FAILURE');
    },
  }),
  row({
    id: 'D1',
    title: 'every process of the job killed at once: J2 starts from the newest checkpoint',
    on: ONE_REAL,
    play: async (stage) => {
      const deployment = await stage.running('wiped');
      await deployment.flink.takeCheckpoint();
      await deployment.flink.killEverything();
      expect((await deployment.runs(2)).spec.savepointLocation).toMatch(/\/chk-\d+$/);
    },
  }),
  row({
    id: 'D3',
    title: 'a job that dies after each start before a checkpoint is given up after four Jobs',
    on: ONE_REAL,
    modes: BOTH_MODES,
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await stage.deploy('loop', { program: { crashesAfterMs: 200 }, checkpoints: 'never', configuration: NO_RESTARTS });
      await deployment.state('FAILED');
      const jobs = await deployment.jobs();
      expect(jobs.map(({ status }) => status.state)).toEqual(['FAILED', 'FAILED', 'FAILED', 'FAILED']);
      for (const { status } of jobs) expect(status.failure?.reason).not.toBe('');
      const names = await deployment.events();
      const count = (wanted: string): number => names.filter((name) => name === wanted).length;
      expect(count('TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS')).toBe(1);
      expect(count('TERMINATING_A_JOB_DUE_TO_AN_UNRECOVERABLE_FAILURE')).toBe(4);
      expect(count('FAILED_CREATING_A_NEW_JOB')).toBe(4);
    },
  }),
  row({
    id: 'D4',
    title: 'a job that dies before its first own checkpoint leaves its source to the next one',
    on: ONE_REAL,
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('early', { checkpoints: 'never' });
      await deployment.upgrade();
      const second = await deployment.runs(2);
      expect(second.spec.savepointLocation).toMatch(/\/savepoint-/);
      await deployment.flink.failJob();
      expect((await deployment.runs(3)).spec.savepointLocation).toBe(second.spec.savepointLocation);
    },
  }),
  row({
    id: 'D5',
    title: 'TaskManagers killed: Flink restarts the tasks by itself, and no Job is spent',
    on: ONE_REAL,
    play: async (stage) => {
      const deployment = await stage.running('restarts');
      await deployment.flink.takeCheckpoint();
      await deployment.flink.killTaskManagers();
      await deployment.untilJobs('for one restart', ([first]) => (first?.status.started?.observedFlinkJobRestarts ?? 0) >= 1);
      await deployment.runs(1);
      expect(await deployment.jobs()).toHaveLength(1);
    },
  }),
  row({
    id: 'D11',
    title: 'main() throws: each Job says so, and a corrected template runs',
    on: ONE_REAL,
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await stage.deploy('throws', { program: { throwsInMain: true }, spec: { maxJobCreationAttempts: 2 } });
      await deployment.state('FAILED');
      for (const { status } of await deployment.jobs()) expect(`${status.failure?.reason} ${status.failure?.message}`).toContain('main() was told to throw');
      await deployment.upgrade({ throwsInMain: false });
      await deployment.runs(3);
    },
  }),
  row({
    id: 'D12',
    title: 'a bounded job that fails goes on from its checkpoint, and finishes',
    on: ONE_REAL,
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('bounded');
      await deployment.flink.takeCheckpoint();
      await deployment.flink.failJob();
      expect((await deployment.runs(2)).spec.savepointLocation).toMatch(/\/chk-\d+$/);
      await deployment.flink.finishJob();
      await deployment.state('FINISHED');
      expect(await deployment.events()).toContain('TRANSITIONED_TO_FINISHED_STATE');
    },
  }),
  row({
    id: 'D14',
    title: 'somebody cancels the job in Flink: J1 is TERMINATED, J2 starts from the newest state',
    on: ONE_REAL,
    modes: BOTH_MODES,
    play: async (stage) => {
      const deployment = await stage.running('cancelled-outside');
      await deployment.flink.takeCheckpoint();
      await deployment.flink.cancelFromOutside();
      const second = await deployment.runs(2);
      expect((await deployment.job(1)).status.state).toBe('TERMINATED');
      expect(second.spec.savepointLocation).toMatch(/\/chk-\d+$/);
      expect(await deployment.events()).toContain('FOUND_A_STOPPED_JOB_AND_WILL_TERMINATE_IT');
    },
  }),
  row({
    id: 'D14',
    title: 'somebody stops the job with a savepoint of his own: it is registered, and J2 starts from it',
    on: ONE_REAL,
    modes: BOTH_MODES,
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('stopped-outside');
      const location = await deployment.flink.stopFromOutside();
      const second = await deployment.runs(2);
      expect((await deployment.job(1)).status.state).toBe('TERMINATED');
      expect(second.spec.savepointLocation).toBe(location);
      expect((await deployment.savepoints({ state: 'COMPLETED' })).map(({ spec }) => spec.savepointLocation)).toContain(location);
    },
  }),
  row({
    id: 'D14',
    title: 'somebody stops the job with a savepoint while Flink repeats statistics from before: it is registered all the same, and J2 starts from it',
    on: SIMULATED,
    modes: ['session'],
    play: async (stage) => {
      const sessionClusterName = await stage.externalCluster('repeats', { 'web.refresh-interval': '3 s' });
      const deployment = await stage.running('stopped-unseen', { spec: { sessionClusterName }, checkpoints: 'never' });
      const location = await deployment.flink.stopFromOutside();
      expect((await deployment.runs(2)).spec.savepointLocation).toBe(location);
      expect((await deployment.job(1)).status.state).toBe('TERMINATED');
    },
  }),
];
