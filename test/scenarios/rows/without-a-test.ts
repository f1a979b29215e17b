// Rows of the tables that no test plays: those that cannot apply, with the reason, and those that are still to be written.

/** Why there is nothing to play. */
export const CANNOT_APPLY: Readonly<Record<string, string>> = {
  A19: 'rescaling in place by the adaptive scheduler is an optional feature for later: a change of the parallelism is an upgrade',
  E9: 'there is no API to delete a namespace yet',
  F7: 'savepoint schedules come later (D33)',
};

/** To be emptied: each gets a row, a test or a reason. */
const STILL_TO_COME: Readonly<Record<string, readonly number[]>> = {
  D: [7, 8],
};

export const NOT_YET: readonly string[] = Object.entries(STILL_TO_COME).flatMap(([group, numbers]) => numbers.map((n) => `${group}${n}`));
