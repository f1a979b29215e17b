// What every activity is given. Made once by `app`; activities hold nothing between calls.
import type { DeploymentId, SessionClusterId } from '../domain/ids.ts';
import type { StateChange } from '../domain/state-change.ts';
import type { Policy } from '../domain/view.ts';
import type { Wake } from '../domain/wake.ts';
import type { Flink } from '../flink/flink.ts';
import type { Fence, Store } from '../store/store.ts';

/** As pino writes it. What must not stand in the workflow's history goes here. */
export interface ActivityLog {
  warn(context: object, message: string): void;
  error(context: object, message: string): void;
}

export interface ActivityDeps {
  readonly store: Store;
  readonly flink: Flink;
  readonly wake: Wake;
  readonly policy: Policy;
  readonly log: ActivityLog;
  /** The worker ends soon: a watch of the fleet is one glance. */
  readonly isShortLived?: boolean;
  /** Where workers have builds: ends the runs that none of them will continue. Returns how many. */
  /** Tells whoever wants to know of changes of state. Rejects where it could not. */
  readonly announce?: (changes: readonly StateChange[]) => Promise<void>;
  readonly endStrandedRuns?: () => Promise<number>;
}

/** Whose turn it is, and for which Deployment. */
export interface Order {
  readonly id: DeploymentId;
  readonly fence: Fence;
}

export interface SessionOrder {
  readonly id: SessionClusterId;
  readonly fence: Fence;
}
