// Group A: jobs whose checkpoints are not kept, and what is told of that before and after.
import { expect } from 'vitest';
import { ONE_REAL, row, SIMULATED } from '../stage/row.ts';
import type { Actor, Stage } from '../stage/stage.ts';
import { ANOTHER, foretoldWith, LOOKS_OFTEN, reasonsOf, takesSavepoint } from './a-foretold.ts';

const RETENTION = 'execution.checkpointing.externalized-checkpoint-retention';
const STATELESS = { upgradeStrategy: { kind: 'STATELESS' } };
const ADDS_RETENTION = { template: { spec: { flinkConfiguration: { [RETENTION]: 'RETAIN_ON_CANCELLATION' } } } };

/** A running job that discards its checkpoints when it is cancelled, after one checkpoint. */
async function unretained(stage: Stage, annotations: Readonly<Record<string, string>> = {}): Promise<Actor> {
  const configuration = { [RETENTION]: 'DELETE_ON_CANCELLATION' };
  const deployment = await stage.running('unretained', { spec: STATELESS, configuration, annotations, checkpoints: 'never' });
  await deployment.flink.takeCheckpoint();
  return deployment;
}

export const A_RETENTION = [
  row({
    id: 'A2',
    title: 'an edit that adds retention does not keep the checkpoints of J1: J2 starts from the last savepoint',
    on: ONE_REAL,
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await unretained(stage);
      const savepoint = await takesSavepoint(deployment);
      await deployment.flink.takeCheckpoint();
      await deployment.patch(ADDS_RETENTION);
      const second = await deployment.runs(2);
      expect(second.spec.savepointLocation).toBe(savepoint.spec.savepointLocation);
      expect((await deployment.savepoints()).map(({ metadata }) => metadata.origin)).toEqual(['USER_REQUEST']);
      expect((await deployment.job(1)).status.state).toBe('TERMINATED');
    },
  }),
  row({
    id: 'A2',
    title: 'an edit that adds retention, and there is no savepoint: J2 starts without state, and that is told before and after',
    on: ONE_REAL,
    realModes: ['session'],
    policy: LOOKS_OFTEN,
    play: async (stage) => {
      const deployment = await unretained(stage);
      await deployment.untilCondition('StateSafe', 'False', 'CHECKPOINTS_NOT_RETAINED');
      const plan = await foretoldWith(deployment, ADDS_RETENTION, ({ warnings }) => reasonsOf(warnings).includes('CHECKPOINTS_NOT_RETAINED'));
      expect(plan.restore).toBeNull();
      expect(plan.stateSafe.after).toMatchObject({ status: 'False', reason: 'CHECKPOINTS_NOT_RETAINED' });
      await deployment.patch(ADDS_RETENTION);
      const second = await deployment.runs(2);
      expect(second.spec.savepointLocation).toBeUndefined();
      expect(await deployment.savepoints()).toEqual([]);
      const creations = (await deployment.happenings()).filter(({ name }) => name === 'CREATING_A_NEW_JOB');
      expect(creations.at(-1)?.message).toContain('CHECKPOINTS_NOT_RETAINED');
      await deployment.untilCondition('StateSafe', 'False', 'CHECKPOINTS_NOT_RETAINED');
    },
  }),
  row({
    id: 'A2',
    title: 'with drey.dev/require-state J1 is not stopped for a successor that would start without state',
    on: ONE_REAL,
    realModes: ['session'],
    policy: LOOKS_OFTEN,
    play: async (stage) => {
      const deployment = await unretained(stage, { 'drey.dev/require-state': 'true' });
      await deployment.untilCondition('StateSafe', 'False', 'CHECKPOINTS_NOT_RETAINED');
      await foretoldWith(deployment, ADDS_RETENTION, ({ blocks }) => reasonsOf(blocks).includes('NO_RESTORE_SOURCE'));
      await deployment.patch(ADDS_RETENTION);
      await deployment.untilCondition('UpToDate', 'False', 'NO_RESTORE_SOURCE');
      const [first, ...others] = await deployment.jobs();
      expect([first?.status.state, others]).toEqual(['STARTED', []]);
      expect(await deployment.flink.liveFlinkJobs()).toHaveLength(1);
    },
  }),
  row({
    id: 'A21',
    title: 'LATEST_STATE without retention is no more than LATEST_SAVEPOINT, and that is shown beforehand',
    on: ONE_REAL,
    realModes: ['session'],
    policy: LOOKS_OFTEN,
    play: async (stage) => {
      const deployment = await stage.running('silently', { spec: STATELESS, configuration: { [RETENTION]: 'NO_EXTERNALIZED_CHECKPOINTS' } });
      await deployment.untilCondition('StateSafe', 'False');
      const savepoint = await takesSavepoint(deployment);
      await deployment.flink.takeCheckpoint();
      await deployment.untilCondition('StateSafe', 'False', 'NO_RETAINED_CHECKPOINTS');
      const plan = await foretoldWith(deployment, ANOTHER, ({ restore }) => restore !== null);
      expect(plan.restore).toMatchObject({ savepointId: savepoint.metadata.id, origin: 'USER_REQUEST', location: savepoint.spec.savepointLocation });
      expect(plan.restore?.ageSeconds).toBeGreaterThanOrEqual(0);
      expect(plan.stateSafe.before).toMatchObject({ status: 'False', reason: 'NO_RETAINED_CHECKPOINTS' });
      await deployment.upgrade();
      expect((await deployment.runs(2)).spec.savepointLocation).toBe(savepoint.spec.savepointLocation);
      await deployment.flink.failJob();
      expect((await deployment.runs(3)).spec.savepointLocation).toBe(savepoint.spec.savepointLocation);
    },
  }),
  row({
    id: 'A22',
    title: 'STATELESS with LATEST_SAVEPOINT: J2 starts from a savepoint two hours old, and the plan showed that two hours come again',
    on: SIMULATED,
    play: async (stage) => {
      const deployment = await stage.running('old', { spec: { ...STATELESS, restoreStrategy: { kind: 'LATEST_SAVEPOINT' } } });
      const savepoint = await takesSavepoint(deployment);
      await deployment.flink.takeCheckpoint();
      const { store } = stage.platform.deps;
      const id = savepoint.metadata.id as never;
      await store.transaction(async (tx) => store.savepoints.change(tx, id, { capturedAt: (await store.now(tx)) - 2 * 3_600_000 }));
      const { restore } = await foretoldWith(deployment, ANOTHER, (plan) => plan.restore !== null);
      expect(restore).toMatchObject({ savepointId: savepoint.metadata.id, origin: 'USER_REQUEST' });
      expect(Math.floor((restore?.ageSeconds ?? 0) / 3600)).toBe(2);
      await deployment.upgrade();
      expect((await deployment.runs(2)).spec.savepointLocation).toBe(savepoint.spec.savepointLocation);
      const taken = (await deployment.savepoints()).filter(({ metadata }) => metadata.origin !== 'RETAINED_CHECKPOINT');
      expect(taken.map(({ metadata }) => metadata.id)).toEqual([savepoint.metadata.id]);
    },
  }),
  row({
    id: 'A6',
    title: 'without a maximum state age a stateless upgrade uses the newest checkpoint however old it is, and the plan shows its age',
    on: ONE_REAL,
    realModes: ['session'],
    policy: LOOKS_OFTEN,
    play: async (stage) => {
      const deployment = await stage.running('aging', { spec: STATELESS, checkpoints: 'never' });
      await deployment.flink.takeCheckpoint();
      const taken = Date.now();
      await deployment.untilCondition('StateSafe', 'True', 'CHECKPOINTS_RETAINED');
      await deployment.until('to have old state', () => Date.now() - taken > 3000);
      const { restore } = await foretoldWith(deployment, ANOTHER, (plan) => plan.restore !== null);
      const age = restore?.ageSeconds ?? 0;
      expect(restore?.origin).toBe('RETAINED_CHECKPOINT');
      expect(age).toBeGreaterThanOrEqual(3);
      expect(age).toBeLessThanOrEqual(Math.ceil((Date.now() - taken) / 1000) + 2);
      await deployment.upgrade();
      expect((await deployment.runs(2)).spec.savepointLocation).toMatch(/\/chk-\d+$/);
      expect(await deployment.savepoints({ origin: 'SUSPEND' })).toEqual([]);
    },
  }),
];
