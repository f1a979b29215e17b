// Group A: state that should be there and is not, or cannot be looked for.
import { expect } from 'vitest';
import { ONE_REAL, row, SIMULATED, type Row } from '../stage/row.ts';
import type { Actor, Stage } from '../stage/stage.ts';
import { ANOTHER, foretoldWith, LOOKS_OFTEN } from './a-foretold.ts';

/** A running job of which drey knows one checkpoint. */
async function withCheckpoint(stage: Stage, spec: object = {}): Promise<Actor> {
  const deployment = await stage.running('lost', { spec, checkpoints: 'never' });
  await deployment.flink.takeCheckpoint();
  await deployment.untilCondition('StateSafe', 'True', 'CHECKPOINTS_RETAINED');
  return deployment;
}

async function failsClosed(deployment: Actor): Promise<void> {
  await deployment.state('FAILED');
  const [first, ...others] = await deployment.jobs();
  expect(others).toEqual([]);
  const failures = (await deployment.happenings()).filter(({ name }) => name === 'GENERAL_FAILURE');
  expect(failures).toHaveLength(1);
  const message = failures[0]?.message ?? '';
  expect(message).toMatch(/^MANUAL_RESTORE_REQUIRED/);
  expect(message).toContain(`${first?.metadata.id.replaceAll('-', '')}/chk-1`);
  expect(message).toMatch(/Register a Savepoint.*NONE/);
  await deployment.untilCondition('StateSafe', 'False', 'MANUAL_RESTORE_REQUIRED');
}

const WAYS: Readonly<Record<string, { readonly real: boolean; readonly end: (deployment: Actor) => Promise<void> }>> = {
  'its JobManager was killed': { real: true, end: ({ flink }) => flink.killJobManager() },
  'every process was killed': { real: false, end: ({ flink }) => flink.killEverything() },
  'its JobManager lives and the job failed': { real: true, end: ({ flink }) => flink.failJob() },
  'its JobManager lives and somebody cancelled the job': { real: false, end: ({ flink }) => flink.cancelFromOutside() },
  'its JobManager did not answer before it was killed': {
    real: false,
    end: async (deployment) => {
      await deployment.flink.silence('refuses');
      await deployment.untilCondition('ClusterUnreachable', 'True');
      await deployment.flink.killJobManager();
    },
  },
};

const unreadable = Object.entries(WAYS).map(
  ([what, { real, end }]): Row =>
    row({
      id: 'A7',
      title: `a checkpoint was recorded and none can be found, ${what}: nothing is started, and both ways out are told`,
      on: real ? ONE_REAL : SIMULATED,
      policy: LOOKS_OFTEN,
      play: async (stage) => {
        const deployment = await withCheckpoint(stage);
        await deployment.flink.removeCheckpoints();
        await end(deployment);
        await failsClosed(deployment);
      },
    }),
);

export const A_LOST_STATE: readonly Row[] = [
  ...unreadable,
  row({
    id: 'A7',
    title: 'a checkpoint that only the watch saw counts as recorded: when it cannot be found nothing is started',
    on: SIMULATED,
    play: async (stage) => {
      const deployment = await stage.running('seen', { checkpoints: 'never' });
      await deployment.flink.takeCheckpoint();
      const stateless = { upgradeStrategy: { kind: 'STATELESS' }, ...ANOTHER };
      await foretoldWith(deployment, stateless, ({ restore }) => restore !== null);
      await deployment.flink.removeCheckpoints();
      await deployment.flink.killJobManager();
      await failsClosed(deployment);
    },
  }),
  row({
    id: 'A7',
    title: 'both ways out of a lost state: a registered location is restored, and restoreStrategy NONE starts without state',
    on: SIMULATED,
    policy: LOOKS_OFTEN,
    breaks: ['neverEmpty'],
    play: async (stage) => {
      const donor = await stage.running('donor');
      await donor.want('SUSPENDED');
      await donor.state('SUSPENDED');
      const savepointLocation = (await donor.savepoints({ origin: 'SUSPEND' }))[0]?.spec.savepointLocation;
      const [registering, discarding] = [await withCheckpoint(stage, { maxJobCreationAttempts: 3 }), await withCheckpoint(stage)];
      for (const deployment of [registering, discarding]) {
        await deployment.flink.removeCheckpoints();
        await deployment.flink.failJob();
        await failsClosed(deployment);
      }
      expect((await registering.askForSavepoint({ savepointLocation, flinkSavepointId: registering.id })).status).toBe(201);
      await registering.patch({ maxJobCreationAttempts: 4 });
      expect((await registering.runs(2)).spec.savepointLocation).toBe(savepointLocation);
      await discarding.patch({ restoreStrategy: { kind: 'NONE' } });
      expect((await discarding.runs(2)).spec.savepointLocation).toBeUndefined();
    },
  }),
  row({
    id: 'A7',
    title: 'storage that cannot be read is not empty: TRANSITIONING until it can, then J2 starts from the checkpoint',
    on: SIMULATED,
    policy: LOOKS_OFTEN,
    play: async (stage) => {
      const deployment = await withCheckpoint(stage);
      await deployment.flink.hideCheckpoints();
      await deployment.flink.killJobManager();
      await deployment.untilEvent('TERMINATING_A_JOB_DUE_TO_AN_UNRECOVERABLE_FAILURE');
      expect([(await deployment.get()).status.state, await deployment.jobs()]).toEqual(['TRANSITIONING', [expect.anything()]]);
      await deployment.flink.showCheckpoints();
      expect((await deployment.runs(2)).spec.savepointLocation).toMatch(/\/chk-1$/);
    },
  }),
  row({
    id: 'A9',
    title: 'the data of the planned source was removed: four Jobs fail on that location with Flink’s words, and none starts without it',
    on: ONE_REAL,
    realModes: ['session'],
    modes: ['application', 'session'],
    play: async (stage) => {
      const deployment = await stage.running('removed');
      await deployment.flink.untilCheckpoint();
      await deployment.want('SUSPENDED');
      await deployment.state('SUSPENDED');
      const location = (await deployment.savepoints({ origin: 'SUSPEND' }))[0]?.spec.savepointLocation ?? '';
      await deployment.flink.removeData(location);
      await deployment.want('RUNNING');
      await deployment.state('FAILED');
      const failed = (await deployment.jobs()).slice(1);
      expect(failed.map(({ status }) => status.state)).toEqual(['FAILED', 'FAILED', 'FAILED', 'FAILED']);
      for (const { spec, status } of failed) {
        expect(spec.savepointLocation).toBe(location);
        expect(`${status.failure?.reason} ${status.failure?.message}`).toMatch(/Cannot find (checkpoint or savepoint|meta data) file\/directory/);
      }
      expect((await deployment.events()).filter((name) => name === 'TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS')).toHaveLength(1);
    },
  }),
  row({
    id: 'A12',
    title: 'the cluster of J1 is removed by hand and the template changes: J2 on the new template from the newest checkpoint',
    on: ONE_REAL,
    policy: LOOKS_OFTEN,
    play: async (stage) => {
      const deployment = await withCheckpoint(stage);
      const second = await replacedAfterRemoval(deployment, () => deployment.runs(2));
      expect(second.spec.artifact).toMatchObject({ mainArgs: expect.stringContaining('--version 2') });
      const first = await deployment.job(1);
      expect(first.status.state).toBe('FAILED');
      const [kept, ...others] = await deployment.savepoints();
      expect(others).toEqual([]);
      expect(kept?.metadata).toMatchObject({ origin: 'RETAINED_CHECKPOINT', jobId: first.metadata.id });
      expect(second.spec.savepointLocation).toBe(kept?.spec.savepointLocation);
    },
  }),
  row({
    id: 'A12',
    title: 'the cluster of J1 is removed by hand together with its checkpoints and the template changes: nothing is started',
    on: SIMULATED,
    policy: LOOKS_OFTEN,
    play: async (stage) => {
      const deployment = await withCheckpoint(stage);
      await deployment.flink.removeCheckpoints();
      await replacedAfterRemoval(deployment, () => failsClosed(deployment));
      expect(await deployment.savepoints()).toEqual([]);
    },
  }),
];

/** Nobody can notice the removal before the edit: the JobManager is silent until then. */
async function replacedAfterRemoval<T>(deployment: Actor, then: () => Promise<T>): Promise<T> {
  await deployment.flink.silence('hangs');
  await deployment.upgrade();
  await deployment.flink.killEverything();
  return then();
}
