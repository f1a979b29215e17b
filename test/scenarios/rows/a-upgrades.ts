// Group A: upgrades that go right, and upgrades that cannot.
import { expect } from 'vitest';
import { BOTH_MODES, EVERYWHERE, row } from '../stage/row.ts';

export const A_UPGRADES = [
  row({
    id: 'A1',
    title: 'a stateful upgrade counts on from the savepoint, and tells its story',
    on: EVERYWHERE,
    modes: BOTH_MODES,
    play: async (stage) => {
      const deployment = await stage.running();
      await deployment.flink.untilCheckpoint();
      await deployment.upgrade();
      const second = await deployment.runs(2);
      const [savepoint] = await deployment.savepoints({ origin: 'SUSPEND' });
      expect(second.spec.savepointLocation).toBe(savepoint?.spec.savepointLocation);
      const names = await deployment.events();
      expect(names.slice(names.indexOf('STATE_TRANSITION_IS_NEEDED', 1)).filter((name) => !name.startsWith('AWAIT'))).toEqual([
        'STATE_TRANSITION_IS_NEEDED',
        'USING_AN_UPGRADE_STRATEGY',
        'CREATING_A_SAVEPOINT_BEFORE_SUSPENSION',
        'NEED_TO_TRIGGER_A_SAVEPOINT',
        'SUCCESSFULLY_TRIGGERED_A_SAVEPOINT',
        'TRANSITIONED_TO_COMPLETED',
        'FOUND_A_COMPLETED_SAVEPOINT_READY_FOR_SUSPENSION',
        'FOUND_A_JOB_TO_TERMINATE',
        'CREATING_A_NEW_JOB',
        ...(stage.mode === 'session' ? [] : ['SPINNING_UP_A_CLUSTER_FOR_A_JOB']),
        'JOB_SUCCESSFULLY_STARTED',
        'STATE_TRANSITION_IS_COMPLETED',
      ]);
      if (stage.kind === 'real') expect(await deployment.flink.countRestored()).toBeGreaterThan(0);
    },
  }),
  row({
    id: 'A3',
    title: 'a stateless upgrade takes no savepoint, keeps the checkpoints of J1, and starts from the newest',
    on: EVERYWHERE,
    modes: BOTH_MODES,
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('stateless', { spec: { upgradeStrategy: { kind: 'STATELESS' } } });
      await deployment.flink.takeCheckpoint();
      await deployment.upgrade();
      const second = await deployment.runs(2);
      const first = await deployment.job(1);
      const kept = await deployment.savepoints({ origin: 'RETAINED_CHECKPOINT', state: 'COMPLETED', jobId: first.metadata.id });
      expect(kept.length).toBeGreaterThan(0);
      expect(await deployment.savepoints({ origin: 'SUSPEND' })).toEqual([]);
      expect(first.status.state).toBe('TERMINATED');
      expect(kept.map(({ spec }) => spec.savepointLocation)).toContain(second.spec.savepointLocation);
    },
  }),
  row({
    id: 'A10',
    title: 'a corrected template replaces an upgrade whose job cannot start, from the same savepoint',
    on: EVERYWHERE,
    modes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('corrected');
      await deployment.patch({ template: { spec: { parallelism: 20 } } });
      await deployment.untilEvent('AWAITING_A_JOB_TO_START', 2);
      const second = await deployment.job(2);
      await deployment.patch({ template: { spec: { parallelism: 2 } } });
      const third = await deployment.runs(3);
      expect(await deployment.savepoints({ jobId: second.metadata.id })).toEqual([]);
      expect(third.spec.savepointLocation).toBe(second.spec.savepointLocation);
      expect((await deployment.job(2)).status.state).toBe('TERMINATED');
    },
  }),
  row({
    id: 'A13',
    title: 'a failed savepoint leaves the job running on the old template, up to the limit, and a new edit tries again',
    on: EVERYWHERE,
    modes: BOTH_MODES,
    realModes: ['application'],
    play: async (stage) => {
      const deployment = await stage.running('unsaved');
      await deployment.flink.failSavepoints();
      await deployment.upgrade();
      await deployment.state('FAILED');
      const attempts = await deployment.savepoints({ origin: 'SUSPEND' });
      expect(attempts.map(({ status }) => status.state)).toEqual(['FAILED', 'FAILED', 'FAILED', 'FAILED']);
      const names = await deployment.events();
      expect(names.filter((name) => name === 'TRANSITIONING_TO_FAILED_STATE_BECAUSE_SAVEPOINT_FAILED_IN_FLINK')).toHaveLength(4);
      expect(names.filter((name) => name === 'TOO_MANY_FAILED_SUSPENSION_ATTEMPTS')).toHaveLength(1);
      const first = await deployment.job(1);
      expect(first.status.state).toBe('STARTED');
      expect(await deployment.flink.liveFlinkJobs()).toEqual([first.metadata.id.replaceAll('-', '')]);
      await deployment.flink.mendSavepoints();
      await deployment.upgrade();
      const second = await deployment.runs(2);
      expect(second.spec.savepointLocation).toBe((await deployment.savepoints({ origin: 'SUSPEND', state: 'COMPLETED' }))[0]?.spec.savepointLocation);
    },
  }),
  row({
    id: 'A13',
    title: 'a savepoint that works at last ends the upgrade, and the failed ones are forgotten',
    on: EVERYWHERE,
    realModes: ['session'],
    policy: { firstPauseMs: 1000, longestPauseMs: 1000 },
    play: async (stage) => {
      const deployment = await stage.running('third-time');
      await deployment.flink.failSavepoints();
      await deployment.upgrade();
      await deployment.untilSavepoints('for a failed savepoint', (savepoints) => savepoints.some(({ status }) => status.state === 'FAILED'));
      await deployment.flink.mendSavepoints();
      await deployment.runs(2);
      expect(await deployment.savepoints({ origin: 'SUSPEND', state: 'COMPLETED' })).toHaveLength(1);
      expect(await deployment.events()).not.toContain('TOO_MANY_FAILED_SUSPENSION_ATTEMPTS');
    },
  }),
  row({
    id: 'A18',
    title: 'a job without an operator of its state is not started, the state stays, and allowNonRestoredState lets it go on',
    on: EVERYWHERE,
    modes: BOTH_MODES,
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('smaller', { program: { operators: ['first', 'second'] } });
      await deployment.upgrade({ operators: ['first'] });
      await deployment.state('FAILED');
      const failed = (await deployment.jobs()).slice(1);
      expect(failed.map(({ status }) => status.state)).toEqual(['FAILED', 'FAILED', 'FAILED', 'FAILED']);
      const [savepoint] = await deployment.savepoints({ origin: 'SUSPEND' });
      expect(savepoint?.status.state).toBe('COMPLETED');
      for (const { spec, status } of failed) {
        expect(spec.savepointLocation).toBe(savepoint?.spec.savepointLocation);
        expect(`${status.failure?.reason} ${status.failure?.message}`).toMatch(/[Cc]annot map|allowNonRestoredState/);
      }
      await deployment.patch({ restoreStrategy: { kind: 'LATEST_STATE', allowNonRestoredState: true } });
      const sixth = await deployment.runs(6);
      expect(sixth.spec.savepointLocation).toBe(savepoint?.spec.savepointLocation);
    },
  }),
  row({
    id: 'A23',
    title: 'under upgradeStrategy NONE recovery keeps the template of J1, and only a start by hand takes the new one',
    on: EVERYWHERE,
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('kept', { spec: { upgradeStrategy: { kind: 'NONE' } } });
      await deployment.flink.takeCheckpoint();
      await deployment.upgrade();
      await deployment.untilCondition('UpToDate', 'False', 'UPGRADE_STRATEGY_NONE');
      await deployment.flink.failJob();
      const second = await deployment.runs(2);
      expect(second.spec.artifact).toMatchObject({ mainArgs: expect.stringContaining('--version 1') });
      await deployment.untilCondition('UpToDate', 'False', 'UPGRADE_STRATEGY_NONE');
      await deployment.want('CANCELLED');
      await deployment.state('CANCELLED');
      await deployment.want('RUNNING');
      const third = await deployment.runs(3);
      expect(third.spec.artifact).toMatchObject({ mainArgs: expect.stringContaining('--version 2') });
      await deployment.untilCondition('UpToDate', 'True');
    },
  }),
];
