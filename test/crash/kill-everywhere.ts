// One kind of transition, killed once at every point it has: a dry run finds the points, then as many Deployments go through it
// in one worker, each is held at its own point, and the worker is killed -9.
import { expect } from 'vitest';
import type { DeploymentId } from '../../domain/ids.ts';
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
let series = 0;

export async function killEverywhere(lab: CrashLab, transition: Transition): Promise<Killed> {
  series += 1;
  const first = await lab.startWorker();
  const { points, model } = await dryRun(lab, first, transition);
  const names = new Map(points.map((point, i) => [`killed-${series}-${i}`, point]));
  const ids = await heldAtOnce(lab, first, { transition, names });
  await first.kill();
  const killedAt = performance.now();
  const second = await lab.startWorker();
  const ends = await Promise.allSettled([...ids].map(async ([name, id]) => check(lab, { transition, id, model, point: names.get(name) })));
  const recoveredInMs = performance.now() - killedAt;
  await Promise.all([...ids.values()].map((id) => lab.endRun(id)));
  await second.kill();
  const failures = ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
  expect(failures, failures.join('\n\n')).toEqual([]);
  return { points: points.map(asText), recoveredInMs };
}

/** The transition without a kill: the points it has, and what comes of it. */
async function dryRun(lab: CrashLab, worker: ChildWorker, transition: Transition): Promise<{ readonly points: readonly Point[]; readonly model: Records }> {
  const name = `model-${series}`;
  if (transition.from === 'nothing') await worker.arm(NONE);
  const id = await prepare(lab, transition, name);
  if (transition.from !== 'nothing') await worker.arm(NONE);
  await transition.ask?.(lab, { name, id });
  const model = await lab.untilSettled(id, transition.isOver);
  await assertInvariants(lab.platform.store, id, lab.sims());
  await lab.endRun(id);
  return { points: distinct(worker.passed(name)), model };
}

/** Without the points at which nothing can have happened since the one before, and without those of a second look. */
function distinct(passed: readonly Point[]): readonly Point[] {
  const callOf = ({ activity, nth }: Point): string => `${activity}#${nth}`;
  const writes = new Set(passed.filter(({ at }) => at === 'before-claim').map(callOf));
  const kept = passed.filter((point) => (point.at !== 'begin' && point.at !== 'end') || !writes.has(callOf(point)));
  return [...new Map(kept.map((point) => [asText(point), point])).values()];
}

interface Held {
  readonly transition: Transition;
  readonly names: ReadonlyMap<string, Point>;
}

async function heldAtOnce(lab: CrashLab, worker: ChildWorker, { transition, names }: Held): Promise<ReadonlyMap<string, DeploymentId>> {
  const isNew = transition.from === 'nothing';
  if (isNew) await worker.arm(names);
  const ids = new Map(await Promise.all([...names.keys()].map(async (name) => [name, await prepare(lab, transition, name)] as const)));
  if (!isNew) await worker.arm(names);
  await Promise.all([...ids].map(([name, id]) => transition.ask?.(lab, { name, id })));
  await worker.untilAllAreHeld(30_000);
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
  expect(outcomeOf(records), `killed at ${where}: ${storyOf(records)}`).toEqual(outcomeOf(model));
  await assertInvariants(lab.platform.store, id, lab.sims());
}

/** What must be the same with and without a kill. */
function outcomeOf({ deployment, jobs, savepoints, events }: Records): object {
  return {
    state: deployment.status.state,
    jobs: jobs.map(({ state, restore }) => `${state} ${restore === undefined ? 'without state' : 'with state'}`),
    savepoints: savepoints.map(({ origin, state }) => `${origin} ${state}`).toSorted(),
    events: events.map(({ name }) => name).toReversed(),
  };
}
