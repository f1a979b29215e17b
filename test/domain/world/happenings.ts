// All that can happen in a world, by name, and the steady course of events in which drey is left to do its work.
import type { DeploymentSpec } from '../../../domain/deployment.ts';
import { liveJob } from '../../../domain/learn.ts';
import type { Job } from '../../../domain/job.ts';
import type { Step } from '../../../domain/step.ts';
import { aTemplate } from '../../fixtures/a-deployment.ts';
import { minutes } from '../../fixtures/a-moment.ts';
import { addSavepoint, decide, edit, type World } from './a-world.ts';
import { checkpoint, end, failOver, type FlinkJob, kill, liveJobs, replay, run, settleRequest, stopFromOutside } from './fake-flink.ts';
import { performStep } from './perform-step.ts';

const ofFlink = (happens: (world: World, job: FlinkJob) => void) => (world: World) => {
  const [job] = liveJobs(world.flink);
  if (job !== undefined) happens(world, job);
};
const ofRunning = (happens: (world: World, job: FlinkJob) => void) => ofFlink((world, job) => (job.tasksRun ? happens(world, job) : undefined));
const isStop = (world: World) => (id: string) => world.savepoints.some((s) => s.id === id && s.origin === 'SUSPEND');
const wants = (change: (spec: DeploymentSpec) => Partial<DeploymentSpec>) => (world: World) => edit(world, (spec) => ({ ...spec, ...change(spec) }));

/** Nothing was complete, or drey knows of something that was: else nobody can tell that a JobManager went back in time. */
const mayBeNoticed = (row: Job, { completed }: FlinkJob): boolean => completed === 0 || row.newestCheckpoint !== undefined;

/** It went back in time, completed a checkpoint, and dies before anybody looked: what lies in storage then does not show that. */
const leavesATrap = ({ jobs }: World, { id, isWrong, completed }: FlinkJob): boolean =>
  isWrong && completed > 0 && jobs.some((row) => row.id === id && row.voidSince === undefined && row.cancelling !== 'WRONG_RESTORE');

export const HAPPENINGS = {
  decide: (world: World) => void decide(world),
  perform: (world: World) => performStep(world),
  crashBeforeAct: (world: World) => performStep(world, 'beforeAct'),
  crashBeforeRecord: (world: World) => performStep(world, 'beforeRecord'),
  callIsLost: (world: World) => performStep(world, 'inTheAir'),
  callArrives: (world: World) => {
    const call = world.flink.inTheAir.shift();
    if (call !== undefined) run(world.flink, call, world.now);
  },

  tasksRun: ofFlink((_, job) => Object.assign(job, { status: 'RUNNING', tasksRun: true })),
  checkpointCompletes: ofRunning((world, job) => checkpoint(world.flink, job, world.now)),
  // One that runs on wrong state does not: Flink would show its own checkpoint as restored, and nobody could tell any more.
  jobRestarts: ofRunning((world, job) => {
    if (job.isWrong) return;
    Object.assign(job, { status: 'RESTARTING', tasksRun: false });
    failOver(job, world.now);
  }),
  jobManagerBeginsAgain: ofFlink((world, job) => {
    const row = world.jobs.find(({ id }) => id === job.id);
    if (row?.place.kind === 'local' && mayBeNoticed(row, job) && !job.isWrong) replay(job, world.now);
  }),
  restoresSomethingElse: ofFlink((world, job) => {
    if (!job.tasksRun && job.restored === job.first && job.completed === 0)
      Object.assign(job, { restored: { id: 1, location: 'elsewhere', at: world.now, isSavepoint: true }, isWrong: true });
  }),
  somebodyStops: ofRunning((world, job) => stopFromOutside(world.flink, job, world.now)),
  knownCheckpointVanishes: (world: World) => {
    const job = liveJob(world);
    const known = job?.collected === false ? (job.newestCheckpoint?.location ?? '') : '';
    const snapshot = world.flink.snapshots.get(known);
    if (snapshot !== undefined) world.flink.snapshots.set(known, { ...snapshot, vanished: true });
  },
  jobFails: ofFlink((world, job) => end(world.flink, job, 'FAILED')),
  jobFinishes: ofRunning((world, job) => end(world.flink, job, 'FINISHED')),
  somebodyCancels: ofFlink((world, job) => end(world.flink, job, 'CANCELED')),
  jobManagerDies: ofFlink((world, job) => (leavesATrap(world, job) ? undefined : kill(world.flink, job.id))),
  savepointCompletes: ofRunning((world, job) => settleRequest(world.flink, job, { outcome: 'completed', isStop: isStop(world) })),
  savepointFails: ofRunning((world, job) => settleRequest(world.flink, job, { outcome: 'failed', isStop: isStop(world) })),
  silence: (world: World) => void (world.flink.answers = false),
  answersAgain: (world: World) => void (world.flink.answers = true),
  minutePasses: (world: World) => void (world.now += minutes(1)),

  wantsRunning: wants(() => ({ state: 'RUNNING' })),
  wantsSuspended: wants(() => ({ state: 'SUSPENDED' })),
  wantsCancelled: wants(() => ({ state: 'CANCELLED' })),
  wantsAnotherTemplate: (world: World) => edit(world, (spec) => ({ ...spec, template: aTemplate(`--version ${world.deployment.specVersion + 1}`) })),
  wantsStateless: wants(() => ({ upgradeStrategy: { kind: 'STATELESS' } })),
  wantsStateful: wants(() => ({ upgradeStrategy: { kind: 'STATEFUL' } })),
  wantsNoUpgrades: wants(() => ({ upgradeStrategy: { kind: 'NONE' } })),
  wantsLatestState: wants(() => ({ restoreStrategy: { kind: 'LATEST_STATE', allowNonRestoredState: false } })),
  wantsLatestSavepoint: wants(() => ({ restoreStrategy: { kind: 'LATEST_SAVEPOINT', allowNonRestoredState: false } })),
  wantsEmptyStarts: wants(() => ({ restoreStrategy: { kind: 'NONE', allowNonRestoredState: false } })),
  requiresState: (world: World) => {
    world.deployment = { ...world.deployment, annotations: { 'drey.dev/require-state': 'true' }, intentVersion: world.deployment.intentVersion + 1 };
  },
  registersASavepoint: (world: World) => {
    const location = `registered ${world.made + 1}`;
    world.flink.snapshots.set(location, { kind: 'savepoint', of: undefined, id: 100, at: world.now });
    addSavepoint(world, undefined, { origin: 'COPIED', state: 'COMPLETED', triggered: true, location });
  },
  asksForASavepoint: (world: World) => {
    const job = liveJob(world);
    if (job !== undefined) addSavepoint(world, job.id, { origin: 'USER_REQUEST' });
  },
} as const satisfies Record<string, (world: World) => unknown>;

export type Happening = keyof typeof HAPPENINGS;

export function happen(world: World, ...names: readonly Happening[]): void {
  for (const name of names) {
    world.now += 1;
    HAPPENINGS[name](world);
  }
}

/** Flink does what it is asked for and drey is left to work until it rests; the steps it took. `fate`: what becomes of each job that starts. */
export function settle(world: World, fate: 'runs' | 'fails' = 'runs'): readonly Step[] {
  const steps: Step[] = [];
  for (let turn = 0; turn < 60; turn += 1) {
    happen(world, 'answersAgain', 'callArrives', fate === 'runs' ? 'tasksRun' : 'jobFails', 'savepointCompletes', 'decide', 'perform');
    const step = world.step ?? { kind: 'rest', phase: 'FAILED', because: 'nothing was decided' };
    steps.push(step);
    if (step.kind === 'pause') world.now += step.forMs;
    if (step.kind === 'rest' && step.wakeInMs === undefined) return steps;
    if (step.kind === 'rest') world.now += step.wakeInMs ?? 0;
    if (step.kind === 'rest' && step.phase === 'RUNNING') happen(world, 'checkpointCompletes');
  }
  throw new Error(
    `no rest after ${steps.length} steps: ${steps
      .slice(-6)
      .map((s) => `${s.kind} (${s.because})`)
      .join(', ')}`,
  );
}
