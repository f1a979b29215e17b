// Flink's exception history in a Job: each entry once, the newest ten, newest first (scenario C8).
import { describe, expect, it } from 'vitest';
import type { Job, SeenException } from '../../domain/job.ts';
import { learn } from '../../domain/learn.ts';
import { DEFAULT_POLICY } from '../../domain/view.ts';
import { aJob } from '../fixtures/a-job.ts';
import { ago, minutes, NOW } from '../fixtures/a-moment.ts';
import { aLook, UNREACHABLE } from '../fixtures/a-view.ts';

/** The n-th, a minute after the one before; the 50th is the newest. */
const entry = (n: number, name = 'java.lang.RuntimeException'): SeenException => ({
  name,
  reason: `number ${n}`,
  stacktrace: 'at …',
  at: ago(minutes(50 - n)),
});
const entries = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => entry(to - i));
const known = (exceptions: readonly SeenException[]): Job => aJob({ exceptions, observed: { status: 'RUNNING', restarts: 0, at: NOW } });
const after = (job: Job, exceptions: readonly SeenException[]) => learn(job, aLook({ exceptions }), { now: NOW, policy: DEFAULT_POLICY }).exceptions;

describe('the exceptions of a Job', () => {
  it('are the newest ten of what is known and what is new', () => {
    expect(after(known(entries(21, 30)), entries(26, 35))).toEqual(entries(26, 35));
    expect(after(known(entries(1, 3)), entries(2, 5))).toEqual(entries(1, 5));
    expect(after(known([]), entries(1, 50))).toEqual(entries(41, 50));
  });

  it('hold each once, however often Flink shows it', () => {
    expect(after(known(entries(1, 3)), entries(1, 4))).toEqual(entries(1, 4));
  });

  it('of different names at one moment are different', () => {
    expect(after(known([entry(50)]), [entry(50, 'java.io.IOException'), entry(50)])).toHaveLength(2);
  });

  it('are not written again when nothing is new, also when old ones are shown again', () => {
    expect(after(known(entries(41, 50)), entries(41, 50))).toBeUndefined();
    expect(after(known(entries(41, 50)), entries(1, 50))).toBeUndefined();
    expect(after(known([]), [])).toBeUndefined();
  });

  it('of an earlier JobManager are kept', () => {
    expect(after(known(entries(1, 4)), entries(8, 9))).toEqual([...entries(8, 9), ...entries(1, 4)]);
  });

  it('stay while nothing answers', () => {
    expect(learn(known(entries(1, 4)), UNREACHABLE, { now: NOW, policy: DEFAULT_POLICY })).not.toHaveProperty('exceptions');
  });

  it('are learned of a job that failed as well', () => {
    expect(learn(known([]), aLook({ status: 'FAILED', exceptions: entries(1, 2) }), { now: NOW, policy: DEFAULT_POLICY }).exceptions).toEqual(entries(1, 2));
  });
});
