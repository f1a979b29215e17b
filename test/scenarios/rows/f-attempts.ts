// Group F: savepoints that fail again and again, and a job that ends under one.
import { expect } from 'vitest';
import { BOTH_MODES, ONE_REAL, row, type Row, SIMULATED } from '../stage/row.ts';
import { untilSeen } from '../stage/waiting.ts';

/** Pauses of 100, 200, 400, 800, 800 … ms, each up to a fifth shorter; in a test nobody waits for a minute. */
const PAUSES = { firstPauseMs: 100, longestPauseMs: 800 };
const FAILS = [1, 3, 9, 10];
const LIMIT = 10;

const failsSoOften = (times: number): Row =>
  row({
    id: 'F2',
    title: `suspends in spite of ${times} failed savepoints of ${LIMIT} allowed${times === LIMIT ? ': no, then it is FAILED and its job runs on' : ''}`,
    on: SIMULATED,
    policy: PAUSES,
    play: async (stage) => {
      const deployment = await stage.running('suspends', { spec: { maxSavepointCreationAttempts: LIMIT } });
      await deployment.flink.failSavepoints(times);
      await deployment.want('SUSPENDED');
      await deployment.state(times === LIMIT ? 'FAILED' : 'SUSPENDED');
      const attempts = await deployment.savepoints({ origin: 'SUSPEND' });
      expect(attempts.map(({ status }) => status.state)).toEqual([...Array<string>(times).fill('FAILED'), ...(times === LIMIT ? [] : ['COMPLETED'])]);
      for (const [i, { metadata }] of attempts.slice(1).entries()) {
        const nominal = Math.min(PAUSES.firstPauseMs * 2 ** i, PAUSES.longestPauseMs);
        const paused = Date.parse(metadata.createdAt) - Date.parse(attempts[i]?.status.failure?.failedAt ?? '');
        expect(paused, `pause ${i + 1}`).toBeGreaterThanOrEqual(nominal * 0.8 - 1);
      }
      const given = (await deployment.events()).filter((name) => name === 'TOO_MANY_FAILED_SUSPENSION_ATTEMPTS');
      expect(given).toHaveLength(times === LIMIT ? 1 : 0);
      expect(await deployment.flink.liveFlinkJobs()).toHaveLength(times === LIMIT ? 1 : 0);
    },
  });

export const F_ATTEMPTS: readonly Row[] = [
  ...FAILS.map(failsSoOften),
  row({
    id: 'F3',
    title: 'the job fails under a savepoint that a user asked for: that is FAILED, and J2 starts from the newest checkpoint',
    on: SIMULATED,
    modes: BOTH_MODES,
    play: async (stage) => {
      const deployment = await stage.running('fails');
      await deployment.flink.untilCheckpoint();
      await deployment.flink.slowSavepoints(2000);
      await deployment.askForSavepoint();
      await deployment.untilEvent('SUCCESSFULLY_TRIGGERED_A_SAVEPOINT');
      await deployment.flink.failJob();
      const second = await deployment.runs(2);
      expect((await deployment.savepoints({ origin: 'USER_REQUEST' })).map(({ status }) => status.state)).toEqual(['FAILED']);
      expect((await deployment.job(1)).status.state).toBe('FAILED');
      expect(second.spec.savepointLocation).toMatch(/\/chk-\d+$/);
    },
  }),
  row({
    id: 'F3',
    title: 'the JobManager dies under a savepoint that a user asked for, before it is complete: that is FAILED, and J2 starts from the newest checkpoint',
    on: ONE_REAL,
    play: async (stage) => {
      const deployment = await stage.running('dies', { program: { slowSnapshotMs: 3000 } });
      await deployment.flink.untilCheckpoint();
      if (stage.kind === 'simulated') await deployment.flink.slowSavepoints(60_000);
      await deployment.askForSavepoint();
      await deployment.untilEvent('SUCCESSFULLY_TRIGGERED_A_SAVEPOINT');
      await deployment.flink.killEverything();
      const second = await deployment.runs(2);
      const [asked] = await deployment.savepoints({ origin: 'USER_REQUEST' });
      expect(asked?.status.state).toBe('FAILED');
      expect(await deployment.events()).toContain('TRANSITIONING_TO_FAILED_STATE_BECAUSE_OF_A_MISSING_JOB');
      expect(second.spec.savepointLocation).toMatch(/\/chk-\d+$/);
    },
  }),
  row({
    id: 'F3',
    title:
      'the JobManager dies after a savepoint that a user asked for is written, and before anybody asks: its directory proves it COMPLETED, and J2 starts from it',
    on: SIMULATED,
    play: async (stage) => {
      const deployment = await stage.running('written', { checkpoints: 'never' });
      await deployment.flink.fault({ method: 'GET', path: /\/savepoints\//, do: '503', times: Infinity });
      await deployment.askForSavepoint();
      await deployment.untilEvent('SUCCESSFULLY_TRIGGERED_A_SAVEPOINT');
      const [asked] = await deployment.savepoints({ origin: 'USER_REQUEST' });
      await writtenTo(stage, asked?.spec.savepointLocation ?? '');
      await deployment.flink.killJobManager();
      const second = await deployment.runs(2);
      const [completed] = await deployment.savepoints({ origin: 'USER_REQUEST' });
      expect(completed?.status.state).toBe('COMPLETED');
      expect(second.spec.savepointLocation).toBe(completed?.spec.savepointLocation);
    },
  }),
];

/** Waits until a complete savepoint lies in this directory. */
async function writtenTo({ platform }: Parameters<Row['play']>[0], directory: string): Promise<void> {
  const { storage } = platform.deps.flink;
  const found = () => storage.findSavepoint(directory);
  await untilSeen({ limitMs: 20_000, everyMs: 50 }, { what: `for a savepoint in ${directory}`, look: found, accepts: (seen) => seen !== undefined });
}
