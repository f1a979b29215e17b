// Writes what a Step intends before it is done: the Job or Savepoint row with its Flink id, or the mark of a cancel.
// A Step that finds its intent recorded writes nothing.
import { effectiveConfiguration } from '../domain/effective.ts';
import { parseId } from '../domain/ids.ts';
import { savepointFormat } from '../domain/instructions.ts';
import { liveJob, restoredTooOldAt } from '../domain/learn.ts';
import type { SavepointFormat } from '../domain/savepoint.ts';
import type { Step } from '../domain/step.ts';
import type { View } from '../domain/view.ts';
import type { JobChange, NewJob, NewSavepoint, Tx } from '../store/store.ts';
import type { ActivityDeps } from './deps.ts';
import { moved } from './failures.ts';

interface Decided {
  readonly view: View;
  readonly step: Step;
  readonly now: number;
}

export async function intend(deps: ActivityDeps, tx: Tx, decided: Decided): Promise<void> {
  const { view, step } = decided;
  switch (step.kind) {
    case 'fetchArtifact':
      if (step.create !== undefined) await createJob(deps, tx, newJob(deps, view, step));
      return;
    case 'stopWithSavepoint':
      if (!view.savepoints.some((s) => s.id === step.savepointId)) await deps.store.savepoints.insert(tx, newSuspension(deps, decided, step));
      return;
    case 'cancelJob':
      await deps.store.jobs.change(tx, step.jobId, { cancelling: step.reason, state: 'TERMINATING', ...tooLate(decided), ...wrongRestore(decided) });
      return;
    case 'deleteSavepoint':
      // Retention found it; a user's deletion was marked by the request.
      if (view.savepoints.some((s) => s.id === step.savepointId && s.state === 'COMPLETED'))
        await deps.store.savepoints.change(tx, step.savepointId, { state: 'PENDING_DELETION' });
      return;
    case 'tearDown':
      await intendTearDown(deps, tx, decided);
      return;
    default:
      return;
  }
}

/** Under the lock of its session cluster, which may not begin to stop meanwhile. */
async function createJob({ store }: ActivityDeps, tx: Tx, job: NewJob): Promise<void> {
  if (job.place.kind === 'session') {
    const cluster = await store.sessionClusters.lock(tx, job.place.sessionClusterId);
    if (cluster?.spec.state !== 'RUNNING') throw moved();
  }
  await store.jobs.insert(tx, job);
}

/** A Job that is dropped before its submit never was at Flink. */
async function intendTearDown(deps: ActivityDeps, tx: Tx, decided: Decided): Promise<void> {
  const { view, step } = decided;
  const job = view.jobs.find((j) => 'jobId' in step && j.id === step.jobId);
  if (job === undefined) return;
  const end = job.end ?? ({ how: 'NEVER_SUBMITTED' } as const);
  const meanwhileCancelled = view.deployment.spec.state === 'CANCELLED' && job.cancelling === undefined;
  await deps.store.jobs.change(tx, job.id, { state: 'TERMINATING', end, ...tooLate(decided), ...(meanwhileCancelled ? { cancelling: 'CANCELLED' } : {}) });
}

/** It did not come to run in time: the failure names what was missing (scenario C11). */
function tooLate({ view, step, now }: Decided): Pick<JobChange, 'failure'> {
  if (!('late' in step)) return {};
  const { look } = view;
  const missing = look.kind === 'job' ? `: ${look.tasks.running + look.tasks.finished} of ${look.tasks.total} tasks run` : '';
  const slots = look.kind === 'job' && look.freeSlots !== undefined ? `, ${look.freeSlots} task slots are free` : '';
  const reason = `the start took longer than the start limit of ${view.policy.startLimitMs / 1000} s${missing}${slots}`;
  return { failure: { reason, message: reason, failedAt: now } };
}

/** D27: the failure names both. A Job whose JobManager went back in time keeps what it wrote before (scenario D13). */
function wrongRestore({ view, step, now }: Decided): Pick<JobChange, 'failure' | 'voidSince'> {
  const job = liveJob(view);
  if (step.kind !== 'cancelJob' || step.reason !== 'WRONG_RESTORE' || job === undefined || job.failure !== undefined || view.look.kind !== 'job') return {};
  const restored = view.look.checkpoints?.restored?.location ?? 'no state';
  const voidSince = restoredTooOldAt(job, view.look);
  const meant = voidSince === undefined ? `the Job names ${job.restore?.location ?? 'no state'}` : `checkpoint ${job.newestCheckpoint?.id} is known`;
  const reason = `Flink restored ${restored} where ${meant}`;
  return { failure: { reason, message: reason, failedAt: now }, ...(voidSince === undefined ? {} : { voidSince }) };
}

function newJob({ flink }: ActivityDeps, view: View, step: Extract<Step, { kind: 'fetchArtifact' }>): NewJob {
  const { deployment, place } = view;
  const { id: deploymentId, namespace, name, specVersion, spec } = deployment;
  const { restoreFrom = null, templateOf = 'spec' } = step.create ?? {};
  const model = templateOf === 'spec' ? undefined : view.jobs.find((job) => job.id === templateOf);
  const template = model?.template ?? spec.template;
  if (place.kind === 'missing') throw new Error('a Job was planned without a place');
  const source = view.savepoints.find((s) => s.id === restoreFrom);
  if (restoreFrom !== null && source?.location === undefined) throw new Error(`the restore source ${restoreFrom} has no location`);
  const jobId = step.jobId;
  const directories = {
    savepoints: flink.storage.savepointDirectory(namespace, deploymentId, parseId<'SavepointId'>(jobId)),
    checkpoints: flink.storage.checkpointDirectory(namespace, deploymentId),
    archive: flink.storage.archiveDirectory(namespace, deploymentId, jobId),
  };
  return {
    id: jobId,
    deploymentId,
    namespace,
    deploymentName: name,
    specVersion,
    template,
    place: model?.place ?? place.place,
    flinkConfiguration: effectiveConfiguration({ template, namespace, deploymentId, jobId, directories }),
    ...(source?.location === undefined ? {} : { restore: { savepointId: source.id, location: source.location } }),
    allowNonRestoredState: spec.restoreStrategy.allowNonRestoredState,
  };
}

function newSuspension({ flink }: ActivityDeps, { view, now }: Decided, step: Extract<Step, { kind: 'stopWithSavepoint' }>): NewSavepoint {
  const { id: deploymentId, namespace, specVersion } = view.deployment;
  return {
    id: step.savepointId,
    deploymentId,
    namespace,
    jobId: step.jobId,
    origin: 'SUSPEND',
    state: 'STARTED',
    targetDirectory: flink.storage.savepointDirectory(namespace, deploymentId, step.savepointId),
    format: formatOf(view),
    capturedAt: now,
    specVersion,
  };
}

/** D28; only a canonical savepoint may be read by another Flink version (scenario A4). */
function formatOf(view: View): SavepointFormat {
  const { spec } = view.deployment;
  const changesVersion = liveJob(view)?.template.spec.artifact.flinkVersion !== spec.template.spec.artifact.flinkVersion;
  return changesVersion ? 'CANONICAL' : savepointFormat(view.deployment);
}
