// One kind of transition, killed once at every point it has: a dry run finds the points, then as many Deployments go through it
// in one worker, each is held at its own point, and the worker is killed -9.
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

const NONE: ReadonlyMap<string, Point> = new Map();
/** More of them would wait for each other so long that the first ones time out. */
const AT_ONCE = 24;
const HELD_WITHIN_MS = 60_000;
let series = 0;

export async function killEverywhere(lab: CrashLab, transition: Transition): Promise<Killed> {
  const { passed, model } = await dryRun(lab, await lab.startWorker(), transition);
  const points = distinct(passed);
  await lab.killWorkers();
  let recoveredInMs = 0;
  for (let from = 0; from < points.length; from += AT_ONCE) {
    const names = new Map(points.slice(from, from + AT_ONCE).map((point, i) => [`killed-${series}-${from + i}`, point]));
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
  series += 1;
  const name = `model-${series}`;
  if (transition.from === 'nothing') await worker.arm(NONE);
  const id = await prepare(lab, transition, name);
  if (transition.from !== 'nothing') await worker.arm(NONE);
  await transition.ask?.(lab, { name, id });
  const model = await lab.untilSettled(id, transition.isOver);
  await assertInvariants(lab.platform.store, id, lab.sims());
  await lab.endRun(id);
  return { passed: worker.passed(name), model };
}

/** Each point once, however many attempts came by. */
export function distinct(passed: readonly Point[], isMeant: (point: Point) => boolean = mayMatter(passed)): readonly Point[] {
  return [...new Map(passed.filter(isMeant).map((point) => [asText(point), point])).values()];
}

/** Nothing can have happened between the begin of a call and its claim, nor between its last record and its end. */
function mayMatter(passed: readonly Point[]): (point: Point) => boolean {
  const callOf = ({ activity, nth }: Point): string => `${activity}#${nth}`;
  const writes = new Set(passed.filter(({ at }) => at === 'before-claim').map(callOf));
  return (point) => (point.at !== 'begin' && point.at !== 'end') || !writes.has(callOf(point));
}

/** As many Deployments as names, each on its way through the transition until it is held at its point. */
export async function heldAtOnce(lab: CrashLab, worker: ChildWorker, { transition, names }: Omit<Batch, 'model'>): Promise<ReadonlyMap<string, DeploymentId>> {
  const isNew = transition.from === 'nothing';
  if (isNew) await worker.arm(names);
  const ids = new Map(await Promise.all([...names.keys()].map(async (name) => [name, await prepare(lab, transition, name)] as const)));
  if (!isNew) await worker.arm(names);
  await Promise.all([...ids].map(async ([name, id]) => transition.ask?.(lab, { name, id })));
  await worker.untilAllAreHeld(HELD_WITHIN_MS);
  return ids;
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
