// Group A: upgrades of a job that is not well, and news that come too late.
import { expect } from 'vitest';
import { ONE_REAL, row, SIMULATED } from '../stage/row.ts';
import type { Actor } from '../stage/stage.ts';
import { untilSeen } from '../stage/waiting.ts';

const PATIENCE = { limitMs: 60_000, everyMs: 100 };

/** Nothing of the upgrade has begun. */
async function waitsForHealth(deployment: Actor): Promise<void> {
  await deployment.untilCondition('UpToDate', 'False', 'AWAITING_HEALTHY_JOB');
  const [first, ...others] = await deployment.jobs();
  expect([first?.status.state, others]).toEqual(['STARTED', []]);
  expect(await deployment.savepoints()).toEqual([]);
}

async function upgradedFromItsSavepoint(deployment: Actor): Promise<void> {
  const second = await deployment.runs(2);
  const [savepoint, ...others] = await deployment.savepoints();
  expect(others).toEqual([]);
  expect(savepoint).toMatchObject({ metadata: { origin: 'SUSPEND' }, status: { state: 'COMPLETED' } });
  expect(second.spec.savepointLocation).toBe(savepoint?.spec.savepointLocation);
  expect(await deployment.events()).toEqual(expect.arrayContaining(['USING_AN_UPGRADE_STRATEGY', 'CREATING_A_SAVEPOINT_BEFORE_SUSPENSION']));
}

export const A_UNHEALTHY = [
  row({
    id: 'A15',
    title: 'a job that restarts is not upgraded before all its tasks run again; no savepoint is tried meanwhile',
    on: SIMULATED,
    modes: ['application', 'session'],
    play: async (stage) => {
      const deployment = await stage.running('restarting');
      await deployment.atRest();
      await deployment.flink.setSlots(0);
      await deployment.upgrade();
      await waitsForHealth(deployment);
      expect(await deployment.flink.calls('POST', /\/(stop|savepoints)$/)).toBe(0);
      await deployment.flink.setSlots(8);
      await upgradedFromItsSavepoint(deployment);
    },
  }),
  row({
    id: 'A15',
    title: 'a job whose JobManager does not answer is not upgraded before it does; no savepoint is tried meanwhile',
    on: ONE_REAL,
    play: async (stage) => {
      const deployment = await stage.running('silent', { checkpoints: 'never' });
      await deployment.flink.silence('hangs');
      await deployment.upgrade();
      await waitsForHealth(deployment);
      await deployment.flink.speak();
      await upgradedFromItsSavepoint(deployment);
    },
  }),
  row({
    id: 'A15',
    title: 'a job that fails while its upgrade waits is replaced on the new template from the newest state',
    on: SIMULATED,
    play: async (stage) => {
      const deployment = await stage.running('fails', { checkpoints: 'never' });
      await deployment.flink.takeCheckpoint();
      await deployment.atRest();
      await deployment.flink.setSlots(0);
      await deployment.upgrade();
      await waitsForHealth(deployment);
      await deployment.flink.failJob();
      const second = await deployment.runs(2);
      expect(second.spec.artifact).toMatchObject({ mainArgs: expect.stringContaining('--version 2') });
      expect(second.spec.savepointLocation).toMatch(/\/chk-1$/);
      expect((await deployment.job(1)).status.state).toBe('FAILED');
      expect(await deployment.savepoints({ origin: 'SUSPEND' })).toEqual([]);
    },
  }),
  row({
    id: 'A8',
    title: 'the end of J1 that is told late says nothing about J2, which is still starting',
    on: SIMULATED,
    modes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('late', { spec: { upgradeStrategy: { kind: 'STATELESS' } } });
      await deployment.patch({ template: { spec: { parallelism: 20 } } });
      await deployment.untilEvent('AWAITING_A_JOB_TO_START', 2);
      const first = (await deployment.job(1)).metadata.id.replaceAll('-', '');
      const before = await deployment.events();
      const asked = () => deployment.flink.calls('GET', /^\/jobs\/overview$/);
      const sofar = await asked();
      for (let i = 0; i < 2; i += 1) await deployment.flink.fault({ method: 'GET', path: /^\/jobs\/overview$/, do: 'answerLate', ms: 1500 });
      // The watch asks its next question when it has the answer to this one.
      await untilSeen(PATIENCE, { what: 'for two rounds after the late ones', look: asked, accepts: (count) => count >= sofar + 4 });
      expect(await deployment.events()).toEqual(before);
      expect((await deployment.jobs()).map(({ status }) => status.state)).toEqual(['TERMINATED', 'STARTING']);
      expect(await deployment.flink.liveFlinkJobs()).not.toContain(first);
      await deployment.flink.setSlots(20);
      await deployment.runs(2);
      expect(await deployment.jobs()).toHaveLength(2);
    },
  }),
];
