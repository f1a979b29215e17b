// Deployment: the desired state of one Flink job, and what drey knows of it. Types only.
import type { Template, TemplateSpec } from './template.schema.ts';
import type { DeploymentId, JobId } from './ids.ts';
import type { Instant } from './instant.ts';

export type DesiredState = 'RUNNING' | 'SUSPENDED' | 'CANCELLED';
export type UpgradeKind = 'NONE' | 'STATELESS' | 'STATEFUL';
export type RestoreKind = 'NONE' | 'LATEST_SAVEPOINT' | 'LATEST_STATE';

/** A fully specified spec: every key that has a default is there (vvp.md §1.9). */
export interface DeploymentSpec {
  readonly state: DesiredState;
  readonly upgradeStrategy: { readonly kind: UpgradeKind };
  readonly restoreStrategy: { readonly kind: RestoreKind; readonly allowNonRestoredState: boolean };
  readonly maxSavepointCreationAttempts: number;
  readonly maxJobCreationAttempts: number;
  readonly jobFailureExpirationTime?: string;
  /** At most one of the three references is set. */
  readonly deploymentTargetId?: string;
  readonly deploymentTargetName?: string;
  readonly sessionClusterName?: string;
  readonly template: FullTemplate;
}

/** A template after the defaults: parallelism, resources and logging are always there. */
export interface FullTemplate extends Template {
  readonly spec: TemplateSpec & Required<Pick<TemplateSpec, 'parallelism' | 'resources' | 'flinkConfiguration' | 'logging'>>;
}

/** `status.state` of a Deployment (vvp.md §2.2). */
export type Phase = 'RUNNING' | 'SUSPENDED' | 'CANCELLED' | 'TRANSITIONING' | 'FAILED' | 'FINISHED';

/** The first two are in every state; the others only while a Job is live (vvp.md §1.2; the last is drey's own). */
export type ConditionType = 'UpToDate' | 'StateSafe' | 'ClusterUnreachable' | 'JobFailing' | 'JobUnstable' | 'CheckpointsStalled';

export interface Condition {
  readonly type: ConditionType;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  /** Moves with `status` only. */
  readonly lastTransitionTime: Instant;
  /** Moves with any change. */
  readonly lastUpdateTime: Instant;
}

export interface DeploymentStatus {
  readonly state: Phase;
  /** Present exactly while `state` is RUNNING. */
  readonly running?: { readonly jobId: JobId; readonly transitionTime: Instant };
  /** Kept in every state; shown under `status.conditions`, and under `status.running.conditions` while RUNNING. */
  readonly conditions: readonly Condition[];
  /** One sentence on what drey is doing or waiting for; shown as an annotation. */
  readonly because: string;
  /** Since when the Deployment is TRANSITIONING. */
  readonly transitioningSince?: Instant;
  /** The newest Job that a rest in CANCELLED, SUSPENDED or FAILED put behind it: a FINISHED one then no longer keeps a start from happening. */
  readonly leftJobId?: JobId;
}

/** A Deployment as stored. */
export interface Deployment {
  readonly id: DeploymentId;
  readonly namespace: string;
  readonly name: string;
  readonly displayName?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: DeploymentSpec;
  readonly status: DeploymentStatus;
  /** Counts changes of the effective spec; clears attempts and leaves FAILED (D25). */
  readonly specVersion: number;
  /** Counts everything that calls for a new look (D25). */
  readonly intentVersion: number;
  /** The intentVersion at the last `rest`. */
  readonly settledVersion: number;
  /** When time alone will change the answer, the moment to look again. */
  readonly wakeAt?: Instant;
  /** The specVersion at which drey gave up; FAILED as long as it equals specVersion. */
  readonly failedSpecVersion?: number;
  /** True once any of its Jobs ever completed a checkpoint or savepoint, or a Savepoint was registered. */
  readonly hadState: boolean;
  /** Counts stored changes, as users see them (D25). */
  readonly resourceVersion: number;
  /** Moved by every transaction of a run; a late attempt finds it moved and changes nothing (design.md §3). */
  readonly rowVersion: number;
  readonly createdAt: Instant;
  readonly modifiedAt: Instant;
}
