// What Temporal sees of an attempt while it is under way: that it lives, and how far it is.
import { activityInfo, Context, heartbeat } from '@temporalio/activity';

/** Several beats fit into the heartbeat timeout (`workflows/durable.ts`); a deed that is over sooner sends none. */
const BEAT_MS = 2000;

const shown = new WeakMap<Context, unknown>();

/** Shows how far the attempt is, until the next call; Temporal's UI has it among the pending activities. */
export function showProgress(progress: unknown): void {
  shown.set(Context.current(), progress);
  heartbeat(progress);
}

/** Tells Temporal that this attempt lives, so that one whose worker was killed is noticed in seconds. A beat repeats the progress: it would wipe it. */
export function keepBeating(): () => void {
  if (activityInfo().isLocal) return () => undefined;
  const timer = setInterval(() => heartbeat(shown.get(Context.current())), BEAT_MS);
  return () => clearInterval(timer);
}
