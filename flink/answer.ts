// What a call to Flink, or to what runs it, comes to. Types only.

/** What became of a call. Only `unavailable` may be tried again without asking. */
export type Answer<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** Flink said no. `reason`: the innermost cause in one sentence; `text`: everything it said, at most 32 KiB. */
  | { readonly kind: 'rejected'; readonly status: number; readonly reason: string; readonly text: string }
  /** Refused, reset, timed out, 503 or no leader. `mayHaveArrived` is false only when the request provably never left (connection refused). */
  | { readonly kind: 'unavailable'; readonly reason: string; readonly mayHaveArrived: boolean };
