// sessionClusterTransition: the same shape as deploymentTransition, for a session cluster's own lifecycle.
import { condition, continueAsNew, defineSignal, setHandler, workflowInfo } from '@temporalio/workflow';
import { assertNever } from '../domain/assert-never.ts';
import type { SessionClusterId } from '../domain/ids.ts';
import type { SessionStep } from '../domain/plan-session-cluster.ts';
import { NUDGE_SIGNAL } from './contract.ts';
import { deeds, durable, isOutdated, isOutOfTime, longDeeds, waits } from './durable.ts';
import { interruptible } from './interruptible.ts';

const LINGER = '3s';

const nudgeSignal = defineSignal(NUDGE_SIGNAL);

export async function sessionClusterTransition({ id }: { readonly id: SessionClusterId }): Promise<{ readonly phase: string; readonly because: string }> {
  let dirty = false;
  setHandler(nudgeSignal, () => {
    dirty = true;
  });
  const isDirty = (): boolean => dirty;
  const { runId } = workflowInfo();
  let fence = await durable.acquireSessionFence({ id, runId });
  for (;;) {
    if (fence === null) return { phase: 'DELETED', because: 'the session cluster was deleted' };
    dirty = false;
    try {
      const step = await durable.decideSessionCluster({ id, fence });
      if (step.kind === 'gone') return { phase: 'DELETED', because: 'the session cluster was deleted' };
      if (step.kind === 'rest') {
        if (isDirty() || (await condition(isDirty, LINGER))) continue;
        return { phase: step.phase, because: step.because };
      }
      await perform(step, { id, fence, incarnation: step.incarnation }, isDirty);
    } catch (error) {
      if (!isOutdated(error)) throw error;
      fence = await durable.acquireSessionFence({ id, runId });
    }
    if (workflowInfo().continueAsNewSuggested) return continueAsNew<typeof sessionClusterTransition>({ id });
  }
}

type Deed = Exclude<SessionStep, { kind: 'rest' }>;
type Turn = Parameters<typeof longDeeds.startSessionCluster>[0];

async function perform(step: Deed, turn: Turn, isDirty: () => boolean): Promise<void> {
  try {
    switch (step.kind) {
      case 'startSessionCluster':
        return await longDeeds.startSessionCluster(turn);
      case 'awaitSessionCluster':
        await interruptible(() => waits.awaitSessionCluster(turn), isDirty);
        return;
      case 'stopSessionCluster':
        return await deeds.stopSessionCluster(turn);
      default:
        return assertNever(step);
    }
  } catch (error) {
    if (!isOutOfTime(error)) throw error;
  }
}
