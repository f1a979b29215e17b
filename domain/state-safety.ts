// The condition StateSafe: whether the next start of a Deployment would have the state it should have, were its job to end now; told
// before anything is lost (scenarios A2, A7, A17, A21, A22).
import { assertNever } from './assert-never.ts';
import type { Condition } from './deployment.ts';
import type { Job } from './job.ts';
import { liveJob } from './learn.ts';
import { chooseRestore, everHadState, keepsCheckpoints, newestFor, usableOf } from './restore.ts';
import type { View } from './view.ts';

export type StateSafe = Omit<Condition, 'lastTransitionTime' | 'lastUpdateTime'>;

const TYPE = 'StateSafe';
const safe = (reason: string, message = ''): StateSafe => ({ type: TYPE, status: 'True', reason, message });
const notSafe = (reason: string, message: string): StateSafe => ({ type: TYPE, status: 'False', reason, message });
const NO_RETAINED_CHECKPOINTS = 'NO_RETAINED_CHECKPOINTS';
const NOT_YET: StateSafe = { type: TYPE, status: 'Unknown', reason: 'NO_STATE_YET', message: 'no checkpoint or savepoint has completed yet' };
const DISCARDED = notSafe('STATE_DISCARDED_BY_STRATEGY', 'restoreStrategy is NONE: the next job starts empty, whatever savepoints there are');
const NOT_RETAINED = notSafe(
  'CHECKPOINTS_NOT_RETAINED',
  'the retention of the job discards its checkpoints when it ends, and there is no Savepoint to start from',
);

export function stateSafety(view: View): StateSafe {
  const job = liveJob(view);
  return job === undefined || job.end !== undefined || job.startedAt === undefined ? betweenJobs(view) : whileRunning(view, job);
}

function betweenJobs(view: View): StateSafe {
  const choice = chooseRestore(view);
  switch (choice.kind) {
    case 'from':
      return safe('RESTORE_SOURCE_KNOWN');
    case 'lost':
      return notSafe('MANUAL_RESTORE_REQUIRED', choice.because);
    case 'empty':
      if (choice.why === 'FIRST_START') return safe('NOTHING_TO_LOSE');
      return choice.why === 'STATE_DISCARDED_BY_STRATEGY' ? DISCARDED : NOT_RETAINED;
    default:
      return assertNever(choice);
  }
}

function whileRunning(view: View, job: Job): StateSafe {
  const strategy = view.deployment.spec.restoreStrategy.kind;
  switch (strategy) {
    case 'NONE':
      return DISCARDED;
    case 'LATEST_SAVEPOINT':
      if (newestFor(strategy, usableOf(view)) !== undefined) return safe('SAVEPOINT_KNOWN', 'what happened since that savepoint would be processed again');
      return everHadState(view) ? notSafe('NO_SAVEPOINT', 'restoreStrategy LATEST_SAVEPOINT has no Savepoint to start from') : NOT_YET;
    case 'LATEST_STATE':
      return keepsCheckpoints({ ...job, end: { how: 'CANCELED' } }) && !checkpointingIsOff(view) ? retaining(view, job) : notRetaining(view);
    default:
      return assertNever(strategy);
  }
}

/** A job that is out of sight checkpoints as little as it did when it was seen. */
function checkpointingIsOff({ look, deployment }: View): boolean {
  if (look.kind === 'job' && look.checkpoints !== undefined) return look.checkpoints.off === true;
  return deployment.status.conditions.some(({ type, reason }) => type === TYPE && reason === NO_RETAINED_CHECKPOINTS);
}

function retaining(view: View, job: Job): StateSafe {
  if (job.hadState || job.restore !== undefined) return safe('CHECKPOINTS_RETAINED');
  return everHadState(view) ? notSafe('CHECKPOINTS_NOT_RETAINED', 'the job started without the state of the last one, and has none of its own yet') : NOT_YET;
}

/** LATEST_STATE is then no more than LATEST_SAVEPOINT (seed page "Deployment Upgrades"). */
function notRetaining(view: View): StateSafe {
  if (newestFor('LATEST_STATE', usableOf(view)) === undefined && everHadState(view)) return NOT_RETAINED;
  return notSafe(NO_RETAINED_CHECKPOINTS, 'checkpoints are off or not retained: after a failure the job starts from its last Savepoint, if there is one');
}
