// Planning deletions: what a user asked for, and what retention leaves over (D33). Only while a Deployment would rest, so that no
// transition waits for one, and one Savepoint at a time. A deletion changes neither the phase nor what a user reads of it.
import { whyKept } from './deletion.ts';
import { type Holdings, isNewer, newestFor, usableOf } from './restore.ts';
import { keptOf, ruleFor } from './retention.ts';
import type { Savepoint, SavepointOrigin } from './savepoint.ts';
import type { Step } from './step.ts';
import type { View } from './view.ts';

/** The step itself, or a deletion in place of a rest. */
export function withDeletion(view: View, step: Step): Step {
  if (step.kind !== 'rest') return step;
  const asked = view.savepoints.find((s) => s.state === 'DELETING') ?? view.savepoints.findLast((s) => s.state === 'PENDING_DELETION');
  if (asked !== undefined) return { kind: 'deleteSavepoint', savepointId: asked.id, because: 'its deletion was asked for', rest: step };
  const extra = step.phase === 'TRANSITIONING' ? undefined : surplus(view);
  if (extra === undefined) return step;
  return { kind: 'deleteSavepoint', savepointId: extra.id, because: `${ruleFor(extra.origin)} keeps newer ones of origin ${extra.origin}`, rest: step };
}

const ORIGINS: readonly SavepointOrigin[] = ['USER_REQUEST', 'SUSPEND', 'COPIED', 'RETAINED_CHECKPOINT'];

/**
 * The oldest Savepoint beyond what the annotations keep. Never what any strategy would restore next, so one COMPLETED always stays,
 * and never what a live Job refers to.
 */
export function surplus(view: Holdings): Savepoint | undefined {
  const { annotations } = view.deployment;
  const completed = view.savepoints.filter((s) => s.state === 'COMPLETED');
  const usable = usableOf(view);
  const newest = [newestFor('LATEST_STATE', usable)?.id, newestFor('LATEST_SAVEPOINT', usable)?.id];
  const beyond = ORIGINS.flatMap((origin) => {
    const kept = keptOf(origin, annotations);
    return kept === undefined ? [] : newestFirst(completed.filter((s) => s.origin === origin)).slice(kept);
  });
  return newestFirst(beyond).findLast((s) => !newest.includes(s.id) && whyKept(view, s) === undefined);
}

function newestFirst(savepoints: readonly Savepoint[]): readonly Savepoint[] {
  return savepoints.toSorted((a, b) => Number(isNewer(b, a)) - Number(isNewer(a, b)));
}
