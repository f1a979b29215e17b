// What the rest of drey sees of Flink: REST calls, clusters, artifacts, storage. Answers are values; nothing here decides.
import type { FlinkJobId, JobId, SessionClusterId, TriggerId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { FetchedArtifact } from '../domain/job.ts';
import type { SavepointFormat } from '../domain/savepoint.ts';
import type { Logging, Resources } from '../domain/template.schema.ts';
import type { Answer } from './answer.ts';
import type { ProcessLogs } from './logs.ts';
import type { SnapshotStorage, UploadedArtifacts } from './storage/storage.ts';

export type { Answer } from './answer.ts';

export interface Flink {
  /** Cheap to make: all share one pool of connections. */
  rest(url: string): FlinkRest;
  /** The Flink at an address that a user gave: where it must not be asked (design.md §9), every call is `unavailable` and says so. */
  externalRest(url: string): FlinkRest;
  /** Why `externalRest` would never ask this address, as far as its text tells; undefined: it may be asked. */
  faultOfUrl(url: string): string | undefined;
  readonly local: LocalClusters;
  readonly artifacts: Artifacts;
  readonly storage: SnapshotStorage;
  readonly uploads: UploadedArtifacts;
}

export type FlinkJobStatus =
  | 'INITIALIZING'
  | 'CREATED'
  | 'RUNNING'
  | 'FAILING'
  | 'FAILED'
  | 'CANCELLING'
  | 'CANCELED'
  | 'FINISHED'
  | 'RESTARTING'
  | 'SUSPENDED'
  | 'RECONCILING';

export interface FlinkJob {
  readonly id: FlinkJobId;
  readonly name: string;
  /** A status this table does not know stays as Flink wrote it. */
  readonly status: FlinkJobStatus | (string & {});
  /** `waiting`: created or scheduled, which is to say without a task slot. */
  readonly tasks: { readonly total: number; readonly running: number; readonly finished: number; readonly waiting: number };
  readonly startedAt: Instant;
  readonly endedAt?: Instant;
  /** When a state of it or of one of its tasks last changed; only the overview tells. */
  readonly changedAt?: Instant;
}

export interface ClusterSettings {
  /** Whether its JobManager brings jobs back after a restart. */
  readonly isHighlyAvailable: boolean;
  /** For how many milliseconds Flink repeats the checkpoint statistics of a job before it looks again, also after the job ended. */
  readonly statisticsCacheMs: number;
}

export interface RunOrder {
  readonly jobId: FlinkJobId;
  readonly entryClass?: string;
  readonly args: readonly string[];
  readonly parallelism: number;
  readonly savepointPath?: string;
  readonly allowNonRestoredState: boolean;
  readonly flinkConfiguration: Readonly<Record<string, string>>;
}

export interface BurnOrder {
  /** What the program is uploaded as, for the moment. */
  readonly jarName: string;
  readonly savepointPath: string;
}

export interface SavepointOrder {
  readonly triggerId: TriggerId;
  readonly targetDirectory: string;
  readonly format: SavepointFormat;
}

export type SavepointProgress =
  | { readonly kind: 'inProgress' }
  | { readonly kind: 'completed'; readonly location: string }
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly text: string;
      /** Flink named a savepoint that is complete although the job failed while stopping (flink.md §2.5). */
      readonly location?: string;
    }
  /** Flink does not know this trigger: never arrived, expired, or another JobManager (flink.md §2.4). */
  | { readonly kind: 'unknownTrigger' };

export interface Checkpoint {
  readonly id: number;
  readonly triggeredAt: Instant;
  readonly isSavepoint: boolean;
  /** The savepoint of a stop. */
  readonly isStop: boolean;
  /** Absent when it cannot be restored from outside. */
  readonly location?: string;
  readonly discarded: boolean;
}

export interface CheckpointStats {
  /** False when checkpointing is off. */
  readonly enabled: boolean;
  readonly completedCount: number;
  readonly latestCompleted?: Checkpoint;
  readonly latestSavepoint?: Checkpoint;
  /** The last restore Flink reports for this job. */
  readonly restored?: { readonly id: number; readonly location?: string; readonly at: Instant; readonly isSavepoint: boolean };
  /** (The longer of interval and timeout) × (tolerable failures + 2): after that long without a completed checkpoint something is wrong. */
  readonly patienceMs?: number;
}

export interface FlinkException {
  readonly name: string;
  /** The innermost cause, one sentence. */
  readonly reason: string;
  /** At most 32 KiB. */
  readonly stacktrace: string;
  readonly at: Instant;
}

export interface FlinkRest {
  readonly url: string;
  /** GET of a page or file of Flink's own UI, as it comes, not yet masked; follows no redirect. Throws where nobody answers. */
  open(pathAndQuery: string, signal: AbortSignal): Promise<Response>;
  readonly logs: ProcessLogs;
  version(): Promise<Answer<string>>;
  clusterSettings(): Promise<Answer<ClusterSettings>>;
  slots(): Promise<Answer<{ readonly taskManagers: number; readonly total: number; readonly available: number }>>;
  /** `/jobs/overview`: one call a cluster. Silently leaves out jobs whose master does not answer. */
  jobs(): Promise<Answer<readonly FlinkJob[]>>;
  /** The job as `/jobs/overview` shows it, or as `/jobs/:id` does when the overview leaves it out; undefined when `/jobs/:id` says 404. */
  job(id: FlinkJobId): Promise<Answer<FlinkJob | undefined>>;
  /** Uploads a jar under `name` (must end in .jar); the answer is the id that only this JobManager knows. At most 30 s, a large one longer. */
  uploadJar(path: string, name: string, signal?: AbortSignal): Promise<Answer<string>>;
  /** Names of uploaded jars by id. */
  jars(): Promise<Answer<readonly { readonly id: string; readonly name: string }[]>>;
  /** True when it is gone, also when it was gone before. */
  deleteJar(jarId: string): Promise<Answer<true>>;
  /** Synchronous at Flink's side: runs the user's main(). At most 60 s, else unavailable with mayHaveArrived. `signal` ends the waiting. */
  run(jarId: string, order: RunOrder, signal?: AbortSignal): Promise<Answer<{ readonly jobId: FlinkJobId }>>;
  /**
   * Uses up an id, so that no run call still under way can start it: runs a small program of drey's own from a savepoint that cannot exist.
   * Done says that it was tried; whether the id is used up is told by `job`.
   */
  burn(id: FlinkJobId, order: BurnOrder, signal?: AbortSignal): Promise<Answer<true>>;
  savepoint(id: FlinkJobId, order: SavepointOrder): Promise<Answer<true>>;
  /** Stop-with-savepoint, never draining. */
  stop(id: FlinkJobId, order: SavepointOrder): Promise<Answer<true>>;
  savepointProgress(id: FlinkJobId, triggerId: TriggerId): Promise<Answer<SavepointProgress>>;
  cancel(id: FlinkJobId): Promise<Answer<'accepted' | 'alreadyEnded' | 'unknownJob'>>;
  checkpoints(id: FlinkJobId): Promise<Answer<CheckpointStats>>;
  /** Newest first, at most `limit`. */
  exceptions(id: FlinkJobId, limit: number): Promise<Answer<readonly FlinkException[]>>;
  /** How often the job restarted by itself in this JobManager; undefined when Flink has no figure yet. */
  restarts(id: FlinkJobId): Promise<Answer<number | undefined>>;
}

/** What is to be seen of one cluster without asking Flink itself. */
export type Sighting =
  /** Nobody ever used the right to start it. */
  | { readonly kind: 'neverStarted' }
  /** Its JobManager process lives. `taskManagers`: live processes. REST may not answer yet. */
  | { readonly kind: 'alive'; readonly url: string; readonly taskManagers: number }
  /** Proven: its JobManager process is dead and nothing can start it again. `exitCode` where known; `logTail`: the last lines, at most 8 KiB. */
  | { readonly kind: 'gone'; readonly exitCode?: number; readonly logTail: string }
  /** It belongs to another installation: this worker cannot say anything. */
  | { readonly kind: 'elsewhere' };

/** JVM settings of a local cluster. */
export interface ClusterOrder {
  readonly flinkVersion: string;
  readonly parallelism: number;
  readonly taskManagers: number;
  readonly resources: Resources;
  readonly flinkConfiguration: Readonly<Record<string, string>>;
  readonly logging: Logging;
}

export interface ApplicationOrder extends ClusterOrder {
  readonly artifact: FetchedArtifact;
  readonly entryClass?: string;
  readonly mainArgs: readonly string[];
  readonly savepointPath?: string;
  readonly allowNonRestoredState: boolean;
}

/** The cluster of one application-mode Job, or one incarnation of a session cluster. */
export type LocalClusterId =
  | { readonly kind: 'job'; readonly jobId: JobId }
  | { readonly kind: 'session'; readonly sessionClusterId: SessionClusterId; readonly incarnation: number };

/** Flink clusters as JVM processes of this machine (design.md §5). Found again after a crash; each is started at most once, ever. */
export interface LocalClusters {
  /** Versions that this installation can run, newest first. */
  readonly versions: readonly string[];
  /** The version that runs a Deployment asking for `wanted` ("1.20" → "1.20.0"; undefined → the default), or undefined when none does. */
  versionFor(wanted: string | undefined): string | undefined;
  /** Fetches this version unless it is there; long, calls `progress` with one line a step. */
  provision(version: string, progress: (line: string) => void): Promise<void>;
  /** Uses the right to start, once; when it was used before, does nothing. Returns as soon as the processes exist. Rejected: settings with which it cannot run (memory), and then the right is not used. */
  startApplication(id: JobId, order: ApplicationOrder): Promise<Answer<true>>;
  startSession(id: SessionClusterId, incarnation: number, order: ClusterOrder): Promise<Answer<true>>;
  observe(id: LocalClusterId): Promise<Sighting>;
  /** Starts TaskManagers that died, up to the ordered number, or to `wanted` from now on. Returns how many were started. */
  ensureTaskManagers(id: LocalClusterId, wanted?: number): Promise<number>;
  /** Takes away the right to start, ends every process of it and waits until they are dead. Logs stay. Safe to repeat. */
  tearDown(id: LocalClusterId): Promise<void>;
  /** Of its processes, also of those that ended; until `forget`. */
  logs(id: LocalClusterId): ProcessLogs;
  /** Removes its folder, logs included. Only after tearDown. */
  forget(id: LocalClusterId): Promise<void>;
}

export interface FetchOrder {
  readonly jobId: JobId;
  /** Whose uploaded artifacts it may read. */
  readonly namespace: string;
  readonly uri: string;
  readonly additionalDependencies: readonly string[];
  /** The same addresses as they may be seen, jar first: files are named after them. */
  readonly shown?: readonly string[];
}

export interface Artifacts {
  /** Fetches jar and dependencies into the Job's own folder and hashes them. The same bytes when asked again. `rejected`: it cannot work (not found, scheme not allowed, too large); `unavailable`: try again. */
  fetch(order: FetchOrder, signal: AbortSignal, progress: (bytes: number) => void): Promise<Answer<FetchedArtifact>>;
  /** The Jobs for which something lies on this machine. */
  fetched(): Promise<readonly JobId[]>;
  /** Removes what was fetched for a Job. Only when Flink has it, or the Job is terminal. */
  forget(jobId: JobId): Promise<void>;
}
