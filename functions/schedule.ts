// The target of the schedule that reconciles (EventBridge Scheduler): has the fleet looked at, now. Fired twice, it looks once more.
import type { Wake } from '../domain/wake.ts';

/** What the schedule sends. */
export const RECONCILE = { drey: 'reconcile' } as const;

export interface ScheduleOptions {
  /** Rejects while it cannot be had. */
  readonly open: () => Promise<Pick<Wake, 'sweep'>>;
  readonly log: { error(context: object, message: string): void };
}

export interface ScheduleReport {
  readonly reconciled: boolean;
}

/** Rejects where nobody was reached, so that the invocation counts as failed; an event that is not ours is logged, for trying it again helps nobody. */
export function createScheduleHandler({ open, log }: ScheduleOptions): (event: unknown) => Promise<ScheduleReport> {
  return async (event) => {
    if (JSON.stringify(event) !== JSON.stringify(RECONCILE)) {
      log.error({ wanted: RECONCILE }, 'the event is not the one of the schedule: nothing is done');
      return { reconciled: false };
    }
    const wake = await open();
    if (!(await wake.sweep())) throw new Error('Temporal does not answer: the next run of the schedule tries again (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE)');
    return { reconciled: true };
  };
}
