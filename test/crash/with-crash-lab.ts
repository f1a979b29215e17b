// A crash lab on a PostgreSQL of its own, for the tests of one file or group.
import { afterAll, beforeAll } from 'vitest';
import { startPostgres, type TestPostgres } from '../fixtures/postgres.ts';
import { type CrashLab, type Mode, startCrashLab } from './crash-lab.ts';

/** `take` gets the lab before the tests begin. Its workers live on from test to test unless the tests kill them. */
export function withCrashLab(mode: Mode, take: (lab: CrashLab) => void): void {
  let postgres: TestPostgres;
  let lab: CrashLab;
  beforeAll(async () => {
    postgres = await startPostgres();
    lab = await startCrashLab({ mode, databaseUrl: postgres.url });
    take(lab);
  });
  afterAll(async () => {
    await lab.stop();
    await postgres.stop();
  });
}
