// Savepoint: a snapshot of a Job's state that drey knows of. Types only; choosing one is restore.ts.
import type { DeploymentId, JobId, SavepointId } from './ids.ts';
import type { Instant } from './instant.ts';
import type { Failure } from './job.ts';

export type SavepointOrigin = 'USER_REQUEST' | 'SUSPEND' | 'COPIED' | 'RETAINED_CHECKPOINT';
export type SavepointState = 'STARTED' | 'COMPLETED' | 'FAILED' | 'PENDING_DELETION' | 'DELETING' | 'FAILED_DELETION';
export type SavepointFormat = 'CANONICAL' | 'NATIVE';

/** A Savepoint as stored. A failed attempt is a Savepoint in FAILED (D8). */
export interface Savepoint {
  readonly id: SavepointId;
  readonly deploymentId: DeploymentId;
  readonly namespace: string;
  readonly jobId?: JobId;
  readonly origin: SavepointOrigin;
  readonly state: SavepointState;
  /** The request was claimed and may have reached Flink. */
  readonly triggered: boolean;
  /** Where Flink is asked to write it: an empty directory of its own. */
  readonly targetDirectory?: string;
  /** Where it is, once COMPLETED. */
  readonly location?: string;
  readonly flinkSavepointId?: string;
  readonly format: SavepointFormat;
  /** Flink's checkpoint id, where known; orders snapshots of one Job (D19). */
  readonly checkpointId?: number;
  /** When the state was captured (trigger time); a COPIED one counts from its registration (D19). */
  readonly capturedAt: Instant;
  readonly specVersion: number;
  readonly failure?: Failure;
  readonly createdAt: Instant;
  readonly modifiedAt: Instant;
  readonly resourceVersion: number;
}
