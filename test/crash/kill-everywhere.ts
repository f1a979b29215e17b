// One kind of transition, killed once at every point it has: a dry run finds the points, then as many Deployments go through it
// in one worker, each is held at its own point, and the worker is killed -9.
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import type { DeploymentId } from '../../domain/ids.ts';
import { isTerminal } from '../../domain/job.ts';
import { assertInvariants, type Records, storyOf } from '../fixtures/check-invariants.ts';
import type { ChildWorker } from './child-worker.ts';
import type { CrashLab } from './crash-lab.ts';
import { prepare, type Transition } from './transitions.ts';
import { asText, type Point } from './worker-orders.ts';

export interface Killed {
  readonly points: readonly string[];
  /** From the kill until everything was settled again. */
  readonly recoveredInMs: number;
}

/** More of them would wait for each other so long that the first ones time out. */
const AT_ONCE = 40;
const HELD_WITHIN_MS = 120_000;
let series = 0;

export async function killEverywhere(lab: CrashLab, transition: Transition): Promise<Killed> {
  const { passed, model } = await dryRun(lab, await lab.startWorker(), transition);
  const points = distinct(passed);
  await lab.killWorkers();
  let recoveredInMs = 0;
  const atOnce = Math.ceil(points.length / Math.ceil(points.length / AT_ONCE));
  for (let from = 0; from < points.length; from += atOnce) {
    const names = new Map(points.slice(from, from + atOnce).map((point, i) => [`killed-${series}-${from + i}`, point]));
    recoveredInMs = Math.max(recoveredInMs, await killAtOnce(lab, { transition, names, model }));
  }
  return { points: points.map(asText), recoveredInMs };
}

interface Batch {
  readonly transition: Transition;
  readonly names: ReadonlyMap<string, Point>;
  readonly model: Records;
}

/** Returns how long it took until everything was settled again. */
async function killAtOnce(lab: CrashLab, { transition, names, model }: Batch): Promise<number> {
  const ids = await heldAtOnce(lab, await lab.startWorker(), { transition, names });
  await lab.killWorkers();
  const killedAt = performance.now();
  await lab.startWorker();
  const ends = await Promise.allSettled([...ids].map(async ([name, id]) => check(lab, { transition, id, model, point: names.get(name) })));
  const tookMs = performance.now() - killedAt;
  await lab.killWorkers();
  const failures = ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
  expect(failures, failures.join('\n\n')).toEqual([]);
  return tookMs;
}

export interface DryRun {
  /** Every point, in order. */
  readonly passed: readonly Point[];
  readonly model: Records;
}

/** The transition without a kill: the points it has, and what comes of it. */
export async function dryRun(lab: CrashLab, worker: ChildWorker, transition: Transition): Promise<DryRun> {
  const [only] = await dryRuns(lab, worker, [transition]);
  if (only === undefined) throw new Error('there was no dry run');
  return only;
}

export async function dryRuns(lab: CrashLab, worker: ChildWorker, transitions: readonly Transition[]): Promise<readonly DryRun[]> {
  series += 1;
  const named = new Map(transitions.map((transition, i) => [`model-${series}-${i}`, transition]));
  const ids = await begin(lab, worker, { transitions: named, holdAt: new Map() });
  return Promise.all([...named].map(async ([name, transition]) => ended(lab, worker, { name, transition, id: ids.get(name) as DeploymentId })));
}

async function ended(
  lab: CrashLab,
  worker: ChildWorker,
  { name, transition, id }: { readonly name: string; readonly transition: Transition; readonly id: DeploymentId },
): Promise<DryRun> {
  const model = await lab.untilSettled(id, transition.isOver);
  await assertInvariants(lab.platform.store, id, lab.sims());
  await lab.endRun(id);
  return { passed: worker.passed(name), model };
}

/** Each point once, however many attempts came by. */
export function distinct(passed: readonly Point[], isMeant: (point: Point) => boolean = mayMatter(passed)): readonly Point[] {
  return [...new Map(passed.filter(isMeant).map((point) => [asText(point), point])).values()];
}

/**
 * Nothing can have happened between the begin of a call and its claim, nor between its last record and its end. Before an effect or a
 * record the world is as it was after what came last, the claim or an effect: one of the two is enough.
 */
function mayMatter(passed: readonly Point[]): (point: Point) => boolean {
  const callOf = ({ activity, nth }: Point): string => `${activity}#${nth}`;
  const writes = new Set(passed.filter(({ at }) => at === 'before-claim').map(callOf));
  return (point) => !/^before-(?:effect|record)/.test(point.at) && ((point.at !== 'begin' && point.at !== 'end') || !writes.has(callOf(point)));
}

/** As many Deployments as names, each on its way through the transition until it is held at its point. */
export async function heldAtOnce(lab: CrashLab, worker: ChildWorker, { transition, names }: Omit<Batch, 'model'>): Promise<ReadonlyMap<string, DeploymentId>> {
  const transitions = new Map([...names.keys()].map((name) => [name, transition]));
  return held(lab, worker, { transitions, holdAt: names });
}

interface Beginning {
  /** By the name of the Deployment. */
  readonly transitions: ReadonlyMap<string, Transition>;
  readonly holdAt: ReadonlyMap<string, Point>;
}

export async function held(lab: CrashLab, worker: ChildWorker, beginning: Beginning): Promise<ReadonlyMap<string, DeploymentId>> {
  const ids = await begin(lab, worker, beginning);
  await untilHeldOrOver(lab, worker, { ...beginning, ids });
  return ids;
}

/** How often a run looks again depends on when nudges and answers come: one that ends with a look less than the dry run had is over. Any other point must be reached. */
async function untilHeldOrOver(lab: CrashLab, worker: ChildWorker, begun: Beginning & { readonly ids: ReadonlyMap<string, DeploymentId> }): Promise<void> {
  const end = performance.now() + HELD_WITHIN_MS;
  for (;;) {
    const missing = worker.notHeld();
    const over = await Promise.all([...missing.keys()].map((name) => endedWithout(lab, name, begun)));
    if (over.every(Boolean)) return;
    if (performance.now() > end) throw new Error(`after ${HELD_WITHIN_MS} ms these points were not reached:\n${[...missing.values()].join('\n')}`);
    await wait(200);
  }
}

async function endedWithout(
  lab: CrashLab,
  name: string,
  { transitions, holdAt, ids }: Beginning & { readonly ids: ReadonlyMap<string, DeploymentId> },
): Promise<boolean> {
  if (holdAt.get(name)?.activity !== 'decide') return false;
  const records = await lab.records(ids.get(name) as DeploymentId);
  const { settledVersion, intentVersion } = records.deployment;
  return settledVersion >= intentVersion && transitions.get(name)?.isOver(records) === true;
}

/** Prepares the Deployments, and asks for their transitions once the worker is armed. */
async function begin(lab: CrashLab, worker: ChildWorker, { transitions, holdAt }: Beginning): Promise<ReadonlyMap<string, DeploymentId>> {
  const ids = new Map<string, DeploymentId>();
  const prepareThose = (isMeant: (transition: Transition) => boolean): Promise<void> =>
    aFewAtATime(
      [...transitions].filter(([, transition]) => isMeant(transition)),
      async ([name, transition]) => void ids.set(name, await prepare(lab, transition, name)),
    );
  await prepareThose(({ from }) => from !== 'nothing');
  await worker.arm(holdAt);
  await prepareThose(({ from }) => from === 'nothing');
  await aFewAtATime([...ids], async ([name, id]) => transitions.get(name)?.ask?.(lab, { name, id }));
  return ids;
}

/** All at once would wait for the store longer than it lets anybody wait. */
async function aFewAtATime<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const next = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: 6 }, next));
}

interface Checked {
  readonly transition: Transition;
  readonly id: DeploymentId;
  readonly model: Records;
  readonly point: Point | undefined;
}

async function check(lab: CrashLab, { transition, id, model, point }: Checked): Promise<void> {
  const where = point === undefined ? '' : asText(point);
  const records = await lab.untilSettled(id, transition.isOver).catch((error: unknown) => {
    throw new Error(`killed at ${where}: ${String(error)}`);
  });
  expect(jarsLeftBehind(records, lab), `killed at ${where}`).toEqual([]);
  expect(outcomeOf(records), `killed at ${where}: ${storyOf(records)}`).toEqual(outcomeOf(model));
  await assertInvariants(lab.platform.store, id, lab.sims());
}

/** E12. A jar is of no use once its Job is terminal. */
function jarsLeftBehind({ jobs }: Records, lab: CrashLab): readonly string[] {
  const ended = new Set(jobs.filter(isTerminal).map(({ id }) => `${id}.jar`));
  return lab.sims().flatMap((sim) => sim.jars().filter((name) => ended.has(name)));
}

/** What must be the same with and without a kill. */
export function outcomeOf({ deployment, jobs, savepoints, events }: Records): object {
  return {
    state: deployment.status.state,
    jobs: jobs.map(({ state, restore }) => `${state} ${restore === undefined ? 'without state' : 'with state'}`),
    savepoints: savepoints.map(({ origin, state }) => `${origin} ${state}`).toSorted(),
    events: events.map(({ name }) => name).toReversed(),
  };
}
