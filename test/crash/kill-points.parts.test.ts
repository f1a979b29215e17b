// Row B10: a worker killed -9 at every point between intent, deed and record of every activity, for every kind of transition.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres, type TestPostgres } from '../fixtures/postgres.ts';
import { type CrashLab, startCrashLab } from './crash-lab.ts';
import { killEverywhere } from './kill-everywhere.ts';
import { TRANSITIONS } from './transitions.ts';

describe.each(['application', 'session'] as const)('a worker killed at each point, in %s mode', (mode) => {
  let postgres: TestPostgres;
  let lab: CrashLab;

  beforeAll(async () => {
    postgres = await startPostgres();
    lab = await startCrashLab({ mode, databaseUrl: postgres.url });
  });
  afterEach(() => lab.killWorkers());
  afterAll(async () => {
    await lab.stop();
    await postgres.stop();
  });

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
