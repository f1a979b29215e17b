// perform: one Step is an activity or two (do, then wait). Effects are never cancelled half-way, but for deletions; waits end with a nudge.
import { condition } from '@temporalio/workflow';
import { assertNever } from '../domain/assert-never.ts';
import type { DeploymentId } from '../domain/ids.ts';
import type { Step } from '../domain/step.ts';
import { deeds, deletions, isOutOfTime, longDeeds, submits, uploads, waits } from './durable.ts';
import { doneWhileWanted, interruptible } from './interruptible.ts';

/** Whose turn it is, and for which Deployment. */
export interface Turn {
  readonly id: DeploymentId;
  readonly fence: { readonly number: number; readonly runId: string };
}

export type Deed = Exclude<Step, { kind: 'rest' }>;

/** Whether something new was said since the last look, and whether the step under way is still the one to do. */
export interface Nudges {
  readonly isDirty: () => boolean;
  readonly isStillNext: (step: Deed & { readonly jobId: string }) => Promise<boolean>;
}

export async function perform(step: Deed, turn: Turn, nudges: Nudges): Promise<void> {
  try {
    await doStep(step, turn, nudges);
  } catch (error) {
    if (!isOutOfTime(error)) throw error;
  }
}

async function doStep(step: Deed, turn: Turn, nudges: Nudges): Promise<void> {
  const wait = (deed: () => Promise<unknown>): Promise<unknown> => interruptible(deed, nudges.isDirty);
  switch (step.kind) {
    case 'pause':
      await condition(nudges.isDirty, step.forMs);
      return;
    case 'giveUp':
      return;
    case 'fetchArtifact':
      return fetchAndUpload(step, turn, nudges);
    case 'submitJob':
      await submits.submitJob({ ...turn, jobId: step.jobId });
      await wait(() => waits.awaitRunning({ jobId: step.jobId }));
      return;
    case 'burnJobId':
      return deeds.burnJobId({ ...turn, jobId: step.jobId });
    case 'awaitRunning':
      await wait(() => waits.awaitRunning({ jobId: step.jobId }));
      return;
    case 'ensureCluster':
      return deeds.ensureCluster({ ...turn, jobId: step.jobId });
    case 'stopWithSavepoint':
    case 'takeSavepoint':
    case 'awaitSavepoint':
      return savepoint(step, turn, wait);
    case 'cancelJob':
      await deeds.cancelJob.executeWithOptions({ summary: step.reason }, [{ ...turn, jobId: step.jobId, ...(step.force ? { force: true } : {}) }]);
      await wait(() => waits.awaitEnd({ jobId: step.jobId }));
      return;
    case 'awaitEnd':
      await wait(() => waits.awaitEnd({ jobId: step.jobId }));
      return;
    case 'collectCheckpoints':
      await deeds.collectCheckpoints({ ...turn, jobId: step.jobId });
      return;
    case 'tearDown':
      return deeds.tearDown({ ...turn, jobId: step.jobId });
    case 'deleteSavepoint':
      await wait(() => deletions.deleteSavepoint.executeWithOptions({ summary: step.because }, [{ ...turn, savepointId: step.savepointId }]));
      return;
    case 'endStray':
      return deeds.endStray({ ...turn, jobId: step.jobId });
    default:
      return assertNever(step);
  }
}

/** May take minutes. A nudge drops it only when the Job is no longer wanted: at most an unused jar has reached Flink, which goes with the Job. */
async function fetchAndUpload(step: Extract<Step, { kind: 'fetchArtifact' }>, turn: Turn, { isDirty, isStillNext }: Nudges): Promise<void> {
  const order = { ...turn, jobId: step.jobId };
  const doubts = { isDirty, isStillWanted: () => isStillNext(step) };
  const fetch = (): Promise<void> => longDeeds.fetchArtifact.executeWithOptions({ summary: `attempt ${step.attempt}` }, [order]);
  if (await doneWhileWanted(fetch, doubts)) await doneWhileWanted(() => uploads.uploadJar(order), doubts);
}

type SavepointStep = Extract<Step, { kind: 'stopWithSavepoint' | 'takeSavepoint' | 'awaitSavepoint' }>;

async function savepoint(step: SavepointStep, turn: Turn, wait: (deed: () => Promise<unknown>) => Promise<unknown>): Promise<void> {
  const order = { ...turn, jobId: step.jobId, savepointId: step.savepointId };
  if (step.kind === 'stopWithSavepoint') {
    const summary = `savepoint attempt ${step.attempt} of ${step.of}`;
    if ((await deeds.stopWithSavepoint.executeWithOptions({ summary }, [order])) === 'settled') return;
  }
  if (step.kind === 'takeSavepoint' && (await deeds.takeSavepoint(order)) === 'settled') return;
  await wait(() => waits.awaitSavepoint(order));
}
