// SessionCluster: a Flink cluster that several Deployments share (vvp.md §1.7, D4). Types only.
import type { SessionClusterId } from './ids.ts';
import type { Instant } from './instant.ts';
import type { Failure } from './job.ts';
import type { KubernetesOptions, Logging, Resources } from './template.schema.ts';

export interface SessionClusterSpec {
  readonly state: 'RUNNING' | 'STOPPED';
  /** Absent exactly when `external` is given. */
  readonly deploymentTargetName?: string;
  readonly external?: { readonly url: string };
  readonly flinkVersion?: string;
  readonly flinkImageRegistry?: string;
  readonly flinkImageRepository?: string;
  readonly flinkImageTag?: string;
  readonly numberOfTaskManagers?: number;
  readonly resources?: Resources;
  readonly flinkConfiguration: Readonly<Record<string, string>>;
  readonly logging?: Logging;
  readonly kubernetes?: KubernetesOptions;
}

export type SessionClusterPhase = 'STOPPED' | 'STARTING' | 'RUNNING' | 'UPDATING' | 'STOPPING' | 'FAILED';

export interface SessionClusterStatus {
  readonly state: SessionClusterPhase;
  readonly failure?: Failure;
  /** The specVersion that cannot run; FAILED as long as it equals specVersion. */
  readonly failedSpecVersion?: number;
  readonly running?: { readonly startedAt: Instant; readonly lastUpdateTime: Instant };
  readonly because: string;
}

export interface SessionCluster {
  readonly id: SessionClusterId;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: SessionClusterSpec;
  readonly status: SessionClusterStatus;
  /** Counts starts: each start is another JobManager, which knows nothing of the one before. 0 = never started. */
  readonly incarnation: number;
  readonly specVersion: number;
  readonly intentVersion: number;
  readonly settledVersion: number;
  readonly wakeAt?: Instant;
  readonly resourceVersion: number;
  readonly rowVersion: number;
  readonly createdAt: Instant;
  readonly modifiedAt: Instant;
}
