// A Step: the one thing to do next, and why. It is kept in the workflow's history, so it holds ids, numbers and one sentence:
// no spec, no secret, no path.
import type { Phase } from './deployment.ts';
import type { JobId, SavepointId } from './ids.ts';
import type { CancelReason } from './job.ts';

export type GiveUpCode =
  | 'TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS'
  | 'TOO_MANY_FAILED_SUSPENSION_ATTEMPTS'
  | 'MANUAL_RESTORE_REQUIRED'
  | 'COULD_NOT_FIND_A_JOB_TO_SUSPEND';

/** What a rest waits for, as the reason of the condition UpToDate. */
export type Blocked =
  | 'AWAITING_HEALTHY_JOB'
  | 'AWAITING_SUBMIT_OUTCOME'
  | 'CLUSTER_UNREACHABLE'
  | 'TARGET_NOT_READY'
  /** drey.dev/require-state: the next Job would have no state to start from. */
  | 'NO_RESTORE_SOURCE'
  /** drey.dev/require-state: restoreStrategy NONE would start the next Job empty. */
  | 'STATE_WOULD_BE_DISCARDED';

/** Nothing to do: the run ends. Settled unless a `wakeInMs` says that time alone, or a cluster's answer, will change the decision. */
export interface Rest {
  readonly kind: 'rest';
  readonly phase: Phase;
  readonly because: string;
  readonly wakeInMs?: number;
  readonly blocked?: Blocked;
}

export type Step =
  | Rest
  /** Remove a Savepoint and, where nobody else refers to it, its data. `rest`: what a user sees meanwhile. */
  | { readonly kind: 'deleteSavepoint'; readonly savepointId: SavepointId; readonly because: string; readonly rest: Rest }
  /** Between two attempts; a nudge cuts it short. */
  | { readonly kind: 'pause'; readonly forMs: number; readonly because: string }
  /** FAILED, until the user changes the spec. */
  | { readonly kind: 'giveUp'; readonly code: GiveUpCode; readonly because: string }
  /** Get the Job's jar, and in session mode upload it. `create`: the Job row is made with this decision. */
  | { readonly kind: 'fetchArtifact'; readonly jobId: JobId; readonly create?: NewJobIntent; readonly attempt: number; readonly because: string }
  /** Hand the job to Flink under its own id: start its cluster, or call run. */
  | { readonly kind: 'submitJob'; readonly jobId: JobId; readonly because: string }
  /** Make it impossible that a run call still under way ever starts this id (design.md §4 rule 1). */
  | { readonly kind: 'burnJobId'; readonly jobId: JobId; readonly because: string }
  | { readonly kind: 'awaitRunning'; readonly jobId: JobId; readonly because: string }
  /** Start TaskManagers of the Job's own cluster that died. */
  | { readonly kind: 'ensureCluster'; readonly jobId: JobId; readonly because: string }
  | {
      readonly kind: 'stopWithSavepoint';
      readonly jobId: JobId;
      readonly savepointId: SavepointId;
      readonly attempt: number;
      readonly of: number;
      readonly because: string;
    }
  | { readonly kind: 'takeSavepoint'; readonly jobId: JobId; readonly savepointId: SavepointId; readonly because: string }
  | { readonly kind: 'awaitSavepoint'; readonly jobId: JobId; readonly savepointId: SavepointId; readonly because: string }
  /** `late`: it did not come to run within the start limit. */
  | {
      readonly kind: 'cancelJob';
      readonly jobId: JobId;
      readonly reason: CancelReason;
      readonly force?: true;
      readonly late?: true;
      readonly because: string;
    }
  | { readonly kind: 'awaitEnd'; readonly jobId: JobId; readonly because: string }
  | { readonly kind: 'collectCheckpoints'; readonly jobId: JobId; readonly because: string }
  /** Free everything the Job holds (its cluster, its uploaded jar) and make it terminal. */
  | { readonly kind: 'tearDown'; readonly jobId: JobId; readonly late?: true; readonly because: string }
  /** A Flink job of a terminal Job is alive: end it. */
  | { readonly kind: 'endStray'; readonly jobId: JobId; readonly because: string };

export interface NewJobIntent {
  /** The Savepoint to start from; null starts empty. */
  readonly restoreFrom: SavepointId | null;
  /** Whose template: today's spec, or that of the Job that failed (upgradeStrategy NONE, D22). */
  readonly templateOf: 'spec' | JobId;
}

/** The Job a Step works on, where it works on one. */
export function jobOf(step: Step): JobId | undefined {
  return 'jobId' in step ? step.jobId : undefined;
}

/** The Step as the workflow's history may hold it: the reason of a failure may name a user's paths, so it stands in the status and the events alone. */
export function forHistory(step: Step): Step {
  if (step.kind === 'giveUp') return { ...step, because: step.code };
  if (step.kind === 'deleteSavepoint') return { ...step, rest: restForHistory(step.rest) };
  return step.kind === 'rest' ? restForHistory(step) : step;
}

function restForHistory(rest: Rest): Rest {
  return rest.phase === 'FAILED' ? { ...rest, because: 'FAILED: the status and the events say why' } : rest;
}
