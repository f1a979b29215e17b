// The golden matrix: the whole behaviour of `plan` on one page, for people. A difference is a change of behaviour: read it, then
// accept it with `npx vitest run --project unit -u test/domain/golden`.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DesiredState } from '../../../domain/deployment.ts';
import { plan } from '../../../domain/plan.ts';
import { statusAfter } from '../../../domain/status.ts';
import type { Step } from '../../../domain/step.ts';
import { NOW } from '../../fixtures/a-moment.ts';
import { named } from '../../fixtures/an-id.ts';
import { ENDING, OTHERS, type SavepointColumn, type Situation, STARTED, STARTING, WITHOUT_A_JOB } from './situations.ts';

const HEAD = `What drey does next, and the phase a user sees then: plan(view, now) and statusAfter(…), one line per situation.

Unless a line says otherwise: STATEFUL, LATEST_STATE, both limits 4, checkpoints retained, a cluster of its own, a place that is ready.
J1 is the last Job; J9 and S9 are made by the decision. A look at Flink has already taught what it proves,
for the first time at this moment: a job that runs is looked at again when Flink's counter of restarts has caught up with it, in 12 s.
"template changed", "outdated": the spec holds another template than J1. "require-state": the annotation drey.dev/require-state is set.
"unreachable": silence, which proves nothing. "gone": its JobManager is proven dead. "not known": a JobManager that answers denies the job.

SAVEPOINT, what is there besides   none           nothing
                                   S1 completed   J1 left a checkpoint or savepoint
                                   stop open      a stop-with-savepoint of J1 is under way at Flink
                                   user's open    a savepoint that a user asked for is under way at Flink
                                   user's asked   a savepoint that a user asked for was not sent yet
                                   any            each of them, it makes no difference
`;

const STATES: readonly DesiredState[] = ['RUNNING', 'SUSPENDED', 'CANCELLED'];
const WIDTHS = [49, 31, 33, 13] as const;
const LONGEST_BECAUSE = 90;
const line = (...cells: readonly string[]): string =>
  cells
    .map((cell, i) => cell.padEnd(WIDTHS[i] ?? 0))
    .join('  ')
    .trimEnd();

/** The step with all that tells it from another of its kind. */
function step(decided: Step): string {
  switch (decided.kind) {
    case 'rest':
      return decided.wakeInMs === undefined ? 'rest' : `rest, again in ${decided.wakeInMs / 1000} s`;
    case 'pause':
      return `pause ${decided.forMs / 1000} s`;
    case 'giveUp':
      return `giveUp ${decided.code.replace(/^TOO_MANY_FAILED_(JOB|SUSPENSION).*/, 'TOO_MANY_FAILED_$1…').replace(/_A_JOB_TO_SUSPEND$/, '…')}`;
    case 'fetchArtifact':
      return decided.create === undefined
        ? 'fetchArtifact'
        : `fetchArtifact J9 from ${decided.create.restoreFrom ?? 'nothing'}${decided.create.templateOf === 'spec' ? '' : ', old template'}`;
    case 'stopWithSavepoint':
      return `stopWithSavepoint ${decided.savepointId}, attempt ${decided.attempt}`;
    case 'takeSavepoint':
    case 'awaitSavepoint':
      return `${decided.kind} ${decided.savepointId}`;
    case 'cancelJob':
      return `cancelJob ${decided.reason}${decided.force === true ? ', by force' : ''}`;
    default:
      return decided.kind;
  }
}

/** One line for each outcome, with the savepoints that lead to it. */
function rows({ observed, savepoints, view }: Situation, state: DesiredState): readonly string[] {
  const outcomes = new Map<string, SavepointColumn[]>();
  for (const column of savepoints) {
    const seen = view(state, column);
    const decided = plan(seen, NOW);
    const because = named(decided.because);
    const told = because.length > LONGEST_BECAUSE ? `${because.slice(0, LONGEST_BECAUSE)}…` : because;
    const outcome = line('', '', named(step(decided)), statusAfter(seen, decided, NOW).state, told).trimStart();
    outcomes.set(outcome, [...(outcomes.get(outcome) ?? []), column]);
  }
  return [...outcomes].map(([outcome, columns], i) => line(i === 0 ? observed : '', outcomes.size === 1 ? 'any' : columns.join(', '), outcome));
}

const PARTS = [
  ['no job is live', WITHOUT_A_JOB],
  ['a job is starting', STARTING],
  ['a job has started', STARTED],
  ['a job is ending', ENDING],
  ['what others did', OTHERS],
] as const;

const page = (state: DesiredState): readonly string[] => [
  '',
  '',
  `==== desired ${state} ${'='.repeat(200)}`.slice(0, 200),
  line('OBSERVED', 'SAVEPOINT', 'STEP', 'PHASE THEN', 'BECAUSE'),
  ...PARTS.flatMap(([heading, situations]) => ['', `---- ${heading}`, ...situations.flatMap((situation) => rows(situation, state))]),
];

describe('the golden matrix', () => {
  it('is what plan decides today', async () => {
    await expect([HEAD, ...STATES.flatMap(page), ''].join('\n')).toMatchFileSnapshot(join(import.meta.dirname, 'matrix.txt'));
  });
});
