// A world in memory: one Deployment's rows, a fake Flink, a clock. `decide` is the activity of that name; what the steps do is perform-step.ts.
import type { Deployment, DeploymentSpec } from '../../../domain/deployment.ts';
import type { EventName } from '../../../domain/event.ts';
import type { JobId, SavepointId } from '../../../domain/ids.ts';
import type { Instant } from '../../../domain/instant.ts';
import type { Job, Place } from '../../../domain/job.ts';
import { liveJob, voidSinceOf } from '../../../domain/learn.ts';
import { narrate } from '../../../domain/narrate.ts';
import { plan } from '../../../domain/plan.ts';
import { everHadState } from '../../../domain/restore.ts';
import type { Savepoint } from '../../../domain/savepoint.ts';
import { statusAfter } from '../../../domain/status.ts';
import type { Step } from '../../../domain/step.ts';
import { DEFAULT_POLICY, type View } from '../../../domain/view.ts';
import { aDeployment, type SpecOverrides } from '../../fixtures/a-deployment.ts';
import { aNewJob, LOCAL, RETAINED } from '../../fixtures/a-job.ts';
import { NOW } from '../../fixtures/a-moment.ts';
import { jobId, savepointId } from '../../fixtures/an-id.ts';
import { anOpenSavepoint } from '../../fixtures/a-savepoint.ts';
import { learned } from '../../fixtures/a-view.ts';
import { aFakeFlink, type FakeFlink, lookAt } from './fake-flink.ts';

export interface World {
  readonly flink: FakeFlink;
  readonly place: Place;
  deployment: Deployment;
  /** Newest first. */
  jobs: readonly Job[];
  /** Newest first. */
  savepoints: readonly Savepoint[];
  readonly events: EventName[];
  now: Instant;
  /** What was decided last and is to be done. */
  step: Step | undefined;
  made: number;
}

export function aWorld(spec: SpecOverrides = {}, place: Place = LOCAL): World {
  const { state = 'RUNNING' } = spec;
  const phase = state === 'RUNNING' ? 'TRANSITIONING' : state;
  const deployment = aDeployment({
    phase,
    spec: { maxJobCreationAttempts: 3, maxSavepointCreationAttempts: 2, ...spec, state },
    status: { because: 'created' },
  });
  return { flink: aFakeFlink(), place, deployment, jobs: [], savepoints: [], events: [], now: NOW, step: undefined, made: 0 };
}

/** A user's edit: one transaction. */
export function edit(world: World, change: (spec: DeploymentSpec) => DeploymentSpec): void {
  const { deployment } = world;
  world.deployment = { ...deployment, spec: change(deployment.spec), specVersion: deployment.specVersion + 1, intentVersion: deployment.intentVersion + 1 };
}

export function changeJob(world: World, id: JobId, change: Partial<Job>): void {
  world.jobs = world.jobs.map((job) => (job.id === id ? { ...job, ...change } : job));
}

export function changeSavepoint(world: World, id: SavepointId, change: Partial<Savepoint>): void {
  world.savepoints = world.savepoints.map((savepoint) => (savepoint.id === id ? { ...savepoint, ...change } : savepoint));
}

export function viewOf(world: World): View {
  const { deployment, jobs, savepoints, place, flink, made } = world;
  const look = lookAt(flink, liveJob(world));
  return {
    deployment,
    jobs,
    savepoints,
    defaultAnnotations: {},
    place: { kind: 'ready', place },
    look,
    policy: DEFAULT_POLICY,
    fresh: { jobId: jobId(made + 1), savepointId: savepointId(made + 1) },
  };
}

/** Look, learn, plan, write status, events and intent: activities/decide.ts. */
export function decide(world: World): Step {
  const read = viewOf(world);
  const view = learned(read, world.now);
  world.jobs = view.jobs;
  const step = plan(view, world.now);
  const status = statusAfter(view, step, world.now);
  intend(world, view, step);
  const gaveUp = step.kind === 'giveUp' ? { failedSpecVersion: world.deployment.specVersion } : {};
  world.deployment = { ...world.deployment, status, ...gaveUp, ...(everHadState(view) ? { hadState: true } : {}) };
  world.events.push(...narrate(view, step, { before: liveJob(read), status }).map((event) => event.name));
  world.step = step;
  return step;
}

/** activities/intend.ts */
function intend(world: World, view: View, step: Step): void {
  if (step.kind === 'fetchArtifact' && step.create !== undefined) world.jobs = [newJob(world, step.jobId, step.create), ...world.jobs];
  if (step.kind === 'stopWithSavepoint' && !world.savepoints.some((s) => s.id === step.savepointId)) addSavepoint(world, step.jobId, { origin: 'SUSPEND' });
  const late = 'late' in step ? { failure: { reason: 'too late', message: 'too late', failedAt: world.now } } : {};
  if (step.kind === 'cancelJob') changeJob(world, step.jobId, { cancelling: step.reason, state: 'TERMINATING', ...late, ...wrongRestore(world, view, step) });
  if (step.kind !== 'tearDown') return;
  const end = world.jobs.find((job) => job.id === step.jobId)?.end ?? { how: 'NEVER_SUBMITTED' };
  changeJob(world, step.jobId, { end, state: 'TERMINATING', ...late });
}

/** D27, D13. */
function wrongRestore({ now }: World, view: View, step: Extract<Step, { kind: 'cancelJob' }>): Partial<Job> {
  const job = liveJob(view);
  if (step.reason !== 'WRONG_RESTORE' || job === undefined || job.failure !== undefined || view.look.kind !== 'job') return {};
  const voidSince = voidSinceOf(job, view.look);
  return { failure: { reason: 'wrong', message: 'wrong', failedAt: now }, ...(voidSince === undefined ? {} : { voidSince }) };
}

function newJob(world: World, id: JobId, { restoreFrom, templateOf }: { readonly restoreFrom: SavepointId | null; readonly templateOf: 'spec' | JobId }): Job {
  world.made += 1;
  const { specVersion, spec } = world.deployment;
  const model = world.jobs.find((job) => job.id === templateOf);
  const source = world.savepoints.find((s) => s.id === restoreFrom);
  const restore = source?.location === undefined ? {} : { restore: { savepointId: source.id, location: source.location } };
  return aNewJob({
    id,
    specVersion,
    place: world.place,
    template: model?.template ?? spec.template,
    flinkConfiguration: RETAINED,
    createdAt: world.now,
    modifiedAt: world.now,
    ...restore,
  });
}

/** `of` undefined: it belongs to no Job of this Deployment. */
export function addSavepoint(world: World, of: JobId | undefined, over: Partial<Savepoint> & Pick<Savepoint, 'origin'>): void {
  world.made += 1;
  const { now, deployment } = world;
  const { jobId: _, ...anyones } = anOpenSavepoint({
    id: savepointId(world.made),
    triggered: false,
    specVersion: deployment.specVersion,
    capturedAt: now,
    createdAt: now,
    modifiedAt: now,
  });
  world.savepoints = [{ ...anyones, ...(of === undefined ? {} : { jobId: of }), ...over }, ...world.savepoints];
}
