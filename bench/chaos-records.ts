// What the fault benchmark compares: drey's word, Flink's own word, and what was asked. Types only.

export interface AskedDeployment {
  readonly name: string;
  /** Arguments of every version that was asked for, the first one included. */
  readonly args: readonly string[];
  /** Why it was given up, if it was. */
  readonly stuck?: string;
}

/** A Deployment as the API answers it at the end. */
export interface DeploymentRecord {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly jobId?: string;
  /** Nothing is left to do for it. */
  readonly settled: boolean;
  readonly because: string;
}

export interface JobRecord {
  /** Grows with time. */
  readonly id: string;
  readonly deploymentId: string;
  readonly state: string;
  readonly args: string;
  readonly savepointLocation?: string;
}

export interface SavepointRecord {
  readonly id: string;
  readonly jobId?: string;
  readonly origin: string;
  readonly state: string;
  readonly location?: string;
}

interface Snapshot {
  readonly location?: string;
  readonly checkpointId: number;
}

/** A Flink job as Flink knows it. */
export interface FlinkJobRecord {
  /** 32 hex digits. */
  readonly id: string;
  readonly status: string;
  /** Flink's clock, in milliseconds. */
  readonly startedAt: number;
  readonly endedAt?: number;
  /** Undefined when it is not known to Flink. */
  readonly args?: readonly string[];
  readonly restored?: Snapshot;
  /** Those that Flink completed. */
  readonly savepoints: readonly Snapshot[];
  /** Of checkpoints and savepoints. */
  readonly newestCheckpointId?: number;
}

/** What a watcher saw while it all happened. */
export interface Sightings {
  readonly looks: number;
  /** Every pair of Flink jobs that were alive at the same moment; ids in order. */
  readonly together: readonly (readonly [string, string])[];
}

export interface Evidence {
  readonly asked: readonly AskedDeployment[];
  readonly deployments: readonly DeploymentRecord[];
  readonly jobs: readonly JobRecord[];
  readonly savepoints: readonly SavepointRecord[];
  readonly flinkJobs: readonly FlinkJobRecord[];
  readonly sightings: Sightings;
}
