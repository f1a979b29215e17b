// sessionClusterTransition: the same shape as deploymentTransition, for a session cluster's own lifecycle.
import { condition, continueAsNew, defineSignal, setHandler, workflowInfo } from '@temporalio/workflow';
import { assertNever } from '../domain/assert-never.ts';
import type { SessionClusterId } from '../domain/ids.ts';
import type { SessionStep } from '../domain/plan-session-cluster.ts';
import { NUDGE_SIGNAL } from './contract.ts';
import type { Outcome } from './deployment-transition.ts';
import { decisions, deeds, fences, isOutdated, isOutOfTime, longDeeds, waits } from './durable.ts';
import { doneWhileWanted, interruptible } from './interruptible.ts';

const LINGER = '3s';
const DELETED: Outcome = { phase: 'DELETED', because: 'the session cluster was deleted' };

const nudgeSignal = defineSignal(NUDGE_SIGNAL);

export async function sessionClusterTransition({ id }: { readonly id: SessionClusterId }): Promise<Outcome> {
  let dirty = false;
  setHandler(nudgeSignal, () => {
    dirty = true;
  });
  const { runId } = workflowInfo();
  let fence = await fences.acquireSessionFence({ id, runId });
  for (;;) {
    if (fence === null) return DELETED;
    const look = async (order: SessionOrder): Promise<Decision> => {
      dirty = false;
      return decisions.decideSessionCluster(order);
    };
    const outcome = await takeTurn({ id, fence }, { look, isDirty: () => dirty });
    if (outcome === 'outdated') fence = await fences.acquireSessionFence({ id, runId });
    if (typeof outcome === 'object' && !dirty && !(await condition(() => dirty, LINGER))) return outcome;
    if (workflowInfo().continueAsNewSuggested) return continueAsNew<typeof sessionClusterTransition>({ id });
  }
}

type Turn = Parameters<typeof longDeeds.startSessionCluster>[0];
type SessionOrder = Omit<Turn, 'incarnation'>;
type Decision = Awaited<ReturnType<typeof decisions.decideSessionCluster>>;

interface Senses {
  /** Clears `dirty`, then decides. */
  readonly look: (order: SessionOrder) => Promise<Decision>;
  readonly isDirty: () => boolean;
}

async function takeTurn(order: SessionOrder, senses: Senses): Promise<Outcome | 'again' | 'outdated'> {
  try {
    const step = await senses.look(order);
    if (step.kind === 'gone') return DELETED;
    if (step.kind === 'rest') return { phase: step.phase, because: step.because };
    await perform(step, order, senses);
    return 'again';
  } catch (error) {
    if (isOutdated(error)) return 'outdated';
    throw error;
  }
}

type Deed = Exclude<SessionStep, { kind: 'rest' }>;

async function perform(step: Deed, order: SessionOrder, { look, isDirty }: Senses): Promise<void> {
  const turn: Turn = { ...order, incarnation: step.incarnation };
  const isStillWanted = async (): Promise<boolean> => {
    const next = await look(order);
    return next.kind === step.kind && next.incarnation === step.incarnation;
  };
  try {
    switch (step.kind) {
      case 'startSessionCluster':
        await doneWhileWanted(() => longDeeds.startSessionCluster(turn), { isDirty, isStillWanted });
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
