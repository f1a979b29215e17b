// A small model check: everything may happen to a world at any moment, and the invariants of scenarios.md hold after each of it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UpgradeKind } from '../../domain/deployment.ts';
import type { Place } from '../../domain/job.ts';
import { liveJob } from '../../domain/learn.ts';
import { runsSpec } from '../../domain/changes.ts';
import { LOCAL, SESSION } from '../fixtures/a-job.ts';
import { aWorld, type World } from './world/a-world.ts';
import { type Happening, HAPPENINGS, happen, settle } from './world/happenings.ts';
import { before, broken, brokenByStep, restsOnAWrongRestore } from './world/invariants.ts';

const NAMES = Object.keys(HAPPENINGS) as Happening[];
const EDITS = NAMES.filter((name) => name.startsWith('wants'));
const OTHERS = NAMES.filter((name) => !name.startsWith('wants') && name !== 'requiresState');
const one = (...names: readonly Happening[]) => fc.constantFrom(...names).map((name) => [name]);

const always = (...names: readonly Happening[]) => fc.constant<readonly Happening[]>(names);

/** What may come next: mostly undisturbed turns, among them bad luck of each kind. */
const parts = fc.oneof(
  { weight: 8, arbitrary: always('answersAgain', 'tasksRun', 'decide', 'perform') },
  { weight: 2, arbitrary: always('answersAgain', 'minutePasses', 'decide', 'perform', 'savepointCompletes') },
  { weight: 1, arbitrary: always('decide', 'perform', 'savepointFails', 'minutePasses') },
  { weight: 1, arbitrary: always('decide', 'perform', 'jobFails') },
  { weight: 1, arbitrary: always('tasksRun', 'checkpointCompletes', 'jobRestarts') },
  { weight: 1, arbitrary: always('silence', 'decide', 'perform') },
  { weight: 2, arbitrary: one('crashBeforeAct', 'crashBeforeRecord', 'callIsLost').map((crash) => ['decide', ...crash] as const) },
  { weight: 4, arbitrary: one(...OTHERS) },
  { weight: 4, arbitrary: one(...EDITS) },
  { weight: 1, arbitrary: always('tasksRun', 'checkpointCompletes', 'decide', 'jobManagerBeginsAgain', 'tasksRun', 'decide', 'perform') },
  { weight: 1, arbitrary: always('tasksRun', 'checkpointCompletes', 'decide', 'knownCheckpointVanishes', 'jobFails', 'decide', 'perform') },
);
const happenings = fc.array(parts, { maxLength: 50, size: 'max' }).map((all) => all.flat());
const schedule = fc.record({
  place: fc.constantFrom(LOCAL, SESSION),
  upgrade: fc.constantFrom('STATEFUL', 'STATELESS'),
  isRunning: fc.boolean(),
  needsState: fc.boolean(),
  happenings,
});

interface Start {
  readonly place: Place;
  readonly upgrade: UpgradeKind;
  readonly isRunning: boolean;
  readonly needsState: boolean;
}

function started({ place, upgrade, isRunning, needsState }: Start): World {
  const world = aWorld({ upgrade }, place);
  if (needsState) happen(world, 'requiresState');
  if (isRunning) settle(world);
  return world;
}

/** The invariants that broke, with the schedule up to there. */
function live(world: World, happenings: readonly Happening[]): readonly string[] {
  for (const name of happenings) {
    const was = before(world);
    happen(world, name);
    const decided = name === 'decide' && world.step !== undefined ? [brokenByStep(world, world.step, was), restsOnAWrongRestore(world)] : [];
    const wrong = [...broken(world, was), ...decided].filter((sentence) => sentence !== undefined);
    if (wrong.length > 0) return wrong.map((sentence) => `${sentence}, after ${name}`);
  }
  return [];
}

/** About half a minute; a failure prints the seed, the shortest history that leads there, and what broke. */
const HISTORIES = { broken: 10_000, settled: 3000 } as const;
const LIMIT_MS = 180_000;

describe('whatever happens', () => {
  it(
    'no invariant breaks',
    () => {
      fc.assert(
        fc.property(schedule, ({ happenings: schedule, ...start }) => {
          expect(live(started(start), schedule)).toEqual([]);
        }),
        { numRuns: HISTORIES.broken },
      );
    },
    LIMIT_MS,
  );

  it(
    'the latest spec is reached once edits cease and clusters answer (6)',
    () => {
      fc.assert(
        fc.property(schedule, ({ happenings: schedule, ...start }) => {
          const world = started(start);
          live(world, schedule);
          settle(world);
          expect(outcome(world)).toMatch(/^fits/);
        }),
        { numRuns: HISTORIES.settled },
      );
    },
    LIMIT_MS,
  );
});

/** Why an older template may go on for ever: the user wants it so, or else state would be lost. */
const WHY_NOT = ['UPGRADE_STRATEGY_NONE', 'NO_RESTORE_SOURCE', 'STATE_WOULD_BE_DISCARDED'];

function outcome(world: World): string {
  const { spec, status, failedSpecVersion, specVersion } = world.deployment;
  const job = liveJob(world);
  if (status.state === 'FAILED') return failedSpecVersion === specVersion ? 'fits: gave up on this version' : 'FAILED of an older version';
  if (spec.state !== 'RUNNING') return status.state === spec.state && job === undefined ? 'fits' : `${status.state}, desired ${spec.state}`;
  if (status.state === 'FINISHED') return 'fits: a bounded job at its end';
  if (job === undefined || status.running?.jobId !== job.id) return `${status.state} without its job`;
  const told = status.conditions.find(({ type }) => type === 'UpToDate');
  if (runsSpec(job, spec, world.place)) return told?.status === 'True' ? 'fits' : `runs the spec and says ${told?.reason}`;
  return WHY_NOT.includes(told?.reason ?? '') ? `fits: ${told?.reason}` : 'RUNNING an older template';
}
