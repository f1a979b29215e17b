// Row B10: a worker killed -9 at every point between intent, deed and record of every activity, for every kind of transition.
import { afterEach, describe, expect, it } from 'vitest';
import type { CrashLab } from './crash-lab.ts';
import { killEverywhere } from './kill-everywhere.ts';
import { TRANSITIONS } from './transitions.ts';
import { withCrashLab } from './with-crash-lab.ts';

describe.each(['application', 'session'] as const)('a worker killed at each point, in %s mode', (mode) => {
  let lab: CrashLab;
  withCrashLab(mode, (own) => (lab = own));
  afterEach(() => lab.killWorkers());

  const kinds = TRANSITIONS.filter(({ only }) => only === undefined || only === mode);

  it.each(kinds)(
    'B10 leaves the end of $title as it is without a kill',
    async (transition) => {
      const { points, recoveredInMs } = await killEverywhere(lab, transition);
      process.stderr.write(`${mode}, ${transition.title}: ${points.length} points, settled ${Math.round(recoveredInMs)} ms after the kill\n`);
      expect(points.length).toBeGreaterThanOrEqual(8);
    },
    400_000,
  );
});
