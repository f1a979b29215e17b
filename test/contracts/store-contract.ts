// What every store must do, whatever database is below. Runs on PGlite and on PostgreSQL. Tests share one store and keep apart
// by namespace.
import { afterAll, beforeAll, describe } from 'vitest';
import type { Store } from '../../store/store.ts';
import { defaultsContract } from '../store/contract/defaults.ts';
import { deploymentsContract } from '../store/contract/deployments.ts';
import { dueContract } from '../store/contract/due.ts';
import { eventsContract } from '../store/contract/events.ts';
import { stateChangesContract } from '../store/contract/state-changes.ts';
import { fencesContract } from '../store/contract/fences.ts';
import { historyContract } from '../store/contract/history.ts';
import { jobsContract } from '../store/contract/jobs.ts';
import { pagesContract } from '../store/contract/pages.ts';
import { placesContract } from '../store/contract/places.ts';
import { referencesContract } from '../store/contract/references.ts';
import { savepointsContract } from '../store/contract/savepoints.ts';
import { secretValuesContract } from '../store/contract/secret-values.ts';
import { transactionsContract } from '../store/contract/transactions.ts';

const PARTS = [
  transactionsContract,
  deploymentsContract,
  fencesContract,
  dueContract,
  jobsContract,
  savepointsContract,
  referencesContract,
  eventsContract,
  stateChangesContract,
  historyContract,
  pagesContract,
  placesContract,
  secretValuesContract,
  defaultsContract,
];

/** `open` gives a migrated, empty store. */
export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(`the store on ${name}`, () => {
    let opened: Store;
    beforeAll(async () => {
      opened = await open();
    }, 60_000);
    afterAll(() => opened.close());
    for (const contract of PARTS) contract(() => opened);
  });
}
