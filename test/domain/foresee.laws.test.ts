// What is announced is what happens: foresee over random views and over whole histories of the small world.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foresee } from '../../domain/foresee.ts';
import { liveJob } from '../../domain/learn.ts';
import type { Step } from '../../domain/step.ts';
import { LOCAL, SESSION } from '../fixtures/a-job.ts';
import { NOW } from '../fixtures/a-moment.ts';
import { anyView } from '../fixtures/any-view.ts';
import { aWorld, viewOf, type World } from './world/a-world.ts';
import { isOver } from './world/fake-flink.ts';
import { HAPPENINGS, type Happening, happen, settle } from './world/happenings.ts';

const RUNS = { numRuns: 1200, interruptAfterTimeLimit: 2500, markInterruptAsFailure: false };

describe('foresee', () => {
  it('comes to a rest for every view, and changes nothing of it', () => {
    fc.assert(
      fc.property(anyView, (view) => {
        const before = structuredClone(view);
        const { steps, because } = foresee(view, NOW);
        expect(steps.length).toBeLessThan(40);
        expect(because).not.toBe('');
        expect(view).toEqual(before);
      }),
      RUNS,
    );
  });

  it('says the same for the same view', () => {
    fc.assert(
      fc.property(anyView, (view) => {
        expect(foresee(structuredClone(view), NOW)).toEqual(foresee(view, NOW));
      }),
      { ...RUNS, numRuns: 300 },
    );
  });
});

const NAMES = Object.keys(HAPPENINGS) as Happening[];
const EDITS = NAMES.filter((name) => name.startsWith('wants'));
const one = (names: readonly Happening[]) => fc.constantFrom(...names).map((name) => [name]);
const always = (...names: readonly Happening[]) => fc.constant<readonly Happening[]>(names);

const parts = fc.oneof(
  { weight: 6, arbitrary: always('answersAgain', 'tasksRun', 'decide', 'perform') },
  { weight: 2, arbitrary: always('tasksRun', 'checkpointCompletes', 'minutePasses') },
  { weight: 2, arbitrary: always('decide', 'perform', 'savepointCompletes') },
  { weight: 3, arbitrary: one(NAMES) },
  { weight: 2, arbitrary: one(EDITS) },
);

const history = fc.record({
  place: fc.constantFrom(LOCAL, SESSION),
  upgrade: fc.constantFrom('STATEFUL' as const, 'STATELESS' as const, 'NONE' as const),
  restore: fc.constantFrom('LATEST_STATE' as const, 'LATEST_SAVEPOINT' as const, 'NONE' as const),
  isRunning: fc.boolean(),
  happenings: fc.array(parts, { maxLength: 25, size: 'max' }).map((all) => all.flat()),
  edit: fc.constantFrom(...EDITS),
});

/** A step as both sides can name it: ids are not known before, and waiting for a step is part of it. */
function told(step: Step): readonly string[] {
  if (step.kind === 'rest' || step.kind === 'giveUp' || step.kind.startsWith('await')) return [];
  if (step.kind === 'cancelJob') return [`cancelJob ${step.reason}`];
  return [step.kind];
}

interface Story {
  readonly steps: readonly string[];
  readonly endsIn: string;
  /** What the last Job starts from. */
  readonly source: string;
}

function sourceIn({ jobs, savepoints }: Pick<World, 'jobs' | 'savepoints'>): string {
  const source = savepoints.find((s) => s.id === jobs[0]?.restore?.savepointId);
  return source === undefined ? 'nothing' : `${source.origin} ${source.checkpointId ?? ''}`;
}

function announced(world: World): Story {
  const { steps, end, endsIn } = foresee(viewOf(world), world.now);
  return { steps: steps.flatMap(({ step }) => told(step)), endsIn, source: sourceIn(end) };
}

/** Flink does what it is asked for, until the first rest. */
function happened(world: World): Story {
  const steps = settle(world);
  return { steps: steps.flatMap(told), endsIn: world.deployment.status.state, source: sourceIn(world) };
}

/** Everything works from now on: what is under way comes to its end before anybody looks. */
const HEALED: readonly Happening[] = ['answersAgain', 'callArrives', 'tasksRun', 'savepointCompletes'];

/** What nobody has looked at before it was gone cannot be foreseen: that something else was restored, what became of a savepoint, whether its request was sent at all, a checkpoint of a JobManager that died. */
function lostUnseen({ jobs, savepoints, flink }: World): boolean {
  const job = liveJob({ jobs });
  const seen = job === undefined ? undefined : flink.jobs.get(job.id);
  if ([...flink.snapshots.values()].some(({ vanished }) => vanished === true)) return true;
  if (job === undefined || seen === undefined) return false;
  if (seen.isWrong) return true;
  const isDead = flink.dead.has(job.id);
  const asked = savepoints.filter((s) => s.state === 'STARTED' && s.triggered && s.jobId === job.id);
  const open = asked.map(({ id }) => seen.requests.get(id)?.state);
  const stopped = asked.some(({ id }) => seen.stoppedWith?.location === `savepoint ${id}`);
  const unknown = isOver(seen) || isDead ? open.length > 0 && !stopped : open.includes('failed') || open.includes(undefined);
  return unknown || (isDead && seen.completed > (job.newestCheckpoint?.id ?? 0));
}

describe('what is announced', () => {
  it('is what happens', () => {
    fc.assert(
      fc.property(history, ({ happenings, isRunning, edit, place, ...spec }) => {
        const world = aWorld(spec, place);
        if (isRunning) settle(world);
        for (const name of happenings) happen(world, name);
        happen(world, ...HEALED, edit);
        fc.pre(!lostUnseen(world));
        const story = announced(world);
        expect(happened(world)).toEqual(story);
      }),
      { ...RUNS, numRuns: 2000 },
    );
  });
});
