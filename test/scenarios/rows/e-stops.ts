// Group E: what becomes of a wish to stop when there is no job, something is under way, or nobody answers.
import { expect } from 'vitest';
import { BOTH_MODES, ONE_REAL, row, type Row, SIMULATED } from '../stage/row.ts';
import type { Actor } from '../stage/stage.ts';

/** Longer than any test waits: whoever waits for it fails. */
const NEVER_MS = 600_000;
const SLOW_MS = 1500;
const FORCE_MS = 1000;

const endIn = (how: 'FINISHED' | 'FAILED', deployment: Actor): Promise<void> =>
  how === 'FINISHED' ? deployment.flink.finishJob() : deployment.flink.failJob();

const suspendsWithState = (how: 'FINISHED' | 'FAILED'): Row =>
  row({
    id: 'E3',
    title: `${how}, with a completed Savepoint: it is SUSPENDED, and the next start is from that`,
    on: ONE_REAL,
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('ended', { spec: { maxJobCreationAttempts: 1 } });
      await deployment.askForSavepoint();
      await deployment.untilSavepoints('for a savepoint', (savepoints) => savepoints.some(({ status }) => status.state === 'COMPLETED'));
      await endIn(how, deployment);
      await deployment.state(how);
      await deployment.want('SUSPENDED');
      await deployment.state('SUSPENDED');
      expect(await deployment.events()).toContain('COULD_NOT_FIND_A_JOB_TO_SUSPEND');
      expect(await deployment.savepoints({ origin: 'SUSPEND' })).toEqual([]);
      const sources = (await deployment.savepoints({ state: 'COMPLETED' })).map(({ spec }) => spec.savepointLocation);
      await deployment.want('RUNNING');
      expect(sources).toContain((await deployment.runs(2)).spec.savepointLocation);
    },
  });

export const E_STOPS: readonly Row[] = [
  suspendsWithState('FINISHED'),
  suspendsWithState('FAILED'),
  row({
    id: 'E3',
    title: 'FINISHED, without any Savepoint: it is FAILED, and says that there is nothing to suspend',
    on: ONE_REAL,
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('bounded', { checkpoints: 'off' });
      await deployment.flink.finishJob();
      await deployment.state('FINISHED');
      await deployment.want('SUSPENDED');
      await deployment.state('FAILED');
      expect((await deployment.events()).filter((name) => name === 'COULD_NOT_FIND_A_JOB_TO_SUSPEND')).toHaveLength(1);
      expect(await deployment.jobs()).toHaveLength(1);
    },
  }),
  row({
    id: 'E3',
    title: 'FAILED at its very first start, without any Savepoint: it stays FAILED, and says that there is nothing to suspend',
    on: SIMULATED,
    play: async (stage) => {
      const deployment = await stage.deploy('never', { program: { throwsInMain: true }, spec: { maxJobCreationAttempts: 1 }, mode: 'session' });
      await deployment.state('FAILED');
      await deployment.want('SUSPENDED');
      await deployment.untilEvent('COULD_NOT_FIND_A_JOB_TO_SUSPEND');
      await deployment.state('FAILED');
      expect(await deployment.jobs()).toHaveLength(1);
    },
  }),
  row({
    id: 'E4',
    title: 'is CANCELLED at once while a savepoint that a user asked for is under way, which is FAILED then',
    on: SIMULATED,
    modes: BOTH_MODES,
    play: async (stage) => {
      const deployment = await stage.running('asked');
      await deployment.flink.slowSavepoints(NEVER_MS);
      await deployment.askForSavepoint();
      await deployment.untilEvent('SUCCESSFULLY_TRIGGERED_A_SAVEPOINT');
      await deployment.want('CANCELLED');
      await deployment.state('CANCELLED');
      expect((await deployment.savepoints({ origin: 'USER_REQUEST' })).map(({ status }) => status.state)).toEqual(['FAILED']);
      expect(await deployment.events()).toContain('TRANSITIONING_TO_FAILED_STATE_BECAUSE_OF_A_MISSING_JOB');
      expect(await deployment.flink.liveFlinkJobs()).toEqual([]);
    },
  }),
  row({
    id: 'E4',
    title: 'to be CANCELLED while a suspension is under way, that one is not undone: its Savepoint is COMPLETED if Flink says so',
    on: SIMULATED,
    modes: BOTH_MODES,
    play: async (stage) => {
      const deployment = await stage.running('suspending');
      await deployment.flink.slowSavepoints(SLOW_MS);
      await deployment.want('SUSPENDED');
      await deployment.untilEvent('SUCCESSFULLY_TRIGGERED_A_SAVEPOINT');
      await deployment.want('CANCELLED');
      await deployment.state('CANCELLED');
      expect((await deployment.savepoints({ origin: 'SUSPEND' })).map(({ status }) => status.state)).toEqual(['COMPLETED']);
      expect((await deployment.jobs()).map(({ status }) => status.state)).toEqual(['TERMINATED']);
    },
  }),
  row({
    id: 'E4',
    title: 'to be CANCELLED while a suspension is under way whose job dies: its Savepoint is FAILED',
    on: SIMULATED,
    play: async (stage) => {
      const deployment = await stage.running('dying');
      await deployment.flink.slowSavepoints(NEVER_MS);
      await deployment.want('SUSPENDED');
      await deployment.untilEvent('SUCCESSFULLY_TRIGGERED_A_SAVEPOINT');
      await deployment.want('CANCELLED');
      await deployment.flink.killJobManager();
      await deployment.state('CANCELLED');
      expect((await deployment.savepoints({ origin: 'SUSPEND' })).map(({ status }) => status.state)).toEqual(['FAILED']);
      expect(await deployment.events()).toContain('TRANSITIONING_TO_FAILED_STATE_BECAUSE_OF_A_MISSING_JOB');
    },
  }),
  row({
    id: 'E4',
    title: 'a suspension whose savepoint completes before the cancel is a COMPLETED Savepoint of the cancelled Deployment',
    on: ONE_REAL,
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('completes');
      await deployment.want('SUSPENDED');
      await deployment.untilEvent('TRANSITIONED_TO_COMPLETED');
      await deployment.want('CANCELLED');
      await deployment.state('CANCELLED');
      expect((await deployment.savepoints({ origin: 'SUSPEND' })).map(({ status }) => status.state)).toEqual(['COMPLETED']);
      expect((await deployment.job(1)).status.state).toBe('TERMINATED');
    },
  }),
  row({
    id: 'E5',
    title: 'to be CANCELLED while its JobManager is silent it is TRANSITIONING, and CANCELLED once that answers again',
    on: ONE_REAL,
    play: async (stage) => {
      const deployment = await stage.running('silent');
      await deployment.flink.silence();
      await deployment.want('CANCELLED');
      await deployment.untilCondition('ClusterUnreachable', 'True');
      await deployment.state('TRANSITIONING');
      expect((await deployment.job(1)).status.state).not.toBe('TERMINATED');
      await deployment.flink.speak();
      await deployment.state('CANCELLED');
      expect((await deployment.job(1)).status.state).toBe('TERMINATED');
      expect(await deployment.flink.liveFlinkJobs()).toEqual([]);
    },
  }),
  row({
    id: 'E5',
    title: 'to be CANCELLED while its JobManager is silent for the force time, its cluster is removed',
    on: ONE_REAL,
    policy: { forceAfterMs: FORCE_MS },
    play: async (stage) => {
      const deployment = await stage.running('forced');
      await deployment.flink.silence();
      await deployment.want('CANCELLED');
      await deployment.state('CANCELLED');
      const { metadata, status } = await deployment.job(1);
      expect(status.state).toBe('TERMINATED');
      const sighting = await stage.platform.deps.flink.local.observe({ kind: 'job', jobId: metadata.id as never });
      expect(sighting.kind).toBe('gone');
      expect((await deployment.happenings()).filter(({ name }) => name === 'FOUND_A_JOB_TO_TERMINATE')).toHaveLength(1);
    },
  }),
];
