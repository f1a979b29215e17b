// Time as domain sees it: a number handed in. Nothing here asks a clock.

/** Milliseconds since 1970 (UTC). */
export type Instant = number;
