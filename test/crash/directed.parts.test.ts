// Rows B1, B2, B3 and B8: a worker is killed -9 where it hurts most, or replaced by one of a newer build, and what has to hold then is
// said here in full. That it holds at every other point as well is kill-points.parts.test.ts.
import { copyFile, appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { type DeploymentId, toFlinkJobId } from '../../domain/ids.ts';
import type { EventName } from '../../domain/event.ts';
import type { Job } from '../../domain/job.ts';
import { assertInvariants, type Records } from '../fixtures/check-invariants.ts';
import { startPostgres, type TestPostgres } from '../fixtures/postgres.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { type CrashLab, type Mode, startCrashLab } from './crash-lab.ts';
import { heldAtOnce } from './kill-everywhere.ts';
import { FIRST_START, prepare, runs, STATEFUL_UPGRADE, SUSPENSION, type Transition } from './transitions.ts';
import type { Point } from './worker-orders.ts';

const builds = temporaryFolder();
let postgres: TestPostgres;
let lab: CrashLab;

function openLab(mode: Mode): void {
  beforeAll(async () => {
    postgres = await startPostgres();
    lab = await startCrashLab({ mode, databaseUrl: postgres.url });
  });
  afterEach(() => lab.killWorkers());
  afterAll(async () => {
    await lab.stop();
    await postgres.stop();
  });
}

/** Goes through the transition up to the point, dies there, and is found settled after another worker took over. `look` sees what is left behind. */
async function killedAt(transition: Transition, point: Point, look: (records: Records) => void): Promise<Records> {
  const name = `killed-${transition.title}-at-${point.activity}`.toLowerCase().replaceAll(' ', '-');
  const ids = await heldAtOnce(lab, await lab.startWorker(), { transition, names: new Map([[name, point]]) });
  await lab.killWorkers();
  const id = ids.get(name) as DeploymentId;
  look(await lab.records(id));
  await lab.startWorker();
  const records = await lab.untilSettled(id, transition.isOver);
  await assertInvariants(lab.platform.store, id, lab.sims());
  return records;
}

const times = ({ events }: Records, wanted: EventName): number => events.filter(({ name }) => name === wanted).length;
const lifeOf = (job: Job | undefined): string | undefined => (job === undefined ? undefined : lab.simOf(job.id).job(toFlinkJobId(job.id)).status);

describe.each(['application', 'session'] as const)('a worker killed in %s mode', (mode) => {
  openLab(mode);

  it('B1 after Flink accepted the submit and before that was recorded: the job is recognised by its id', async () => {
    const after = await killedAt(FIRST_START, { activity: 'submitJob', nth: 1, at: 'after-effect' }, ({ jobs: [job] }) => {
      expect(job?.submit).toBe('OPEN');
      expect(lifeOf(job)).toBeDefined();
    });
    expect(after.jobs.map(({ state, submit, openCalls }) => [state, submit, openCalls])).toEqual([['STARTED', 'ACCEPTED', expect.any(Number)]]);
    expect(times(after, 'JOB_SUCCESSFULLY_STARTED')).toBe(1);
    expect(times(after, 'FAILED_CREATING_A_NEW_JOB')).toBe(0);
    expect(lab.sims().flatMap((sim) => sim.everyJob()).filter(({ order }) => after.jobs.some(({ id }) => toFlinkJobId(id) === order.id))).toHaveLength(1);
  }, 120_000);

  it('B2 after the stop and before the new Job is recorded: the new Job starts from the savepoint of that stop', async () => {
    const after = await killedAt(STATEFUL_UPGRADE, { activity: 'tearDown', nth: 1, at: 'begin' }, ({ jobs, savepoints }) => {
      expect(jobs).toHaveLength(1);
      expect(lifeOf(jobs[0])).toBe('FINISHED');
      expect(savepoints.map(({ origin, state }) => `${origin} ${state}`)).toEqual(['SUSPEND COMPLETED']);
    });
    expect(after.jobs.map(({ state }) => state)).toEqual(['STARTED', 'TERMINATED']);
    expect(after.savepoints).toHaveLength(1);
    expect(after.jobs[0]?.restore?.location).toBe(after.savepoints[0]?.location);
    expect(after.deployment.status.state).toBe('RUNNING');
  }, 120_000);

  it.each([STATEFUL_UPGRADE, SUSPENSION])(
    'B3 while the stop of $title is in progress: its savepoint completes under the one trigger id',
    async (transition) => {
      const slow: Transition = {
        ...transition,
        ask: async (_, asked) => {
          const [job] = (await lab.records(asked.id)).jobs;
          lab.simOf((job as Job).id).slowSavepoints(4000);
          await transition.ask?.(lab, asked);
        },
      };
      const after = await killedAt(slow, { activity: 'stopWithSavepoint', nth: 1, at: 'after-effect' }, ({ jobs, savepoints }) => {
        expect(lifeOf(jobs[0])).toBe('RUNNING');
        expect(savepoints.map(({ origin, state }) => `${origin} ${state}`)).toEqual(['SUSPEND STARTED']);
      });
      const old = after.jobs.at(-1) as Job;
      lab.simOf(old.id).slowSavepoints(20);
      const stops = lab.simOf(old.id).calls('POST', new RegExp(`^/jobs/${toFlinkJobId(old.id)}/stop$`));
      expect(new Set(stops.map(({ body }) => body['triggerId'])).size).toBe(1);
      expect(after.savepoints.map(({ origin, state }) => `${origin} ${state}`)).toEqual(['SUSPEND COMPLETED']);
      if (transition === STATEFUL_UPGRADE) expect(after.jobs[0]?.restore?.location).toBe(after.savepoints[0]?.location);
    },
    120_000,
  );
});

/** The same workflows in other bytes, as every release has them. */
async function anotherBuild(): Promise<string> {
  const path = join(builds, 'workflows-of-the-next-release.js');
  await copyFile(inject('workflowBundle'), path);
  await appendFile(path, '\n// another build\n');
  return path;
}

describe('a new version of the product', () => {
  openLab('application');

  const isRunning = (records: Records): boolean => runs(records, 1);
  const inState =
    (state: string) =>
    ({ deployment }: Records): boolean =>
      deployment.status.state === state;

  /** One Deployment in each state that lasts. */
  async function oneOfEach(): Promise<ReadonlyMap<string, DeploymentId>> {
    const ids = new Map<string, DeploymentId>();
    for (const state of ['RUNNING', 'SUSPENDED', 'CANCELLED']) {
      const id = await prepare(lab, { ...FIRST_START, from: state === 'SUSPENDED' ? 'SUSPENDED' : 'RUNNING' }, state.toLowerCase());
      if (state === 'CANCELLED') await lab.patch('cancelled', { state });
      ids.set(state, id);
    }
    ids.set('FAILED', await lab.create('failed', { maxJobCreationAttempts: 1 }, { jarUri: 'file:///nowhere/job.jar' }));
    for (const [state, id] of ids) await lab.untilSettled(id, state === 'RUNNING' ? isRunning : inState(state));
    return ids;
  }

  const kept = ({ deployment, jobs, savepoints, events }: Records): object => ({
    state: deployment.status.state,
    jobs: jobs.map(({ id, state, restore, submit, end }) => ({ id, state, restore, submit, end })),
    savepoints: savepoints.map(({ id, state, location }) => ({ id, state, location })),
    events: events.map(({ id, name }) => `${id} ${name}`),
  });

  it('B8 changes no Deployment that is RUNNING, SUSPENDED, CANCELLED or FAILED, and the suspended one restores what it had', async () => {
    await lab.startWorker();
    const ids = await oneOfEach();
    const before = new Map<string, Records>();
    for (const [state, id] of ids) before.set(state, await lab.records(id));
    await lab.killWorkers();
    await lab.startWorker({ workflowBundle: await anotherBuild() });
    for (const [state, id] of ids) {
      await lab.nudge(id);
      const after = await lab.untilSettled(id, ({ deployment }) => deployment.intentVersion > (before.get(state) as Records).deployment.intentVersion);
      expect(kept(after), state).toEqual(kept(before.get(state) as Records));
      await assertInvariants(lab.platform.store, id, lab.sims());
    }
    const suspended = before.get('SUSPENDED') as Records;
    await lab.patch('suspended', { state: 'RUNNING' });
    const resumed = await lab.untilSettled(suspended.deployment.id, (records) => runs(records, 2));
    expect(resumed.jobs[0]?.restore?.location).toBe(suspended.savepoints.find(({ origin }) => origin === 'SUSPEND')?.location);
    expect(resumed.jobs[0]?.restore?.location).toBeDefined();
    await assertInvariants(lab.platform.store, suspended.deployment.id, lab.sims());
  }, 180_000);
});
