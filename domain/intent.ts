// What a Step intends, as rows: the Job or Savepoint it makes, the marks it leaves on the live Job. Pure: activities write it before a
// deed, foresee.ts supposes it.
import { effectiveConfiguration, type JobDirectories } from './effective.ts';
import { savepointFormat } from './instructions.ts';
import type { Instant } from './instant.ts';
import type { Job } from './job.ts';
import { liveJob, restoredTooOldAt } from './learn.ts';
import type { Savepoint, SavepointFormat } from './savepoint.ts';
import type { Step } from './step.ts';
import type { View } from './view.ts';

export interface Decided {
  readonly view: View;
  readonly step: Step;
  readonly now: Instant;
}

type FetchStep = Extract<Step, { kind: 'fetchArtifact' }>;
type StopStep = Extract<Step, { kind: 'stopWithSavepoint' }>;

export type JobDraft = Pick<
  Job,
  'id' | 'deploymentId' | 'namespace' | 'deploymentName' | 'specVersion' | 'template' | 'place' | 'flinkConfiguration' | 'restore' | 'allowNonRestoredState'
>;

/** The Job that a fetchArtifact with `create` makes. */
export function jobToMake(view: View, step: FetchStep, directories: JobDirectories): JobDraft {
  const { deployment, place } = view;
  const { id: deploymentId, namespace, name, specVersion, spec } = deployment;
  const { restoreFrom = null, templateOf = 'spec' } = step.create ?? {};
  const model = templateOf === 'spec' ? undefined : view.jobs.find((job) => job.id === templateOf);
  const template = model?.template ?? spec.template;
  if (place.kind === 'missing') throw new Error('a Job was planned without a place');
  const source = view.savepoints.find((s) => s.id === restoreFrom);
  if (restoreFrom !== null && source?.location === undefined) throw new Error(`the restore source ${restoreFrom} has no location`);
  const jobId = step.jobId;
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

export type SuspensionDraft = Omit<Savepoint, 'triggered' | 'failure' | 'createdAt' | 'modifiedAt' | 'resourceVersion'>;

/** The Savepoint that a stopWithSavepoint makes. */
export function suspensionToMake({ view, now }: Decided, step: StopStep, targetDirectory: string): SuspensionDraft {
  const { id: deploymentId, namespace, specVersion } = view.deployment;
  return {
    id: step.savepointId,
    deploymentId,
    namespace,
    jobId: step.jobId,
    origin: 'SUSPEND',
    state: 'STARTED',
    targetDirectory,
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

/** The marks that a cancel or a tear-down leaves on its Job. */
export type JobMark = Partial<Pick<Job, 'state' | 'cancelling' | 'end' | 'failure' | 'voidSince'>>;

export function markOfCancel(decided: Decided, step: Extract<Step, { kind: 'cancelJob' }>): JobMark {
  return { cancelling: step.reason, state: 'TERMINATING', ...tooLate(decided), ...wrongRestore(decided) };
}

/** A Job that is dropped before its submit never was at Flink. */
export function markOfTearDown(decided: Decided, job: Job): JobMark {
  const end = job.end ?? ({ how: 'NEVER_SUBMITTED' } as const);
  const meanwhileCancelled = decided.view.deployment.spec.state === 'CANCELLED' && job.cancelling === undefined;
  return { state: 'TERMINATING', end, ...tooLate(decided), ...(meanwhileCancelled ? { cancelling: 'CANCELLED' } : {}) };
}

/** It did not come to run in time: the failure names what was missing (scenario C11). */
function tooLate({ view, step, now }: Decided): Pick<JobMark, 'failure'> {
  if (!('late' in step)) return {};
  const { look } = view;
  const missing = look.kind === 'job' ? `: ${look.tasks.running + look.tasks.finished} of ${look.tasks.total} tasks run` : '';
  const slots = look.kind === 'job' && look.freeSlots !== undefined ? `, ${look.freeSlots} task slots are free` : '';
  const reason = `the start took longer than the start limit of ${view.policy.startLimitMs / 1000} s${missing}${slots}`;
  return { failure: { reason, message: reason, failedAt: now } };
}

/** D27: the failure names both. A Job whose JobManager went back in time keeps what it wrote before (scenario D13). */
function wrongRestore({ view, step, now }: Decided): Pick<JobMark, 'failure' | 'voidSince'> {
  const job = liveJob(view);
  if (step.kind !== 'cancelJob' || step.reason !== 'WRONG_RESTORE' || job === undefined || job.failure !== undefined || view.look.kind !== 'job') return {};
  const restored = view.look.checkpoints?.restored?.location ?? 'no state';
  const voidSince = restoredTooOldAt(job, view.look);
  const meant = voidSince === undefined ? `the Job names ${job.restore?.location ?? 'no state'}` : `checkpoint ${job.newestCheckpoint?.id} is known`;
  const reason = `Flink restored ${restored} where ${meant}`;
  return { failure: { reason, message: reason, failedAt: now }, ...(voidSince === undefined ? {} : { voidSince }) };
}
