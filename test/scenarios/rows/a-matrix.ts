// A1: each pair of cells of the upgrade matrix, as rows: what becomes of the old Job, and where the next one starts from.
import { expect } from 'vitest';
import { BOTH_MODES, EVERYWHERE, row, type Row, SIMULATED } from '../stage/row.ts';
import type { Actor, Stage } from '../stage/stage.ts';

const UPGRADES = ['STATELESS', 'STATEFUL'] as const;
const RESTORES = ['NONE', 'LATEST_SAVEPOINT', 'LATEST_STATE'] as const;
type Upgrade = (typeof UPGRADES)[number];
type Restore = (typeof RESTORES)[number];

/** Where J2 starts from when J1 ran. */
const SOURCE: Readonly<Record<Upgrade, Readonly<Record<Restore, 'none' | 'user' | 'suspend' | 'checkpoint'>>>> = {
  STATELESS: { NONE: 'none', LATEST_SAVEPOINT: 'user', LATEST_STATE: 'checkpoint' },
  STATEFUL: { NONE: 'none', LATEST_SAVEPOINT: 'suspend', LATEST_STATE: 'suspend' },
};
const SAID = { none: 'nothing', user: 'the last savepoint', suspend: 'the savepoint of its stop', checkpoint: 'the newest retained checkpoint' };
const ORIGIN = { user: 'USER_REQUEST', suspend: 'SUSPEND', checkpoint: 'RETAINED_CHECKPOINT' } as const;

const strategies = (upgrade: string, restore: string): object => ({ upgradeStrategy: { kind: upgrade }, restoreStrategy: { kind: restore } });

/** A running Deployment with a savepoint of its own and a later checkpoint. */
async function withState(stage: Stage, spec: object): Promise<Actor> {
  const deployment = await stage.running('state', { spec });
  await deployment.flink.untilCheckpoint();
  await deployment.askForSavepoint();
  await deployment.untilSavepoints('for a savepoint', (savepoints) => savepoints.some(({ status }) => status.state === 'COMPLETED'));
  await deployment.flink.takeCheckpoint();
  return deployment;
}

function ofRunningJob(upgrade: Upgrade, restore: Restore): Row {
  const source = SOURCE[upgrade][restore];
  return row({
    id: 'A1',
    title: `a running job, ${upgrade} and ${restore}: J2 starts from ${SAID[source]}`,
    on: EVERYWHERE,
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await withState(stage, strategies(upgrade, restore));
      await deployment.upgrade();
      const second = await deployment.runs(2);
      expect(await deployment.savepoints({ origin: 'SUSPEND' })).toHaveLength(upgrade === 'STATEFUL' ? 1 : 0);
      const possible = source === 'none' ? [] : await deployment.savepoints({ origin: ORIGIN[source], state: 'COMPLETED' });
      const newest = possible.map(({ spec }) => spec.savepointLocation).toSorted(byCheckpoint);
      expect(second.spec.savepointLocation).toBe(newest.at(-1));
      expect(await deployment.flink.restored(2)).toBe(newest.at(-1));
      expect((await deployment.jobs()).map(({ status }) => status.state)).toEqual(['TERMINATED', 'STARTED']);
      expect(await deployment.events()).toContain('USING_AN_UPGRADE_STRATEGY');
    },
  });
}

/** `…/chk-9` before `…/chk-10`. */
function byCheckpoint(a = '', b = ''): number {
  const numberOf = (location: string): number => Number(/chk-(\d+)$/.exec(location)?.[1] ?? 0);
  return numberOf(a) - numberOf(b);
}

function ofFailedJob(upgrade: Upgrade, restore: Restore): Row {
  return row({
    id: 'A1',
    title: `a failed job, ${upgrade} and ${restore}: J2 on the new template, and no savepoint is tried`,
    on: restore === 'LATEST_STATE' ? EVERYWHERE : SIMULATED,
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await withState(stage, { ...strategies(upgrade, restore), maxJobCreationAttempts: 1 });
      await deployment.flink.failJob();
      await deployment.untilJobs('for the end of J1', ([first]) => first?.status.state === 'FAILED');
      await deployment.upgrade();
      await deployment.until('to run another Job', ({ status }) => status.state === 'RUNNING');
      const jobs = await deployment.jobs();
      expect(jobs.at(-1)?.spec.artifact).toMatchObject({ mainArgs: expect.stringContaining('--version 2') });
      const source = jobs.at(-1)?.spec.savepointLocation;
      expect(source).toEqual(
        { NONE: undefined, LATEST_SAVEPOINT: expect.stringMatching(/\/savepoint-/), LATEST_STATE: expect.stringMatching(/\/chk-\d+$/) }[restore],
      );
      expect(await deployment.savepoints({ origin: 'SUSPEND' })).toEqual([]);
    },
  });
}

const ofFinishedJob = (upgrade: Upgrade): Row =>
  row({
    id: 'A1',
    title: `a finished job, ${upgrade}: J2, a new run`,
    on: EVERYWHERE,
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('bounded', { spec: { upgradeStrategy: { kind: upgrade } } });
      await deployment.flink.finishJob();
      await deployment.state('FINISHED');
      await deployment.upgrade();
      const second = await deployment.runs(2);
      expect(second.spec.savepointLocation).toBeUndefined();
      expect(await deployment.savepoints({ origin: 'SUSPEND' })).toEqual([]);
    },
  });

/** In a session cluster of eight slots it waits for the ninth. */
const ofWaitingJob = (upgrade: Upgrade): Row =>
  row({
    id: 'A1',
    title: `a job of which no task ran yet, ${upgrade}: it is ended without a savepoint`,
    on: EVERYWHERE,
    modes: ['session'],
    play: async (stage) => {
      const deployment = await stage.deploy('waiting', { spec: { upgradeStrategy: { kind: upgrade } }, template: { parallelism: 20 } });
      await deployment.untilEvent('AWAITING_A_JOB_TO_START');
      await deployment.patch({ template: { spec: { parallelism: 1 } } });
      await deployment.runs(2);
      expect((await deployment.job(1)).status.state).toBe('TERMINATED');
      expect(await deployment.savepoints()).toEqual([]);
    },
  });

const untouched = row({
  id: 'A1',
  title: 'a running job, NONE: nothing happens to it',
  on: EVERYWHERE,
  modes: BOTH_MODES,
  realModes: ['session'],
  play: async (stage) => {
    const deployment = await stage.running('none', { spec: { upgradeStrategy: { kind: 'NONE' } } });
    const before = await deployment.events();
    await deployment.upgrade();
    await deployment.untilCondition('UpToDate', 'False', 'UPGRADE_STRATEGY_NONE');
    expect(await deployment.events()).toEqual(before);
    await deployment.runs(1);
    expect(await deployment.jobs()).toHaveLength(1);
  },
});

export const A_MATRIX: readonly Row[] = [
  ...UPGRADES.flatMap((upgrade) => RESTORES.map((restore) => ofRunningJob(upgrade, restore))),
  ...UPGRADES.flatMap((upgrade) => RESTORES.map((restore) => ofFailedJob(upgrade, restore))),
  ...UPGRADES.map(ofFinishedJob),
  ...UPGRADES.map(ofWaitingJob),
  untouched,
];
