// One database, one machine that runs its local Flink processes.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { claimLocalTargets } from '../../app/defaults.ts';
import { openPgliteStore } from '../store/open-store.ts';

const aHome = (): string => mkdtempSync(join(tmpdir(), 'drey-claim-'));

it('lets an installation start again, and refuses a second one that would look for the jobs on its own machine', async () => {
  const store = await openPgliteStore();
  const [home, other] = [aHome(), aHome()];
  await claimLocalTargets(store, { home, localTargets: true });
  await expect(claimLocalTargets(store, { home, localTargets: true })).resolves.toBeUndefined();
  await expect(claimLocalTargets(store, { home: other, localTargets: true })).rejects.toThrow(/--local-targets 0/);
  await expect(claimLocalTargets(store, { home: other, localTargets: false })).resolves.toBeUndefined();
  await store.close();
});
