// deploymentTransition: one run is one visible transition of a Deployment. It decides, performs one step, and decides again until
// nothing is left to do. Its input is an id: losing a run loses nothing, the record is in the store.
//
// 1. `dirty` is cleared right before each look, so that whatever comes later is seen by the next one.
// 2. There is no await between the last look at `dirty` and the return: a signal that arrives while the run ends is never dropped.
// 3. A run that lost its fence acquires another and decides again; it never goes on with what it decided before.
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { condition, continueAsNew, defineSignal, setHandler, upsertSearchAttributes, workflowInfo, type WorkflowInfo } from '@temporalio/workflow';
import type { DeploymentId } from '../domain/ids.ts';
import type { Decision } from '../activities/decide.ts';
import { jobOf } from '../domain/step.ts';
import { NUDGE_SIGNAL } from './contract.ts';
import { decisions, fences, isOutdated } from './durable.ts';
import { type Deed, perform, type Turn } from './perform.ts';

/** How long a run waits for the next nudge before it ends. */
const LINGER = '3s';
/**
 * A worker that starts replays every open run within the ten seconds of a workflow task, else it begins again and never gets anywhere.
 * A Deployment that is changed again and again is therefore continued in short runs; one upgrade is about 80 events.
 */
const LONGEST_HISTORY = 200;

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
  const { runId } = workflowInfo();
  let fence = await fences.acquireFence({ id, runId });
  for (;;) {
    if (fence === null) return DELETED;
    const look = async (order: Turn): Promise<Decision> => {
      dirty = false;
      return decisions.decide({ ...order, workflowRunId: runId });
    };
    const outcome = await takeTurn({ id, fence }, { look, isDirty: () => dirty });
    if (outcome === 'outdated') fence = await fences.acquireFence({ id, runId });
    if (typeof outcome === 'object' && !dirty && !(await condition(() => dirty, LINGER))) return outcome;
    if (isLong(workflowInfo())) return continueAsNew<typeof deploymentTransition>({ id });
  }
}

function isLong({ historyLength, continueAsNewSuggested }: Pick<WorkflowInfo, 'historyLength' | 'continueAsNewSuggested'>): boolean {
  return historyLength > LONGEST_HISTORY || continueAsNewSuggested;
}

interface Senses {
  /** Clears `dirty`, then decides. */
  readonly look: (order: Turn) => Promise<Decision>;
  readonly isDirty: () => boolean;
}

/** One decision and its step: the outcome when nothing is left to do, `outdated` when another run or a late attempt was there. */
async function takeTurn(order: Turn, { look, isDirty }: Senses): Promise<Outcome | 'again' | 'outdated'> {
  const isStillNext = async (step: Deed & { readonly jobId: string }): Promise<boolean> => {
    const next = await look(order);
    return next.kind === step.kind && jobOf(next) === step.jobId;
  };
  try {
    const step = await look(order);
    if (step.kind === 'gone') return DELETED;
    if (step.kind !== 'rest') {
      await perform(step, order, { isDirty, isStillNext });
      return 'again';
    }
    upsertSearchAttributes([{ key: PHASE, value: step.phase }]);
    return { phase: step.phase, because: step.because };
  } catch (error) {
    if (isOutdated(error)) return 'outdated';
    throw error;
  }
}
