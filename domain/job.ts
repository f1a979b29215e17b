// Job: one attempt to run a Deployment's template as a Flink job. Types only; the rules are in plan.ts.
import type { FullTemplate } from './deployment.ts';
import type { DeploymentId, JobId, SavepointId, SessionClusterId } from './ids.ts';
import type { Instant } from './instant.ts';

/** `status.state` of a Job (vvp.md §2.3). */
export type JobState = 'STARTING' | 'STARTED' | 'TERMINATING' | 'FAILED' | 'TERMINATED' | 'FINISHED';

export const TERMINAL_JOB_STATES = ['FAILED', 'TERMINATED', 'FINISHED'] as const satisfies readonly JobState[];

/** Where a Job runs, frozen when it is created: a cluster of its own on this machine, or a shared session cluster. */
export type Place =
  | { readonly kind: 'local'; readonly target: string }
  | { readonly kind: 'kubernetes'; readonly target: string; readonly namespace: string }
  | { readonly kind: 'session'; readonly sessionCluster: string; readonly sessionClusterId: SessionClusterId };

/** The state a Job starts from, chosen once and frozen (design.md §4 rule 4). */
export interface RestoreSource {
  readonly savepointId: SavepointId;
  readonly location: string;
}

export interface Failure {
  /** One sentence: Flink's innermost cause, or ours. */
  readonly reason: string;
  /** The full text, bounded to 32 KiB. */
  readonly message: string;
  readonly failedAt: Instant;
}

/** Why drey ends a Job. Only these four may use cancel; a suspension stops with a savepoint (design.md §4 rule 2). */
export type CancelReason = 'CANCELLED' | 'STATELESS' | 'NEVER_RAN' | 'WRONG_RESTORE';

/** How a Job's Flink job was proven to have ended. Once recorded it never changes. */
export type JobEnd =
  /** No run call can have reached Flink, or Flink refused it: there never was a Flink job. */
  | { readonly how: 'NEVER_SUBMITTED'; readonly failure?: Failure }
  | { readonly how: 'CANCELED' }
  /** `stoppedWith`: somebody else stopped it with this savepoint; without it a bounded job came to its end (D26). */
  | { readonly how: 'FINISHED'; readonly stoppedWith?: SeenSnapshot }
  | { readonly how: 'FAILED'; readonly failure: Failure }
  /** Its JobManager is proven gone, and the job with it. */
  | { readonly how: 'GONE'; readonly failure: Failure };

/** A snapshot as Flink reports it: its checkpoint id, where it is when it can be restored from outside, when it was triggered. */
export interface SeenSnapshot {
  readonly id: number;
  readonly location?: string;
  readonly at: Instant;
}

/** One entry of Flink's exception history. */
export interface SeenException {
  readonly name: string;
  /** The innermost cause, one sentence. */
  readonly reason: string;
  /** At most 50 lines. */
  readonly stacktrace: string;
  readonly at: Instant;
}

/** What was last seen of a Job. */
export interface Observed {
  readonly status: string;
  /** A lower bound of how often Flink restarted it by itself. */
  readonly restarts: number;
  /** Since when it is seen so. */
  readonly at: Instant;
  /** When a state of it or of one of its tasks last changed, by Flink's clock. */
  readonly changedAt?: Instant;
  /** Flink's own counter at that look: it begins again with each JobManager. */
  readonly counter?: number;
  /** When its newest restarts were noticed, newest first; at most three. */
  readonly restartedAt?: readonly Instant[];
}

/** What was fetched for a Job: the same bytes on every retry. */
export interface FetchedArtifact {
  /** Absolute path of the jar on the machine that fetched it. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Further files of `additionalDependencies`, in order. */
  readonly dependencies: readonly { readonly path: string; readonly sha256: string }[];
}

/** How far the run call of a Job has come. */
export type SubmitState = 'NOT_YET' | 'OPEN' | 'ACCEPTED';

/** A Job as stored. Rows are never reused: each attempt is a Job of its own. */
export interface Job {
  readonly id: JobId;
  readonly deploymentId: DeploymentId;
  readonly namespace: string;
  readonly deploymentName: string;
  readonly state: JobState;
  /** The Deployment's specVersion when this Job was created. */
  readonly specVersion: number;
  /** The user's template verbatim; upgrades compare this (D24). */
  readonly template: FullTemplate;
  readonly place: Place;
  /** Flink configuration as given to Flink, with drey's own keys; for showing. */
  readonly flinkConfiguration: Readonly<Record<string, string>>;
  readonly restore?: RestoreSource;
  readonly allowNonRestoredState: boolean;
  /** `fetchedAt`: from then on the start limit runs. */
  readonly artifact?: FetchedArtifact & { readonly fetchedAt: Instant };
  /** Session mode: the id under which this Job's jar was uploaded, known to one JobManager only. */
  readonly jarId?: string;
  /** Session mode: which incarnation of the session cluster the jar was uploaded to. */
  readonly incarnation?: number;
  readonly submit: SubmitState;
  /** Run calls claimed whose answer was never recorded: each may still arrive at Flink. */
  readonly openCalls: number;
  /** Set when a cancel was claimed. */
  readonly cancelling?: CancelReason;
  readonly end?: JobEnd;
  /** Its retained checkpoints have become Savepoints. */
  readonly collected: boolean;
  /** All tasks ran, and a checkpoint completed or 60 s passed (D8). */
  readonly stable: boolean;
  /** Flink reported what it restored and it was what the Job names (D27). */
  readonly restoreChecked: boolean;
  /** A checkpoint or savepoint of this Job completed at some time. */
  readonly hadState: boolean;
  /** The newest checkpoint that Flink reported as complete. */
  readonly newestCheckpoint?: SeenSnapshot;
  /** From then on it ran on restored state that is too old: what it wrote since is nobody's state (scenario D13). */
  readonly voidSince?: Instant;
  readonly failure?: Failure;
  /** Newest of Flink's exception history, newest first; at most ten. */
  readonly exceptions?: readonly SeenException[];
  /** Last seen by the watch or a look; for display, never the ground of a decision. */
  readonly observed?: Observed;
  readonly createdAt: Instant;
  readonly startedAt?: Instant;
  readonly terminatedAt?: Instant;
  readonly modifiedAt: Instant;
  readonly resourceVersion: number;
}

export function isTerminal(job: Pick<Job, 'state'>): boolean {
  return (TERMINAL_JOB_STATES as readonly JobState[]).includes(job.state);
}
