// DeploymentDefaults of a namespace: what its Deployments get where their spec is silent (vvp.md §1.9). Types only.
import type { DeploymentDefaultsSpec } from './deployment-defaults.schema.ts';
import type { DeploymentDefaultsId } from './ids.ts';
import type { Instant } from './instant.ts';

export interface DeploymentDefaults {
  readonly id: DeploymentDefaultsId;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: DeploymentDefaultsSpec;
  /** 0 as long as nobody has written any. */
  readonly resourceVersion: number;
  readonly createdAt: Instant;
  readonly modifiedAt: Instant;
}
