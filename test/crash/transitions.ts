// The kinds of transition that a worker may die in: where each begins, how it is asked for, and when it is over.
import type { DeploymentId } from '../../domain/ids.ts';
import { isTerminal } from '../../domain/job.ts';
import { toFlinkJobId } from '../../domain/ids.ts';
import type { Records } from '../fixtures/check-invariants.ts';
import type { CrashLab, Mode } from './crash-lab.ts';

export interface Transition {
  readonly title: string;
  readonly from: 'nothing' | 'RUNNING' | 'SUSPENDED';
  /** Where it is tried; both when not given. Session mode has the kinds whose activities differ there. */
  readonly only?: Mode;
  readonly spec?: object;
  readonly artifact?: object;
  /** Asks for it; with `from: 'nothing'` the creation has asked already. */
  readonly ask?: (lab: CrashLab, deployment: { readonly name: string; readonly id: DeploymentId }) => Promise<void>;
  readonly isOver: (records: Records) => boolean;
}

const VERSION_2 = { template: { spec: { artifact: { mainArgs: '--version 2' } } } };

export const runs = ({ deployment, jobs }: Records, howMany: number): boolean =>
  deployment.status.state === 'RUNNING' && jobs.length === howMany && jobs[0]?.state === 'STARTED';

const is =
  (state: string) =>
  (records: Records): boolean =>
    records.deployment.status.state === state;

export const FIRST_START: Transition = { title: 'a first start', from: 'nothing', isOver: (records) => runs(records, 1) };

export const STATEFUL_UPGRADE: Transition = {
  title: 'a STATEFUL upgrade',
  from: 'RUNNING',
  ask: (lab, { name }) => lab.patch(name, VERSION_2),
  isOver: (records) => runs(records, 2),
};

export const SUSPENSION: Transition = {
  title: 'a suspension',
  from: 'RUNNING',
  only: 'application',
  ask: (lab, { name }) => lab.patch(name, { state: 'SUSPENDED' }),
  isOver: is('SUSPENDED'),
};

export const TRANSITIONS: readonly Transition[] = [
  FIRST_START,
  SUSPENSION,
  {
    title: 'a resumption',
    from: 'SUSPENDED',
    only: 'application',
    ask: (lab, { name }) => lab.patch(name, { state: 'RUNNING' }),
    isOver: (records) => runs(records, 2),
  },
  STATEFUL_UPGRADE,
  {
    title: 'a STATELESS upgrade',
    from: 'RUNNING',
    only: 'application',
    spec: { upgradeStrategy: { kind: 'STATELESS' } },
    ask: (lab, { name }) => lab.patch(name, VERSION_2),
    isOver: (records) => runs(records, 2),
  },
  { title: 'a cancellation', from: 'RUNNING', ask: (lab, { name }) => lab.patch(name, { state: 'CANCELLED' }), isOver: is('CANCELLED') },
  { title: 'a recovery of a failed job', from: 'RUNNING', only: 'application', ask: failJob, isOver: (records) => runs(records, 2) },
  {
    title: 'a savepoint that a user asked for',
    from: 'RUNNING',
    only: 'application',
    ask: askForSavepoint,
    isOver: ({ savepoints }) => savepoints.some((s) => s.origin === 'USER_REQUEST' && s.state === 'COMPLETED'),
  },
  // Application mode has no jar that is refused at once, so there the jar cannot be fetched.
  {
    title: 'giving up a job that Flink refuses',
    from: 'nothing',
    only: 'session',
    spec: { maxJobCreationAttempts: 1 },
    artifact: { entryClass: 'com.example.Absent' },
    isOver: is('FAILED'),
  },
  {
    title: 'giving up a jar that is not there',
    from: 'nothing',
    only: 'application',
    spec: { maxJobCreationAttempts: 2 },
    artifact: { jarUri: 'file:///nowhere/job.jar' },
    isOver: is('FAILED'),
  },
];

/** Brings a new Deployment to where the transition begins; nothing is left to do then. */
export async function prepare(lab: CrashLab, { from, spec, artifact }: Transition, name: string): Promise<DeploymentId> {
  const id = await lab.create(name, spec, artifact);
  if (from === 'nothing') return id;
  const { jobs } = await lab.untilSettled(id, (records) => runs(records, 1));
  for (const job of jobs) lab.simOf(job.id).takeCheckpoint(toFlinkJobId(job.id));
  if (from === 'SUSPENDED') {
    await lab.patch(name, { state: 'SUSPENDED' });
    await lab.untilSettled(id, is('SUSPENDED'));
  }
  await lab.endRun(id);
  return id;
}

async function failJob(lab: CrashLab, { id }: { readonly id: DeploymentId }): Promise<void> {
  const job = (await lab.records(id)).jobs.find((j) => !isTerminal(j));
  if (job === undefined) throw new Error('no Job is live');
  lab.simOf(job.id).failJob(toFlinkJobId(job.id), 'java.lang.IllegalStateException: the disk is full');
  await lab.nudge(id);
}

async function askForSavepoint(lab: CrashLab, { id }: { readonly id: DeploymentId }): Promise<void> {
  await lab.platform.call('POST', 'savepoints', { metadata: { deploymentId: id } });
}
