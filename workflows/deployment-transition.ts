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
import { perform } from './perform.ts';

/** How long a run waits for the next nudge before it ends. */
const LINGER = '3s';

export interface Outcome {
  readonly phase: string;
  readonly because: string;
}

const PHASE = defineSearchAttributeKey('DreyPhase', SearchAttributeType.KEYWORD);
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
    if (fence === null) return { phase: 'DELETED', because: 'the Deployment was deleted' };
    dirty = false;
    try {
      const step = await durable.decide({ id, fence, workflowRunId: runId });
      if (step.kind === 'gone') return { phase: 'DELETED', because: 'the Deployment was deleted' };
      if (step.kind === 'rest') {
        upsertSearchAttributes([{ key: PHASE, value: step.phase }]);
        if (isDirty() || (await condition(isDirty, LINGER))) continue;
        return { phase: step.phase, because: step.because };
      }
      await perform(step, { id, fence }, isDirty);
    } catch (error) {
      if (!isOutdated(error)) throw error;
      fence = await durable.acquireFence({ id, runId });
    }
    if (workflowInfo().continueAsNewSuggested) return continueAsNew<typeof deploymentTransition>({ id });
  }
}
