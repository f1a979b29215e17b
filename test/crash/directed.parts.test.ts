// Rows B1, B2, B3 and B8: a worker is killed -9 where it hurts most, or replaced by one of a newer build, and what has to hold then is
// said here in full. That it holds at every other point as well is kill-points.parts.test.ts.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { type DeploymentId, toFlinkJobId, toTriggerId } from '../../domain/ids.ts';
import type { EventName } from '../../domain/event.ts';
import type { Job } from '../../domain/job.ts';
import type { Savepoint } from '../../domain/savepoint.ts';
import { assertInvariants, type Records } from '../fixtures/check-invariants.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import type { CrashLab } from './crash-lab.ts';
import { held } from './kill-everywhere.ts';
import { FIRST_START, prepare, runs, STATEFUL_UPGRADE, SUSPENSION, type Transition } from './transitions.ts';
import { withCrashLab } from './with-crash-lab.ts';
import type { Point } from './worker-orders.ts';

const builds = temporaryFolder();
let lab: CrashLab;

interface Death {
  readonly transition: Transition;
  readonly point: Point;
}

const SLOW_STOP = { activity: 'stopWithSavepoint', nth: 1, at: 'after-effect' };

/** By the name of the Deployment. */
const DEATHS: Readonly<Record<'submit' | 'between' | 'upgrade' | 'suspension', Death>> = {
  submit: { transition: FIRST_START, point: { activity: 'submitJob', nth: 1, at: 'after-effect' } },
  between: { transition: STATEFUL_UPGRADE, point: { activity: 'tearDown', nth: 1, at: 'begin' } },
  upgrade: { transition: withSlowStop(STATEFUL_UPGRADE), point: SLOW_STOP },
  suspension: { transition: withSlowStop(SUSPENSION), point: SLOW_STOP },
};

function withSlowStop(transition: Transition): Transition {
  return {
    ...transition,
    ask: async (_, asked) => {
      const { jobs } = await lab.records(asked.id);
      for (const { id } of jobs) lab.simOf(id).slowSavepoints(6000);
      await transition.ask?.(lab, asked);
    },
  };
}

const times = ({ events }: Records, wanted: EventName): number => events.filter(({ name }) => name === wanted).length;
const kinds = ({ savepoints }: Records): readonly string[] => savepoints.map(({ origin, state }) => `${origin} ${state}`);

describe.each(['application', 'session'] as const)('a worker killed in %s mode', (mode) => {
  withCrashLab(mode, (own) => (lab = own));
  const ids = new Map<string, DeploymentId>();
  /** As the dead worker left them. */
  const left = new Map<string, Records>();
  const lives = new Map<string, string | undefined>();

  /** All of a group are killed by the same kill, each at its own point. Slow stops come last: in session mode they slow every stop. */
  beforeAll(async () => {
    await killWhileHeld(['submit', 'between']);
    await killWhileHeld(['upgrade', 'suspension']);
    await lab.startWorker();
  }, 240_000);

  async function killWhileHeld(names: readonly (keyof typeof DEATHS)[]): Promise<void> {
    const transitions = new Map(names.map((name) => [name, DEATHS[name].transition]));
    const holdAt = new Map(names.map((name) => [name, DEATHS[name].point]));
    const group = await held(lab, await lab.startWorker(), { transitions, holdAt });
    await lab.killWorkers();
    for (const [name, id] of group) {
      const records = await lab.records(id);
      ids.set(name, id);
      left.set(name, records);
      for (const job of records.jobs) lives.set(name, lab.simOf(job.id).job(toFlinkJobId(job.id)).status);
    }
  }

  async function endOf(name: keyof typeof DEATHS): Promise<Records> {
    const id = ids.get(name) as DeploymentId;
    const records = await lab.untilSettled(id, DEATHS[name].transition.isOver);
    await assertInvariants(lab.platform.store, id, lab.sims());
    return records;
  }

  it('B1 after Flink accepted the submit and before that was recorded: the job is recognised by its id', async () => {
    const { jobs: before } = left.get('submit') as Records;
    expect([before.map(({ submit }) => submit), lives.has('submit')]).toEqual([['OPEN'], true]);
    const after = await endOf('submit');
    expect(after.jobs.map(({ id, state, submit }) => [id, state, submit])).toEqual([[before[0]?.id, 'STARTED', 'ACCEPTED']]);
    expect([times(after, 'JOB_SUCCESSFULLY_STARTED'), times(after, 'FAILED_CREATING_A_NEW_JOB')]).toEqual([1, 0]);
    const inFlink = lab.sims().flatMap((sim) => sim.everyJob());
    expect(inFlink.filter(({ order }) => after.jobs.some(({ id }) => toFlinkJobId(id) === order.id))).toHaveLength(1);
  }, 120_000);

  it('B2 after the stop and before the new Job is recorded: the new Job starts from the savepoint of that stop', async () => {
    const before = left.get('between') as Records;
    expect([before.jobs.length, lives.get('between'), kinds(before)]).toEqual([1, 'FINISHED', ['SUSPEND COMPLETED']]);
    const after = await endOf('between');
    expect(after.jobs.map(({ state }) => state)).toEqual(['STARTED', 'TERMINATED']);
    expect(after.savepoints).toHaveLength(1);
    expect(after.jobs[0]?.restore?.location).toBe(after.savepoints[0]?.location);
    expect(after.deployment.status.state).toBe('RUNNING');
  }, 120_000);

  it.each(['upgrade', 'suspension'] as const)(
    'B3 while the stop of an %s is in progress: its savepoint completes, Flink saw one trigger id',
    async (name) => {
      const before = left.get(name) as Records;
      expect([before.jobs.length, lives.get(name), kinds(before)]).toEqual([1, 'RUNNING', ['SUSPEND STARTED']]);
      const after = await endOf(name);
      expect(kinds(after)).toEqual(['SUSPEND COMPLETED']);
      const old = after.jobs.at(-1) as Job;
      const stops = lab.simOf(old.id).calls('POST', new RegExp(`^/jobs/${toFlinkJobId(old.id)}/stop$`));
      expect([...new Set(stops.map(({ body }) => body['triggerId']))]).toEqual([toTriggerId((after.savepoints[0] as Savepoint).id)]);
      if (name === 'upgrade') expect(after.jobs[0]?.restore?.location).toBe(after.savepoints[0]?.location);
    },
    120_000,
  );
});

/** The same workflows in other bytes, as every release has them. */
/** The source map at its end is read to the last byte: nothing may be put behind it. */
async function anotherBuild(): Promise<string> {
  const path = join(builds, 'workflows-of-the-next-release.js');
  await writeFile(path, `// another build\n${await readFile(inject('workflowBundle'), 'utf8')}`);
  return path;
}

describe('a new version of the product', () => {
  withCrashLab('application', (own) => (lab = own));

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
