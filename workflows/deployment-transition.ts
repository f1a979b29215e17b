// deploymentTransition: one run is one visible transition of a Deployment. It decides, performs one step, and decides again until
// nothing is left to do. Its input is an id: losing a run loses nothing, the record is in the store.
//
// 1. `dirty` is cleared right before each look, so that whatever comes later is seen by the next one.
// 2. There is no await between the last look at `dirty` and the return: a signal that arrives while the run ends is never dropped.
// 3. A run that lost its fence acquires another and decides again; it never goes on with what it decided before.
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { condition, continueAsNew, defineSignal, setHandler, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { DeploymentId } from '../domain/ids.ts';
import { NUDGE_SIGNAL } from './contract.ts';
import { durable, isOutdated } from './durable.ts';
import { perform, type Turn } from './perform.ts';

/** How long a run waits for the next nudge before it ends. */
const LINGER = '3s';

export interface Outcome {
  readonly phase: string;
  readonly because: string;
}

const PHASE = defineSearchAttributeKey('DreyPhase', SearchAttributeType.KEYWORD);
const DELETED: Outcome = { phase: 'DELETED', because: 'the Deployment was deleted' };
const nudgeSignal = defineSignal(NUDGE_SIGNAL);

export async function deploymentTransition({ id }: { readonly id: DeploymentId }): Promise<Outcome> {
  let dirty = false;
  setHandler(nudgeSignal, () => {
    dirty = true;
  });
  const isDirty = (): boolean => dirty;
  const { runId } = workflowInfo();
  let fence = await durable.acquireFence({ id, runId });
  for (;;) {
    if (fence === null) return DELETED;
    dirty = false;
    const outcome = await turn({ id, fence }, runId, isDirty);
    if (outcome === 'outdated') fence = await durable.acquireFence({ id, runId });
    if (typeof outcome === 'object' && !isDirty() && !(await condition(isDirty, LINGER))) return outcome;
    if (workflowInfo().continueAsNewSuggested) return continueAsNew<typeof deploymentTransition>({ id });
  }
}

/** One decision and its step: the outcome when nothing is left to do, `outdated` when another run or a late attempt was there. */
async function turn(order: Turn, workflowRunId: string, isDirty: () => boolean): Promise<Outcome | 'again' | 'outdated'> {
  try {
    const step = await durable.decide({ ...order, workflowRunId });
    if (step.kind === 'gone') return DELETED;
    if (step.kind !== 'rest') {
      await perform(step, order, isDirty);
      return 'again';
    }
    upsertSearchAttributes([{ key: PHASE, value: step.phase }]);
    return { phase: step.phase, because: step.because };
  } catch (error) {
    if (isOutdated(error)) return 'outdated';
    throw error;
  }
}
