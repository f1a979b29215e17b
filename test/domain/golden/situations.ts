// The situations of the golden matrix, in the order in which a Deployment may come through them.
import type { DesiredState } from '../../../domain/deployment.ts';
import type { Job } from '../../../domain/job.ts';
import type { Savepoint } from '../../../domain/savepoint.ts';
import type { View } from '../../../domain/view.ts';
import { aDeployment, aTemplate, type DeploymentOverrides } from '../../fixtures/a-deployment.ts';
import { aFailedJob, aFailure, aFinishedJob, aJob, aNewJob, aStartingJob, aTerminatedJob, LOCAL, SESSION } from '../../fixtures/a-job.ts';
import { ago, minutes } from '../../fixtures/a-moment.ts';
import { jobId, savepointId } from '../../fixtures/an-id.ts';
import { aFailedSavepoint, anOpenSavepoint, aRetainedCheckpoint } from '../../fixtures/a-savepoint.ts';
import { aLook, aView, DEPLOYING, GONE, learned, RESTARTING, UNKNOWN_JOB, UNREACHABLE } from '../../fixtures/a-view.ts';

/** What may be there besides, by the name of its column. */
export const SAVEPOINTS = {
  none: [],
  'S1 completed': [aRetainedCheckpoint()],
  'stop open': [anOpenSavepoint()],
  "user's open": [anOpenSavepoint({ origin: 'USER_REQUEST' })],
  "user's asked": [anOpenSavepoint({ origin: 'USER_REQUEST', triggered: false })],
} as const satisfies Record<string, readonly Savepoint[]>;

export type SavepointColumn = keyof typeof SAVEPOINTS;

export interface Situation {
  readonly observed: string;
  /** What may be there besides in this situation. */
  readonly savepoints: readonly SavepointColumn[];
  readonly view: (state: DesiredState, savepoint: SavepointColumn) => View;
}

interface Parts extends Partial<Omit<View, 'deployment' | 'jobs'>> {
  readonly jobs?: readonly Job[];
  readonly deployment?: DeploymentOverrides;
}

function situation(
  observed: string,
  savepoints: readonly SavepointColumn[],
  parts: Parts | ((column: SavepointColumn, state: DesiredState) => Parts),
): Situation {
  return {
    observed,
    savepoints,
    view: (state, column) => {
      const { deployment, savepoints: others = [], ...rest } = typeof parts === 'function' ? parts(column, state) : parts;
      return learned(aView({ ...rest, savepoints: [...SAVEPOINTS[column], ...others], deployment: aDeployment({ state, ...deployment }) }));
    },
  };
}

const ENDED: readonly SavepointColumn[] = ['none', 'S1 completed'];
const ALIVE: readonly SavepointColumn[] = ['none', 'stop open', "user's open", "user's asked"];
const ASKED: readonly SavepointColumn[] = ['none', "user's asked"];
const NEVER: readonly SavepointColumn[] = ['none'];

const edited = { specVersion: 2, spec: { template: aTemplate('--version 2') } };
/** A Job without S1 never had any state. */
const hadState = (column: SavepointColumn) => ({ hadState: column === 'S1 completed' });
const failures = (n: number, at: number) =>
  Array.from({ length: n }, (_, i) => aFailedJob({ id: jobId(n - i), terminatedAt: at - i, failure: aFailure('OutOfMemoryError', at - i) }));
const failedStops = (n: number) => Array.from({ length: n }, (_, i) => aFailedSavepoint({ id: savepointId(8 - i) }));
const artifact = (fetchedAt: number) => ({ path: '/drey/cache/1f.jar', sha256: '1f', bytes: 10, dependencies: [], fetchedAt });
const open = aStartingJob({ submit: 'OPEN', openCalls: 1 });
const running = { phase: 'RUNNING' as const };
const silentFor = (ms: number) => aJob({ observed: { status: 'UNKNOWN', restarts: 0, at: ago(ms) } });
const absentFor = (ms: number) => aJob({ observed: { status: 'ABSENT', restarts: 0, at: ago(ms) } });
const cancelling = aJob({ state: 'TERMINATING', cancelling: 'CANCELLED' });
const cancellingInSilence = (ms: number) => ({ ...cancelling, observed: { status: 'UNKNOWN', restarts: 0, at: ago(ms) } });
const newestCheckpoint = { id: 9, at: ago(minutes(20)), location: 's3://b/chk-9' };
const lost = { end: { how: 'GONE' as const, failure: aFailure() }, hadState: true, newestCheckpoint, terminatedAt: ago(minutes(10)) };
const required = { annotations: { 'drey.dev/require-state': 'true' } };
const DISCARDS = { flinkConfiguration: {} };
const anotherVersion = (): DeploymentOverrides => {
  const { spec, ...rest } = aTemplate('--version 2');
  return { specVersion: 2, spec: { template: { ...rest, spec: { ...spec, artifact: { ...spec.artifact, flinkVersion: '2.0' } } } } };
};
const restore = { savepointId: savepointId(3), location: 'file:///blobs/3' };

export const WITHOUT_A_JOB: readonly Situation[] = [
  situation('no job ever', ENDED, (_, state) => ({ deployment: { phase: state === 'RUNNING' ? 'TRANSITIONING' : state } })),
  situation('no job ever, target missing', ENDED, { place: { kind: 'missing', because: 'the deployment target "default" does not exist' } }),
  situation('last job TERMINATED', ENDED, (column) => ({ jobs: [aTerminatedJob(hadState(column))], deployment: { phase: 'CANCELLED' } })),
  situation('last job TERMINATED, session cluster stopped', ENDED, (column) => ({
    jobs: [aTerminatedJob({ ...hadState(column), place: SESSION })],
    place: { kind: 'notReady', place: SESSION, because: 'TARGET_NOT_READY: it is STOPPED' },
  })),
  situation('last job FAILED, attempt 1 of 4', ENDED, (column) => ({ jobs: [aFailedJob(hadState(column))] })),
  situation('last job FAILED just now, attempt 3 of 4', ENDED, { jobs: failures(3, ago(0)) }),
  situation('last job FAILED, attempt 4 of 4', ENDED, { jobs: failures(4, ago(minutes(10))) }),
  situation('last job FAILED, 4 of 4, an edit since', ENDED, {
    jobs: failures(4, ago(minutes(10))),
    deployment: { phase: 'FAILED', specVersion: 2, failedSpecVersion: 1 },
  }),
  situation('gave up on this version', ENDED, {
    jobs: failures(4, ago(minutes(10))),
    deployment: { phase: 'FAILED', failedSpecVersion: 1, status: { because: 'the attempts are spent' } },
  }),
  situation('last job lost, its newest checkpoint not found', NEVER, { jobs: [aFailedJob(lost)] }),
  situation('the same, an older checkpoint is there', ['S1 completed'], { jobs: [aFailedJob(lost)] }),
  situation('the same, restoreStrategy NONE', ['S1 completed'], { jobs: [aFailedJob(lost)], deployment: { restore: 'NONE' } }),
  situation('last job TERMINATED, checkpoints not retained', ENDED, { jobs: [aTerminatedJob(DISCARDS)] }),
  situation('the same, require-state', ENDED, { jobs: [aTerminatedJob(DISCARDS)], deployment: required }),
  situation('last job TERMINATED, restoreStrategy NONE', ENDED, { jobs: [aTerminatedJob()], deployment: { restore: 'NONE' } }),
  situation('the same, require-state', ENDED, { jobs: [aTerminatedJob()], deployment: { restore: 'NONE', ...required } }),
  situation('last job TERMINATED, LATEST_SAVEPOINT', ['S1 completed'], { jobs: [aTerminatedJob()], deployment: { restore: 'LATEST_SAVEPOINT' } }),
  situation('last job TERMINATED, another Flink version', ['S1 completed'], { jobs: [aTerminatedJob()], deployment: anotherVersion() }),
  situation('last job FINISHED', ENDED, (column) => ({ jobs: [aFinishedJob(hadState(column))], deployment: { phase: 'FINISHED' } })),
  situation('last job FINISHED, template changed', ENDED, (column) => ({
    jobs: [aFinishedJob(hadState(column))],
    deployment: { phase: 'FINISHED', ...edited },
  })),
];

export const STARTING: readonly Situation[] = [
  situation('STARTING, jar not there yet', ASKED, { jobs: [aNewJob()] }),
  situation('STARTING, not submitted', ASKED, { jobs: [aNewJob({ artifact: artifact(ago(minutes(1))) })] }),
  situation('STARTING, not submitted, template changed', ASKED, { jobs: [aNewJob({ artifact: artifact(ago(minutes(1))) })], deployment: edited }),
  situation('STARTING, answer to submit missing', ASKED, { jobs: [open], look: { kind: 'starting' } }),
  situation('STARTING, answer missing, template changed', ASKED, { jobs: [open], look: { kind: 'starting' }, deployment: edited }),
  situation('STARTING, answer missing, unreachable', ASKED, { jobs: [open], look: UNREACHABLE }),
  situation('the same in session mode, unknown there', ASKED, {
    jobs: [{ ...open, place: SESSION, jarId: 'j', incarnation: 1 }],
    look: UNKNOWN_JOB,
    place: { kind: 'ready', place: SESSION },
  }),
  situation('the same in session mode, unreachable', ASKED, {
    jobs: [{ ...open, place: SESSION, jarId: 'j', incarnation: 1 }],
    look: UNREACHABLE,
    place: { kind: 'ready', place: SESSION },
  }),
  situation('STARTING, answer missing, JobManager gone', ASKED, { jobs: [open], look: GONE }),
  situation('STARTING, accepted, no task runs', ASKED, { jobs: [aStartingJob()], look: DEPLOYING }),
  situation('STARTING, accepted, template changed', ASKED, { jobs: [aStartingJob()], look: DEPLOYING, deployment: edited }),
  situation('STARTING, accepted, past the start limit', ASKED, { jobs: [aStartingJob({ artifact: artifact(ago(minutes(11))) })], look: DEPLOYING }),
  situation('STARTING, accepted, all tasks run now', ASKED, { jobs: [aStartingJob()], look: aLook() }),
  situation('STARTING, accepted, a task ran, template changed', ASKED, {
    jobs: [aStartingJob()],
    look: aLook({ tasks: { total: 4, running: 1, finished: 0 } }),
    deployment: edited,
  }),
  situation('STARTING, a task ran, no slots, template changed', ASKED, {
    jobs: [aStartingJob()],
    look: aLook({ tasks: { total: 4, running: 1, finished: 0, waiting: 3 }, freeSlots: 0 }),
    deployment: edited,
  }),
  situation('STARTING, accepted, cluster unreachable', ALIVE, { jobs: [aStartingJob()], look: UNREACHABLE }),
  situation('STARTING, accepted, not known', ALIVE, { jobs: [aStartingJob()], look: UNKNOWN_JOB }),
  situation('STARTING, accepted, JobManager gone', ALIVE, { jobs: [aStartingJob()], look: GONE }),
  situation('STARTING, accepted, FAILED at Flink', ALIVE, { jobs: [aStartingJob()], look: aLook({ status: 'FAILED' }) }),
  situation('STARTING, accepted, FINISHED at Flink', ALIVE, { jobs: [aStartingJob()], look: aLook({ status: 'FINISHED' }) }),
];

export const STARTED: readonly Situation[] = [
  situation('STARTED, healthy', ALIVE, { jobs: [aJob()], look: aLook(), deployment: running }),
  situation('STARTED, restarting', ALIVE, { jobs: [aJob()], look: RESTARTING, deployment: running }),
  situation('STARTED, a TaskManager died', ALIVE, { jobs: [aJob()], look: { ...RESTARTING, missingTaskManagers: 1 }, deployment: running }),
  situation('STARTED, outdated, STATELESS', ALIVE, { jobs: [aJob()], look: aLook(), deployment: { ...running, ...edited, upgrade: 'STATELESS' } }),
  situation('STARTED, outdated, STATEFUL', ALIVE, { jobs: [aJob()], look: aLook(), deployment: { ...running, ...edited, upgrade: 'STATEFUL' } }),
  situation('STARTED, outdated, NONE', ALIVE, { jobs: [aJob()], look: aLook(), deployment: { ...running, ...edited, upgrade: 'NONE' } }),
  situation('STARTED, outdated, STATEFUL, restarting', ALIVE, { jobs: [aJob()], look: RESTARTING, deployment: { ...running, ...edited } }),
  situation('STARTED, outdated, new place not ready', ALIVE, {
    jobs: [aJob()],
    look: aLook(),
    deployment: { ...running, ...edited },
    place: { kind: 'notReady', place: SESSION, because: 'TARGET_NOT_READY: it is STOPPED' },
  }),
  situation('STARTED, 4 of 4 stops failed', ALIVE, {
    jobs: [aJob()],
    look: aLook(),
    savepoints: failedStops(4),
    deployment: { ...running, spec: { template: aTemplate('--version 2') } },
  }),
  situation('STARTED, restored something else', ALIVE, {
    jobs: [aJob({ restore, restoreChecked: false })],
    look: aLook({ checkpoints: { completed: 0 } }),
    deployment: running,
  }),
  situation('STARTED, outdated, STATELESS, not retained', ALIVE, {
    jobs: [aJob(DISCARDS)],
    look: aLook(),
    deployment: { ...running, ...edited, upgrade: 'STATELESS' },
  }),
  situation('the same, require-state', ALIVE, {
    jobs: [aJob(DISCARDS)],
    look: aLook(),
    deployment: { ...running, ...edited, upgrade: 'STATELESS', ...required },
  }),
  situation('STARTED, outdated, STATEFUL, restore NONE', ALIVE, { jobs: [aJob()], look: aLook(), deployment: { ...running, ...edited, restore: 'NONE' } }),
  situation('the same, require-state', ALIVE, { jobs: [aJob()], look: aLook(), deployment: { ...running, ...edited, restore: 'NONE', ...required } }),
  situation('STARTED, outdated, STATELESS, LATEST_SAVEPOINT', ALIVE, {
    jobs: [aJob()],
    look: aLook(),
    deployment: { ...running, ...edited, upgrade: 'STATELESS', restore: 'LATEST_SAVEPOINT' },
  }),
  situation('STARTED, outdated, STATELESS, unreachable', ALIVE, {
    jobs: [silentFor(0)],
    look: UNREACHABLE,
    deployment: { ...running, ...edited, upgrade: 'STATELESS' },
  }),
  situation('STARTED, gave up on this version', ALIVE, {
    jobs: [aJob()],
    look: aLook(),
    deployment: { phase: 'FAILED', failedSpecVersion: 1, status: { because: 'the attempts are spent' } },
  }),
  situation('STARTED, cluster unreachable', ALIVE, { jobs: [silentFor(0)], look: UNREACHABLE, deployment: running }),
  situation('STARTED, unreachable for 5 min', ALIVE, { jobs: [silentFor(minutes(5))], look: UNREACHABLE, deployment: running }),
  situation('STARTED, unreachable, outdated, STATEFUL', ALIVE, { jobs: [silentFor(0)], look: UNREACHABLE, deployment: { ...running, ...edited } }),
  situation('STARTED, JobManager does not know it', ALIVE, { jobs: [absentFor(0)], look: UNKNOWN_JOB, deployment: running }),
  situation('STARTED, not known for a minute', ALIVE, { jobs: [absentFor(minutes(1))], look: UNKNOWN_JOB, deployment: running }),
  situation('STARTED, JobManager gone', ALIVE, { jobs: [aJob()], look: GONE, deployment: running }),
  situation('STARTED, FAILED at Flink', ALIVE, { jobs: [aJob()], look: aLook({ status: 'FAILED' }), deployment: running }),
  situation('STARTED, CANCELED at Flink by somebody', ALIVE, { jobs: [aJob()], look: aLook({ status: 'CANCELED' }), deployment: running }),
  situation('STARTED, FINISHED at Flink', ALIVE, { jobs: [aJob()], look: aLook({ status: 'FINISHED' }), deployment: running }),
];

export const ENDING: readonly Situation[] = [
  situation('TERMINATING, Flink is at it', ALIVE, { jobs: [cancelling], look: aLook({ status: 'CANCELLING' }) }),
  situation('TERMINATING, no effect seen', ALIVE, { jobs: [cancelling], look: aLook() }),
  situation('TERMINATING, cluster unreachable', ALIVE, { jobs: [cancellingInSilence(0)], look: UNREACHABLE }),
  situation('TERMINATING, unreachable for 5 min', ALIVE, { jobs: [cancellingInSilence(minutes(5))], look: UNREACHABLE }),
  situation('TERMINATING, JobManager gone', ALIVE, { jobs: [cancelling], look: GONE }),
  situation('TERMINATING, CANCELED at Flink', ALIVE, { jobs: [cancelling], look: aLook({ status: 'CANCELED' }) }),
  situation('ended FAILED, not collected', ALIVE, { jobs: [aJob({ end: { how: 'FAILED', failure: aFailure() } })] }),
  situation('ended FINISHED', ALIVE, { jobs: [aJob({ end: { how: 'FINISHED' } })] }),
  situation('ended, checkpoints collected', ALIVE, { jobs: [aJob({ end: { how: 'CANCELED' }, collected: true, place: LOCAL })] }),
];

const replayed = aLook({ startedAt: ago(minutes(1)), checkpoints: { completed: 0 } });
const stoppedWith = { id: 10, at: ago(minutes(1)), location: 'file:///theirs/10' };

export const OTHERS: readonly Situation[] = [
  situation('STARTED, went back in time (its JobManager)', ALIVE, { jobs: [aJob({ newestCheckpoint })], look: replayed, deployment: running }),
  situation('the same, outdated, STATEFUL', ALIVE, { jobs: [aJob({ newestCheckpoint })], look: replayed, deployment: { ...running, ...edited } }),
  situation('STARTED, stopped by somebody with a savepoint', ALIVE, {
    jobs: [aJob()],
    look: aLook({ status: 'FINISHED', checkpoints: { completed: 3, stoppedWith } }),
    deployment: running,
  }),
  situation('a job of an ended Job lives, none is live', ENDED, { jobs: [aTerminatedJob()], strays: [jobId(1)] }),
  situation('a job of an ended Job lives beside J2', ALIVE, {
    jobs: [aJob({ id: jobId(2) }), aTerminatedJob()],
    look: aLook(),
    strays: [jobId(1)],
    deployment: running,
  }),
];
