// Annotations with which a user tells drey how to treat a Deployment (D33). Read here only; what is not set is the safe default.
import type { Deployment } from './deployment.ts';
import type { SavepointFormat } from './savepoint.ts';

type Annotated = Pick<Deployment, 'annotations'>;

/** Never start without state once a checkpoint or savepoint completed. */
export const REQUIRE_STATE = 'drey.dev/require-state';
/** NATIVE or CANONICAL (D28). */
export const SAVEPOINT_FORMAT = 'drey.dev/savepoint-format';

export function requiresState({ annotations }: Annotated): boolean {
  return annotations[REQUIRE_STATE]?.toLowerCase() === 'true';
}

export function savepointFormat({ annotations }: Annotated): SavepointFormat {
  return annotations[SAVEPOINT_FORMAT]?.toUpperCase() === 'NATIVE' ? 'NATIVE' : 'CANONICAL';
}
