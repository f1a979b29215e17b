// Storms over the real workflow code, in virtual time: whatever happens between any two steps, no invariant breaks, no nudge is lost,
// no run gets stuck or replays differently, and the latest spec is reached once the storm is over. DREY_STORM=<seed> runs that one
// alone and prints its course; DREY_STORMS=<count> runs more of them.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createSandbox, type Sandbox } from '../fixtures/sandbox/sdk-sandbox.ts';
import { type Course, runStorm } from '../fixtures/sandbox/storm.ts';

const { DREY_STORM, DREY_STORMS = '320' } = process.env;
const PER_TEST = 40;
const FIRST_SEEDS = Array.from({ length: Math.ceil(Number(DREY_STORMS) / PER_TEST) }, (_, i) => 1 + i * PER_TEST);
const TOLD = 40;
const ENDS = ['complete', 'refused', 'continueAsNew', 'cancelled', 'terminated', 'reset'];

function report(seed: number, { wrong, trace }: Course): string {
  return `seed ${seed}: ${wrong.join('; ')}\nrun it alone with DREY_STORM=${seed}; its last events:\n${trace.slice(-TOLD).join('\n')}`;
}

describe('whatever happens to the runs of a Deployment', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox(inject('workflowBundle'));
  });
  afterAll(() => sandbox.close());

  if (DREY_STORM !== undefined) {
    it(`the storm of seed ${DREY_STORM} passes`, async () => {
      const course = await runStorm(sandbox, Number(DREY_STORM));
      process.stdout.write(`${course.trace.join('\n')}\n`);
      expect(course.wrong).toEqual([]);
    });
    return;
  }

  it.each(FIRST_SEEDS)(`the storms from seed %i on pass, ${PER_TEST} of them`, { timeout: 180_000 }, async (first) => {
    const failures: string[] = [];
    const ends: Record<string, number> = {};
    for (let seed = first; seed < first + PER_TEST; seed += 1) {
      const course = await runStorm(sandbox, seed);
      for (const [end, count] of Object.entries(course.ends)) ends[end] = (ends[end] ?? 0) + count;
      if (course.wrong.length > 0) failures.push(report(seed, course));
    }
    expect(failures.length, failures.slice(0, 3).join('\n\n')).toBe(0);
    expect(Object.keys(ends), 'these were storms: runs ended in every way').toEqual(expect.arrayContaining(ENDS));
  });
});
