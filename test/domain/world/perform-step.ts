// What the activities do to the rows and to Flink, each deed as claim, act, record; it may crash between any two of them.
import { closingOf } from '../../../domain/closing.ts';
import { isTerminal, type Job } from '../../../domain/job.ts';
import type { Savepoint } from '../../../domain/savepoint.ts';
import type { Step } from '../../../domain/step.ts';
import { addSavepoint, changeJob, changeSavepoint, type World } from './a-world.ts';
import { burn, end, isOver, kill, run } from './fake-flink.ts';

/** `inTheAir`: the run call was sent, its answer is lost, and it may arrive later. */
export type Crash = 'beforeAct' | 'beforeRecord' | 'inTheAir';

/** Performs what was decided last. A step whose Job is terminal by now is refused, as the claims of the activities do. */
export function performStep(world: World, crash?: Crash): void {
  const { step } = world;
  if (step === undefined || !('jobId' in step)) return;
  const job = world.jobs.find((j) => j.id === step.jobId);
  if (job !== undefined && !isTerminal(job)) doStep(world, { step, job, crash });
}

interface Deed {
  readonly step: Step;
  readonly job: Job;
  readonly crash: Crash | undefined;
}

function doStep(world: World, { step, job, crash }: Deed): void {
  switch (step.kind) {
    case 'fetchArtifact':
      return fetch(world, job, crash);
    case 'submitJob':
      return submit(world, job, crash);
    case 'burnJobId':
      return burnId(world, job, crash);
    case 'stopWithSavepoint':
    case 'takeSavepoint':
      return request(world, savepointOf(world, step.savepointId), { job, crash });
    case 'awaitSavepoint':
      return settle(world, savepointOf(world, step.savepointId), job);
    case 'cancelJob':
      return cancel(world, job, step.force === true);
    case 'collectCheckpoints':
      return collect(world, job, crash);
    case 'tearDown':
      return tearDown(world, job, crash);
    default:
      return undefined;
  }
}

const savepointOf = (world: World, id: string): Savepoint | undefined => world.savepoints.find((s) => s.id === id);

function fetch(world: World, job: Job, crash: Crash | undefined): void {
  if (crash !== undefined || job.submit !== 'NOT_YET' || job.end !== undefined) return;
  changeJob(world, job.id, { artifact: { path: '/j.jar', sha256: '1f', bytes: 1, dependencies: [], fetchedAt: world.now }, jarId: 'j.jar' });
}

function submit(world: World, job: Job, crash: Crash | undefined): void {
  const { flink } = world;
  if (job.submit === 'ACCEPTED' || job.end !== undefined) return;
  if (job.submit === 'NOT_YET' && job.place.kind === 'local') world.events.push('SPINNING_UP_A_CLUSTER_FOR_A_JOB');
  if (job.submit === 'NOT_YET') world.events.push('AWAITING_A_JOB_TO_START');
  changeJob(world, job.id, { submit: 'OPEN', openCalls: job.openCalls + 1 });
  if (crash === 'beforeAct' || !flink.answers) return;
  if (job.place.kind === 'local') flink.started.add(job.id);
  else if (crash === 'inTheAir') {
    flink.inTheAir.push(job);
    return;
  }
  run(flink, job, world.now);
  if (crash === undefined) changeJob(world, job.id, { submit: 'ACCEPTED', openCalls: 0 });
}

function burnId(world: World, job: Job, crash: Crash | undefined): void {
  if (!world.flink.answers || job.submit === 'ACCEPTED' || job.end !== undefined || crash === 'beforeAct') return;
  burn(world.flink, job, world.now);
  if (crash === undefined) changeJob(world, job.id, { submit: 'ACCEPTED', openCalls: 0, cancelling: 'NEVER_RAN', state: 'TERMINATING' });
}

/** Claims, and sends under the trigger id of the row: sent twice, it is one request. */
function request(world: World, savepoint: Savepoint | undefined, { job, crash }: { readonly job: Job; readonly crash: Crash | undefined }): void {
  if (savepoint?.state !== 'STARTED') return;
  if (!savepoint.triggered) {
    changeSavepoint(world, savepoint.id, { triggered: true, capturedAt: world.now });
    world.events.push('SUCCESSFULLY_TRIGGERED_A_SAVEPOINT');
  }
  const seen = world.flink.jobs.get(job.id);
  if (crash === 'beforeAct' || !world.flink.answers || seen === undefined || world.flink.dead.has(job.id)) return;
  if (seen.requests.has(savepoint.id)) return;
  if (isOver(seen) || !seen.tasksRun) return failSavepoint(world, savepoint, 'Flink refused it');
  seen.requests.set(savepoint.id, { state: 'inProgress', at: world.now });
}

/** activities/settle-savepoint.ts: the data decides, and a stop counts only once its job is over. */
function settle(world: World, savepoint: Savepoint | undefined, job: Job): void {
  const { flink } = world;
  if (savepoint?.state !== 'STARTED') return;
  if (job.end !== undefined && !savepoint.triggered) return failSavepoint(world, savepoint, 'the job ended before');
  if (!flink.answers) return;
  const location = `savepoint ${savepoint.id}`;
  if (flink.snapshots.has(location)) return completeSavepoint(world, savepoint);
  const seen = flink.jobs.get(job.id);
  if (flink.dead.has(job.id) || seen === undefined) return failSavepoint(world, savepoint, 'the JobManager is gone');
  const state = seen.requests.get(savepoint.id)?.state;
  if (state === undefined && !isOver(seen)) return changeSavepoint(world, savepoint.id, { triggered: false });
  if (state !== 'inProgress') failSavepoint(world, savepoint, 'it failed in Flink');
}

function failSavepoint(world: World, savepoint: Savepoint, reason: string): void {
  changeSavepoint(world, savepoint.id, { state: 'FAILED', failure: { reason, message: reason, failedAt: world.now } });
}

/** Complete, and captured when Flink began with it (D19). */
function found({ flink, now }: World, location: string): Pick<Savepoint, 'state' | 'capturedAt'> & { readonly location: string } {
  return { state: 'COMPLETED', location, capturedAt: flink.snapshots.get(location)?.at ?? now };
}

function completeSavepoint(world: World, savepoint: Savepoint): void {
  changeSavepoint(world, savepoint.id, found(world, `savepoint ${savepoint.id}`));
  world.events.push('TRANSITIONED_TO_COMPLETED');
  if (savepoint.origin === 'SUSPEND') world.events.push('FOUND_A_COMPLETED_SAVEPOINT_READY_FOR_SUSPENSION', 'FOUND_A_JOB_TO_TERMINATE');
}

function cancel(world: World, job: Job, force: boolean): void {
  const { flink } = world;
  if (job.cancelling === undefined || job.end !== undefined) return;
  const seen = flink.jobs.get(job.id);
  if (force || (flink.answers && job.place.kind === 'local' && seen === undefined)) return kill(flink, job.id);
  if (flink.answers && seen !== undefined && !isOver(seen)) end(flink, seen, 'CANCELED');
}

function collect(world: World, job: Job, crash: Crash | undefined): void {
  if (job.collected || crash !== undefined) return;
  const { voidSince } = job;
  const left = [...world.flink.snapshots].filter(
    ([, { kind, of, at, vanished }]) => kind === 'checkpoint' && of === job.id && vanished === undefined && (voidSince === undefined || at < voidSince),
  );
  for (const [location, { id: checkpointId }] of left) {
    addSavepoint(world, job.id, { origin: 'RETAINED_CHECKPOINT', ...found(world, location), triggered: true, checkpointId, specVersion: job.specVersion });
  }
  const theirs = job.end?.how === 'FINISHED' ? job.end.stoppedWith?.location : undefined;
  if (theirs?.startsWith('their') === true) {
    const checkpointId = world.flink.snapshots.get(theirs)?.id ?? 0;
    addSavepoint(world, job.id, { origin: 'COPIED', ...found(world, theirs), triggered: true, checkpointId, specVersion: job.specVersion });
  }
  const stops = world.savepoints.filter(
    (s) => s.jobId === job.id && s.origin === 'SUSPEND' && s.state === 'FAILED' && world.flink.snapshots.has(`savepoint ${s.id}`),
  );
  for (const { id } of stops) changeSavepoint(world, id, found(world, `savepoint ${id}`));
  changeJob(world, job.id, { collected: true, ...(left.length + stops.length > 0 || theirs !== undefined ? { hadState: true } : {}) });
}

function tearDown(world: World, job: Job, crash: Crash | undefined): void {
  if (crash === 'beforeAct') return;
  if (job.place.kind === 'local') kill(world.flink, job.id);
  else if (!world.flink.answers) return;
  if (crash === 'beforeRecord') return;
  const { state, failure } = closingOf(job, world.savepoints);
  changeJob(world, job.id, { state, terminatedAt: world.now, ...(failure === undefined ? {} : { failure }) });
  if (failure !== undefined) world.events.push('FAILED_CREATING_A_NEW_JOB');
}
