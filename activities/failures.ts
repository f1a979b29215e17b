// Outcomes as Temporal understands them. The only place that makes an ApplicationFailure.
import { ApplicationFailure } from '@temporalio/common';

/** Types of failures that the workflow knows. */
export const FENCED = 'Fenced';
export const MOVED = 'Moved';
export const GONE = 'Gone';

/** Not done yet, and nothing is wrong: Temporal looks again after the policy's interval. */
export function notYet(what: string): ApplicationFailure {
  return ApplicationFailure.create({ message: what, type: 'NotYet', category: 'BENIGN' });
}

/** Flink could not be reached: Temporal tries again; nothing is counted. */
export function tryAgain(reason: string): ApplicationFailure {
  return ApplicationFailure.create({ message: reason, type: 'Unavailable', category: 'BENIGN' });
}

/** Another run has taken over: this one may write nothing more before it acquires a fence again. */
export function fenced(): ApplicationFailure {
  return ApplicationFailure.nonRetryable('another run has taken over', FENCED);
}

/** The row changed since it was read: decide again. */
export function moved(): ApplicationFailure {
  return ApplicationFailure.nonRetryable('the Deployment moved on meanwhile', MOVED);
}

/** It was deleted: there is nothing left to do. */
export function gone(): ApplicationFailure {
  return ApplicationFailure.nonRetryable('it was deleted', GONE);
}

/** A bug, or a store that does not answer: tried again; only the kind of error is told. */
export function unexpected(error: unknown): ApplicationFailure {
  const name = error instanceof Error ? error.name : 'Error';
  return ApplicationFailure.create({ message: 'unexpected; the log has the details', type: name });
}
