// The view: everything a decision may rest on, as one value. Activities fill it, plan.ts reads it, nobody changes it.
import type { Deployment } from './deployment.ts';
import type { JobId, SavepointId } from './ids.ts';
import type { Job, Place, SeenException, SeenSnapshot } from './job.ts';
import type { Instant } from './instant.ts';
import type { Savepoint } from './savepoint.ts';

/** Where today's spec wants to run. */
export type PlaceView =
  | { readonly kind: 'ready'; readonly place: Place }
  /** It exists, but no Job can start there now; waiting costs no attempt (D20). */
  | { readonly kind: 'notReady'; readonly place: Place; readonly because: string }
  /** The target or session cluster that the spec names does not exist (D20). */
  | { readonly kind: 'missing'; readonly because: string };

/** What the last look at Flink showed of the live Job. An older look is never kept. */
export type Look =
  /** There was nothing to look at: no live Job, or one whose run call was never claimed. */
  | { readonly kind: 'nothing' }
  /** Silence: refused, timed out, another installation's. Starts nothing, stops nothing (design.md §4 rule 7). */
  | { readonly kind: 'unreachable'; readonly because: string }
  /** The Job's own cluster is coming up; REST does not answer yet or does not list the job yet. */
  | { readonly kind: 'starting' }
  /** A reachable JobManager says, asked for this job alone, that it does not know it. `recovers`: with high availability it may yet bring it back. */
  | { readonly kind: 'unknownJob'; readonly recovers?: true }
  /** Proven: the JobManager that had or could have had the job is dead. */
  | { readonly kind: 'gone'; readonly reason: string; readonly text: string }
  | LookAtJob;

export interface LookAtJob {
  readonly kind: 'job';
  readonly status: string;
  /** `waiting`: those that have no task slot yet. */
  readonly tasks: { readonly total: number; readonly running: number; readonly finished: number; readonly waiting?: number };
  /** Flink's counter of restarts; it begins again with each JobManager. */
  readonly restarts: number;
  /** When this JobManager began with the job, by Flink's clock. */
  readonly startedAt?: Instant;
  /** When a state of it or of one of its tasks last changed, by Flink's clock. */
  readonly changedAt?: Instant;
  /** Undefined when Flink did not tell. */
  readonly checkpoints?: SeenCheckpoints;
  /** Task slots of its cluster that are free; asked for while not all tasks run. */
  readonly freeSlots?: number;
  /** Flink's exception history, newest first; asked for when it restarted or failed. */
  readonly exceptions?: readonly SeenException[];
  /** Why it FAILED. */
  readonly failure?: { readonly reason: string; readonly text: string };
  /** TaskManager processes of the Job's own cluster that died. */
  readonly missingTaskManagers: number;
}

export interface SeenCheckpoints {
  /** Checkpointing is off; some versions then tell nothing of restores either. */
  readonly off?: true;
  readonly completed: number;
  /** The newest completed periodic checkpoint. */
  readonly newest?: SeenSnapshot;
  /** What Flink says it restored; undefined when it restored nothing. `isSavepoint` is false after an automatic failover. */
  readonly restored?: { readonly id?: number; readonly location?: string; readonly at?: Instant; readonly isSavepoint: boolean };
  /** The savepoint that stopped it. */
  readonly stoppedWith?: SeenSnapshot;
  /** How long it may take from one completed checkpoint to the next before something is wrong (scenario D6). */
  readonly patienceMs?: number;
}

/** Limits and pauses that are configuration (D21); tests shorten them. */
export interface Policy {
  /** How long a Job may take until all its tasks run. */
  readonly startLimitMs: number;
  /** Pause after the first failed attempt; doubles. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** How long a cancel waits for a cluster that does not answer before the cluster itself is removed. */
  readonly forceAfterMs: number;
  /** How long a reachable JobManager must deny knowing a job before the job counts as gone; ten times as long where it may recover jobs. */
  readonly absenceMs: number;
  /** A Job without checkpoints counts as stable after running this long (D8). */
  readonly stableAfterMs: number;
  /** First delay before looking again at an unreachable cluster; doubles, at most a minute. */
  readonly lookAgainMs: number;
  /** How many terminal Jobs, and how many events, of a Deployment are kept (D31). */
  readonly keepJobs: number;
  readonly keepEvents: number;
  /** How long an entry of the audit log is kept. */
  readonly keepAuditMs: number;
}

export const DEFAULT_POLICY: Policy = {
  startLimitMs: 600_000,
  firstPauseMs: 1000,
  longestPauseMs: 60_000,
  forceAfterMs: 300_000,
  absenceMs: 60_000,
  stableAfterMs: 60_000,
  lookAgainMs: 10_000,
  keepJobs: 100,
  keepEvents: 10_000,
  keepAuditMs: 365 * 86_400_000,
};

export interface View {
  readonly deployment: Deployment;
  /** The live Job and the newest terminal ones, newest first. */
  readonly jobs: readonly Job[];
  /** Newest first. */
  readonly savepoints: readonly Savepoint[];
  /** Annotations of the namespace's DeploymentDefaults: instructions for the Deployments that say nothing themselves. */
  readonly defaultAnnotations: Readonly<Record<string, string>>;
  readonly place: PlaceView;
  readonly look: Look;
  /** Terminal Jobs of which the watch saw a live Flink job: it is ended before anything else (design.md §4 rule 1). */
  readonly strays?: readonly JobId[];
  readonly policy: Policy;
  /** Ids for what this decision may create; a repeated decision that finds its intent recorded does not use them. */
  readonly fresh: { readonly jobId: JobId; readonly savepointId: SavepointId };
}
