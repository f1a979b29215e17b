// A change of a Deployment's state, as others are told of it: creation and deletion are changes, too.
import type { Phase } from './deployment.ts';
import type { DeploymentId, StateChangeId } from './ids.ts';
import type { Instant } from './instant.ts';

export interface StateChange {
  /** The same whenever the change is told again. */
  readonly id: StateChangeId;
  readonly at: Instant;
  readonly namespace: string;
  readonly deploymentId: DeploymentId;
  readonly name: string;
  /** Absent where the Deployment was created. */
  readonly from?: Phase;
  /** Absent where it was deleted. */
  readonly to?: Phase;
  /** One sentence, for people. */
  readonly because: string;
  readonly specVersion: number;
}
