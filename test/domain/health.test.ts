// Restarts as they are counted: Flink's counter begins again with each JobManager, ours does not (vvp.md §1.3; scenarios D5, D9).
import { describe, expect, it } from 'vitest';
import { calmIn, countedIn, countRestarts, FAILING, overdueAt, restartsTooOften } from '../../domain/health.ts';
import type { Observed } from '../../domain/job.ts';
import { aJob } from '../fixtures/a-job.ts';
import { ago, minutes, NOW } from '../fixtures/a-moment.ts';
import { aLook } from '../fixtures/a-view.ts';

/** What is known after Flink showed these counters, one look a minute, the last one now. */
function after(...counters: readonly number[]): Pick<Observed, 'restarts' | 'counter' | 'restartedAt'> {
  return counters.reduce<Observed>(
    (before, restarts, i) => ({ status: 'RUNNING', at: NOW, ...countRestarts(before, aLook({ restarts }), ago(minutes(counters.length - 1 - i))) }),
    { status: 'RUNNING', at: NOW, restarts: 0 },
  );
}
const fails = (...counters: readonly number[]) => restartsTooOften(aJob({ observed: { status: 'RUNNING', at: NOW, ...after(...counters) } }), FAILING, NOW);

describe('restarts', () => {
  it.each<[string, readonly number[], number]>([
    ['as Flink counts them', [0, 1, 3], 3],
    ['from the first look on', [2], 2],
    ['once each', [3, 3, 3], 3],
    ['not taken back when the counter falls: another JobManager counts anew (D9)', [5, 0], 5],
    ['and go on from there', [5, 0, 2], 7],
    ['also those of the new JobManager before it was seen', [5, 2, 3], 8],
    ['over several JobManagers', [2, 0, 1, 0, 1], 4],
  ])('are counted %s', (_, counters, restarts) => {
    expect(after(...counters).restarts).toBe(restarts);
  });

  it('make the job failing with the third within ten minutes, also when all three are noticed at once', () => {
    expect(fails(0, 1, 2)).toBe(false);
    expect(fails(0, 1, 2, 3)).toBe(true);
    expect(fails(0, 3)).toBe(true);
  });

  it('that a fall of the counter seems to add make nothing fail (D9: no false alarm)', () => {
    expect(fails(2, 0)).toBe(false);
    expect(fails(9, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)).toBe(false);
  });

  it('after a fall are not missed (D9)', () => {
    expect(fails(50, 0, 1, 2, 3)).toBe(true);
  });

  it('are remembered with the moments of the newest three, newest first', () => {
    expect(after(1, 2, 3, 4).restartedAt).toEqual([ago(0), ago(minutes(1)), ago(minutes(2))]);
    expect(after(0).restartedAt).toBeUndefined();
  });
});

describe('the restarts of a job are counted', () => {
  const seenSince = (at: number) => ({ observed: { status: 'RUNNING', restarts: 0, at } });

  it('12 s after its states changed last: the counter of Flink may be 10 s behind them', () => {
    expect(countedIn(seenSince(NOW), NOW)).toBe(12_000);
    expect(countedIn(seenSince(ago(11_999)), NOW)).toBe(1);
    expect(countedIn(seenSince(ago(12_000)), NOW)).toBeUndefined();
    expect(countedIn({}, NOW)).toBeUndefined();
  });
});

describe('a job is calm again', () => {
  const observed = { status: 'RUNNING', restarts: 3, at: NOW, restartedAt: [ago(minutes(1)), ago(minutes(2)), ago(minutes(3))] };

  it('in as long as the nearest window lasts, and never in no time', () => {
    expect(calmIn({ observed }, NOW)).toBe(minutes(7));
    expect(calmIn({ observed }, NOW + minutes(7) - 0.5)).toBe(1);
    expect(calmIn({ observed }, NOW + minutes(7))).toBe(minutes(50));
  });

  it('already, when it never restarted or long ago', () => {
    expect(calmIn({}, NOW)).toBeUndefined();
    expect(calmIn({ observed }, NOW + minutes(57))).toBeUndefined();
  });
});

describe('a checkpoint is overdue', () => {
  it('when its time has passed since the start, the last one, or the last restart, whichever was last', () => {
    const startedAt = ago(minutes(60));
    expect(overdueAt({ startedAt }, minutes(5))).toBe(ago(minutes(55)));
    expect(overdueAt({ startedAt, newestCheckpoint: { id: 1, at: ago(minutes(30)) } }, minutes(5))).toBe(ago(minutes(25)));
    const observed = { status: 'RUNNING', restarts: 1, at: NOW, restartedAt: [ago(minutes(10))] };
    expect(overdueAt({ startedAt, newestCheckpoint: { id: 1, at: ago(minutes(30)) }, observed }, minutes(5))).toBe(ago(minutes(5)));
  });

  it('never before the job started, and never when nobody can say how long one may take', () => {
    expect(overdueAt({}, minutes(5))).toBeUndefined();
    expect(overdueAt({ startedAt: ago(minutes(60)) }, undefined)).toBeUndefined();
  });
});
