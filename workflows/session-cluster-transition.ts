// sessionClusterTransition: the same shape as deploymentTransition, for a session cluster's own lifecycle.
import { condition, continueAsNew, defineSignal, setHandler, workflowInfo } from '@temporalio/workflow';
import { assertNever } from '../domain/assert-never.ts';
import type { SessionClusterId } from '../domain/ids.ts';
import type { SessionStep } from '../domain/plan-session-cluster.ts';
import { NUDGE_SIGNAL } from './contract.ts';
import type { Outcome } from './deployment-transition.ts';
import { decisions, deeds, fences, isOutdated, isOutOfTime, longDeeds, waits } from './durable.ts';
import { interruptible } from './interruptible.ts';

const LINGER = '3s';
const DELETED: Outcome = { phase: 'DELETED', because: 'the session cluster was deleted' };

const nudgeSignal = defineSignal(NUDGE_SIGNAL);

export async function sessionClusterTransition({ id }: { readonly id: SessionClusterId }): Promise<Outcome> {
  let dirty = false;
  setHandler(nudgeSignal, () => {
    dirty = true;
  });
  const isDirty = (): boolean => dirty;
  const { runId } = workflowInfo();
  let fence = await fences.acquireSessionFence({ id, runId });
  for (;;) {
    if (fence === null) return DELETED;
    dirty = false;
    const outcome = await takeTurn({ id, fence }, isDirty);
    if (outcome === 'outdated') fence = await fences.acquireSessionFence({ id, runId });
    if (typeof outcome === 'object' && !isDirty() && !(await condition(isDirty, LINGER))) return outcome;
    if (workflowInfo().continueAsNewSuggested) return continueAsNew<typeof sessionClusterTransition>({ id });
  }
}

async function takeTurn(order: Omit<Turn, 'incarnation'>, isDirty: () => boolean): Promise<Outcome | 'again' | 'outdated'> {
  try {
    const step = await decisions.decideSessionCluster(order);
    if (step.kind === 'gone') return DELETED;
    if (step.kind === 'rest') return { phase: step.phase, because: step.because };
    await perform(step, { ...order, incarnation: step.incarnation }, isDirty);
    return 'again';
  } catch (error) {
    if (isOutdated(error)) return 'outdated';
    throw error;
  }
}

type Deed = Exclude<SessionStep, { kind: 'rest' }>;
type Turn = Parameters<typeof longDeeds.startSessionCluster>[0];

async function perform(step: Deed, turn: Turn, isDirty: () => boolean): Promise<void> {
  try {
    switch (step.kind) {
      case 'startSessionCluster':
        await interruptible(() => longDeeds.startSessionCluster(turn), isDirty);
        return;
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
