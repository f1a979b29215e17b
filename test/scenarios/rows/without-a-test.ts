// Rows of the tables that no test plays, each with the reason.

/** Why there is nothing to play. */
export const CANNOT_APPLY: Readonly<Record<string, string>> = {
  A19: 'rescaling in place by the adaptive scheduler is an optional feature for later: a change of the parallelism is an upgrade',
  D7: 'a restart policy on health is not built; without one nothing is restarted for its health',
  D8: 'a restart policy on health is not built; StateSafe says all the same what a start would find',
  E9: 'there is no API to delete a namespace yet',
  F7: 'savepoint schedules come later (D33)',
};

/** Still to be written: empty. */
export const NOT_YET: readonly string[] = [];
