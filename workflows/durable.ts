// How the workflows call activities: time limits, intervals between two looks, and which failures mean "decide again".
import { RetryState } from '@temporalio/common';
import { ActivityCancellationType, ActivityFailure, ApplicationFailure, isCancellation, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/create-activities.ts';

/** Database work that nobody needs to read: the right to write. */
export const fences = proxyLocalActivities<Pick<Activities, 'acquireFence' | 'acquireSessionFence'>>({
  startToCloseTimeout: '20s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

/**
 * A worker that was killed cannot say so: an attempt that has not beaten for this long is given to another one. Every activity beats
 * by itself (`activities/progress.ts`). A live attempt that is taken for dead does no harm: fence and row version stop it.
 */
const HEARTBEAT = '6s';

/** Decisions: one short look at Flink and one short transaction. Ordinary activities, so that the history reads as a story. */
export const decisions = proxyActivities<Pick<Activities, 'decide' | 'decideSessionCluster'>>({
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  startToCloseTimeout: '20s',
  heartbeatTimeout: HEARTBEAT,
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

/** Said of every effect, because the SDK sends another default than it documents: a run that is cancelled ends after its deed, not during it. */
const TO_THE_END = { cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED } as const;

/** Deeds: safe to repeat, each bounded by the HTTP client's own limits. */
export const deeds = proxyActivities<
  Pick<
    Activities,
    'stopWithSavepoint' | 'takeSavepoint' | 'cancelJob' | 'burnJobId' | 'collectCheckpoints' | 'tearDown' | 'endStray' | 'ensureCluster' | 'stopSessionCluster'
  >
>({
  ...TO_THE_END,
  startToCloseTimeout: '25s',
  heartbeatTimeout: HEARTBEAT,
  scheduleToCloseTimeout: '30s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

/** Removing files: dropped by a nudge, because no transition waits for it; what is left is removed by the next attempt. */
export const deletions = proxyActivities<Pick<Activities, 'deleteSavepoint'>>({
  startToCloseTimeout: '30s',
  heartbeatTimeout: HEARTBEAT,
  scheduleToCloseTimeout: '150s',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

/** Fetching an artifact (and Flink itself) and starting a session cluster: minutes at worst, heartbeating, dropped by a nudge. */
export const longDeeds = proxyActivities<Pick<Activities, 'fetchArtifact' | 'startSessionCluster'>>({
  startToCloseTimeout: '15m',
  scheduleToCloseTimeout: '30m',
  heartbeatTimeout: HEARTBEAT,
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

/**
 * Uploading a jar is a part of getting the artifact there: up to 1 GiB unless configured otherwise, which may have to be fetched to this worker once
 * more. Heartbeats tell of a lost worker, a nudge drops it, and after some failures a decision looks again.
 */
export const uploads = proxyActivities<Pick<Activities, 'uploadJar'>>({
  startToCloseTimeout: '15m',
  scheduleToCloseTimeout: '30m',
  heartbeatTimeout: HEARTBEAT,
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s', maximumAttempts: 9 },
});

/** Flink's run call takes as long as the user's main(): at most a minute. After that a decision looks again. */
export const submits = proxyActivities<Pick<Activities, 'submitJob'>>({
  ...TO_THE_END,
  startToCloseTimeout: '70s',
  heartbeatTimeout: HEARTBEAT,
  scheduleToCloseTimeout: '75s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

/** Waits: a look of at most two seconds, then again after a while; a nudge drops them. */
export const waits = proxyActivities<Pick<Activities, 'awaitRunning' | 'awaitSavepoint' | 'awaitEnd' | 'awaitSessionCluster'>>({
  startToCloseTimeout: '15s',
  heartbeatTimeout: HEARTBEAT,
  scheduleToCloseTimeout: '2m',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '200ms', backoffCoefficient: 1.3, maximumInterval: '5s' },
});

export const watch = proxyActivities<Pick<Activities, 'watchFleet'>>({
  startToCloseTimeout: '40s',
  heartbeatTimeout: '15s',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { maximumAttempts: 2 },
});

const DECIDE_AGAIN = ['Fenced', 'Moved', 'Gone'];

/** True when the run has to acquire a fence and decide again: another run or a late attempt was there. */
export function isOutdated(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure && DECIDE_AGAIN.includes(cause.type ?? '');
}

const OUT_OF_TIME: ReadonlySet<RetryState> = new Set([RetryState.TIMEOUT, RetryState.CANCEL_REQUESTED, RetryState.MAXIMUM_ATTEMPTS_REACHED]);

/** True when all attempts took too long, or failed after the run was cancelled: the intent is still open, so the next decision resolves it. */
export function isOutOfTime(error: unknown): boolean {
  return error instanceof ActivityFailure && !isCancellation(error) && OUT_OF_TIME.has(error.retryState);
}
