// Group A: what an edit is an upgrade of, what it waits for, and what it does not touch.
import { expect } from 'vitest';
import { EVERYWHERE, ONE_REAL, row, SIMULATED } from '../stage/row.ts';
import type { Actor } from '../stage/stage.ts';
import { takesSavepoint } from './a-foretold.ts';

const SPEC_VERSION = 'com.dataartisans.appmanager.controller.deployment.spec.version';
const STRATEGIES = ['NONE', 'STATELESS', 'STATEFUL'] as const;

const versionOf = async (deployment: Actor): Promise<string | undefined> => (await deployment.get()).metadata.annotations[SPEC_VERSION];

export const A_EDITS = [
  row({
    id: 'A11',
    title: 'the very first job cannot start, and the corrected template runs without state',
    on: EVERYWHERE,
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await stage.deploy('first', { program: { throwsInMain: true } });
      await deployment.untilJobs('for a Job that failed', ([first]) => first?.status.state === 'FAILED');
      await deployment.upgrade({ throwsInMain: false });
      await deployment.state('RUNNING');
      const jobs = await deployment.jobs();
      expect(jobs.map(({ spec }) => spec.savepointLocation)).toEqual(jobs.map(() => undefined));
      expect(jobs.at(-1)?.status.state).toBe('STARTED');
      expect(jobs.at(-1)?.spec.artifact).toMatchObject({ mainArgs: expect.stringContaining('--version 2') });
    },
  }),
  row({
    id: 'A11',
    title: 'the very first job was given up, and the corrected template runs without state as J2',
    on: ONE_REAL,
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await stage.deploy('given-up', { program: { throwsInMain: true }, spec: { maxJobCreationAttempts: 1 } });
      await deployment.state('FAILED');
      await deployment.upgrade({ throwsInMain: false });
      expect((await deployment.runs(2)).spec.savepointLocation).toBeUndefined();
    },
  }),
  row({
    id: 'A14',
    title: 'a savepoint that a user asked for ends before the upgrade takes its own',
    on: ONE_REAL,
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('busy', { program: { slowSnapshotMs: 4000 }, checkpoints: 'never' });
      if (stage.kind === 'simulated') await deployment.flink.slowSavepoints(15_000);
      await deployment.askForSavepoint();
      await deployment.untilEvent('SUCCESSFULLY_TRIGGERED_A_SAVEPOINT');
      await deployment.upgrade({ slowSnapshotMs: 0 });
      await deployment.untilCondition('UpToDate', 'False', 'AWAITING_SAVEPOINT');
      if (stage.kind === 'simulated') await deployment.flink.slowSavepoints(100);
      const second = await deployment.runs(2);
      const savepoints = await deployment.savepoints();
      expect(savepoints.map(({ metadata, status }) => [metadata.origin, status.state])).toEqual([
        ['USER_REQUEST', 'COMPLETED'],
        ['SUSPEND', 'COMPLETED'],
      ]);
      expect(second.spec.savepointLocation).toBe(savepoints.at(-1)?.spec.savepointLocation);
      const names = await deployment.events();
      expect(names.indexOf('TRANSITIONED_TO_COMPLETED')).toBeLessThan(names.indexOf('CREATING_A_SAVEPOINT_BEFORE_SUSPENSION'));
    },
  }),
  row({
    id: 'A17',
    title: 'STATEFUL with restore NONE: accepted with a warning, a savepoint is taken, J2 starts without state, and all of that is told',
    on: ONE_REAL,
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('discarded', { spec: { restoreStrategy: { kind: 'NONE' } } });
      await deployment.flink.untilCheckpoint();
      const { headers } = await deployment.patch({ template: { spec: { parallelism: 2 } } });
      expect(headers.get('warning')).toContain('restoreStrategy NONE');
      const second = await deployment.runs(2);
      expect(second.spec.savepointLocation).toBeUndefined();
      expect(await deployment.flink.restored(2)).toBeUndefined();
      expect((await deployment.savepoints({ origin: 'SUSPEND' })).map(({ status }) => status.state)).toEqual(['COMPLETED']);
      const creations = (await deployment.happenings()).filter(({ name }) => name === 'CREATING_A_NEW_JOB');
      expect(creations.at(-1)?.message).toContain('STATE_DISCARDED_BY_STRATEGY');
      await deployment.untilCondition('StateSafe', 'False', 'STATE_DISCARDED_BY_STRATEGY');
    },
  }),
  row({
    id: 'A17',
    title: 'STATEFUL with restore NONE and drey.dev/require-state: J1 goes on, and no savepoint is taken',
    on: ONE_REAL,
    realModes: ['session'],
    play: async (stage) => {
      const spec = { restoreStrategy: { kind: 'NONE' } };
      const deployment = await stage.running('kept', { spec, annotations: { 'drey.dev/require-state': 'true' } });
      await deployment.flink.untilCheckpoint();
      await takesSavepoint(deployment);
      await deployment.upgrade();
      await deployment.untilCondition('UpToDate', 'False', 'STATE_WOULD_BE_DISCARDED');
      const [first, ...others] = await deployment.jobs();
      expect([first?.status.state, others]).toEqual(['STARTED', []]);
      expect(await deployment.savepoints({ origin: 'SUSPEND' })).toEqual([]);
      expect(await deployment.flink.liveFlinkJobs()).toHaveLength(1);
    },
  }),
  row({
    id: 'A20',
    title: 'edits of metadata, strategies and limits move nothing, and an equal spec is no new version',
    on: SIMULATED,
    modes: ['application', 'session'],
    play: async (stage) => {
      const deployment = await stage.running('relabelled');
      const before = await deployment.events();
      const first = await versionOf(deployment);
      const { spec, metadata } = await deployment.get();
      for (const again of [() => deployment.ask('PATCH', '', { spec }), () => deployment.ask('PUT', '', { metadata: { labels: metadata.labels }, spec })]) {
        expect((await again()).status).toBe(200);
        expect(await versionOf(deployment)).toBe(first);
      }
      const edits = [
        { metadata: { labels: { team: 'a' }, annotations: { note: 'b' }, displayName: 'Another name' } },
        ...STRATEGIES.map((kind) => ({ spec: { upgradeStrategy: { kind } } })),
        ...['NONE', 'LATEST_SAVEPOINT', 'LATEST_STATE'].map((kind) => ({ spec: { restoreStrategy: { kind } } })),
        { spec: { maxJobCreationAttempts: 7, maxSavepointCreationAttempts: 9 } },
        { spec: { jobFailureExpirationTime: '10 min' } },
      ];
      for (const edit of edits) expect(await deployment.ask('PATCH', '', edit)).toMatchObject({ status: 200, body: { status: { state: 'RUNNING' } } });
      // Whatever those edits moved would have happened before this savepoint was taken.
      const { id } = (await takesSavepoint(deployment)).metadata;
      const told = (await deployment.happenings()).filter(({ savepointId }) => savepointId !== id);
      expect(told.map(({ name }) => name)).toEqual(before);
      await deployment.runs(1);
      expect(await deployment.jobs()).toHaveLength(1);
      await deployment.untilCondition('UpToDate', 'True');
    },
  }),
  ...STRATEGIES.map((kind) =>
    row({
      id: 'A24',
      title: `upgradeStrategy ${kind} changes nothing about suspending and cancelling: the one takes a savepoint, the other none`,
      on: ONE_REAL,
      realModes: ['session'],
      play: async (stage) => {
        const deployment = await stage.running('ends', { spec: { upgradeStrategy: { kind } } });
        await deployment.want('SUSPENDED');
        await deployment.state('SUSPENDED');
        const [savepoint, ...others] = await deployment.savepoints({ origin: 'SUSPEND' });
        expect([savepoint?.status.state, others]).toEqual(['COMPLETED', []]);
        await deployment.want('RUNNING');
        expect((await deployment.runs(2)).spec.savepointLocation).toBe(savepoint?.spec.savepointLocation);
        await deployment.want('CANCELLED');
        await deployment.state('CANCELLED');
        expect(await deployment.savepoints({ origin: 'SUSPEND' })).toHaveLength(1);
        expect((await deployment.jobs()).map(({ status }) => status.state)).toEqual(['TERMINATED', 'TERMINATED']);
        expect(await deployment.flink.liveFlinkJobs()).toEqual([]);
      },
    }),
  ),
];
