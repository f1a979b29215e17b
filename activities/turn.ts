// The two transactions around every deed: `claim` right before it, `record` right after it. Both hold the row's lock and check
// the fence; a record also finds the row exactly as its claim left it, so a late attempt of the same run changes nothing.
import { assertNever } from '../domain/assert-never.ts';
import type { Deployment } from '../domain/deployment.ts';
import type { JobId } from '../domain/ids.ts';
import { isTerminal, type Job } from '../domain/job.ts';
import type { Locked, Tx } from '../store/store.ts';
import type { ActivityDeps, Order } from './deps.ts';
import { fenced, gone, moved } from './failures.ts';

/** The row, or the failure that ends this attempt. */
export function lockedOrThrow<Row>(locked: Locked<Row>): Row {
  switch (locked.kind) {
    case 'locked':
      return locked.row;
    case 'fenced':
      throw fenced();
    case 'moved':
      throw moved();
    case 'gone':
      throw gone();
    default:
      return assertNever(locked);
  }
}

export interface Claimed<T> {
  readonly value: T;
  /** Pass it to `record`. */
  readonly rowVersion: number;
}

/** Right before a deed: the run still holds the fence, and `work` finds its intent still open (else it throws `moved`). */
export async function claim<T>(deps: ActivityDeps, order: Order, work: (tx: Tx, deployment: Deployment) => Promise<T>): Promise<Claimed<T>> {
  return deps.store.transaction(async (tx) => {
    const deployment = lockedOrThrow(await deps.store.deployments.lockForRun(tx, order.id, order.fence));
    return { value: await work(tx, deployment), rowVersion: deployment.rowVersion };
  });
}

/** Right after a deed. Throws `moved` when anything was written since the claim. */
export async function record<T>(
  deps: ActivityDeps,
  order: Order & { readonly rowVersion: number },
  work: (tx: Tx, deployment: Deployment) => Promise<T>,
): Promise<T> {
  return deps.store.transaction(async (tx) => work(tx, lockedOrThrow(await deps.store.deployments.lockForRun(tx, order.id, order.fence, order.rowVersion))));
}

/** The live Job of this id; throws `moved` when it became terminal or ended meanwhile. */
export async function liveJobOrThrow(deps: ActivityDeps, tx: Tx, jobId: JobId): Promise<Job> {
  const job = await deps.store.jobs.findById(tx, jobId);
  if (job === undefined || isTerminal(job)) throw moved();
  return job;
}
