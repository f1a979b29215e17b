// Annotations with which a user tells drey how to treat a Deployment (D33). Read here only; what is not set is the safe default.
import type { Deployment } from './deployment.ts';
import type { View } from './view.ts';
import type { SavepointFormat } from './savepoint.ts';

type Annotated = Pick<Deployment, 'annotations'>;

/** Never start without state once a checkpoint or savepoint completed. */
export const REQUIRE_STATE = 'drey.dev/require-state';
/** NATIVE or CANONICAL (D28). */
export const SAVEPOINT_FORMAT = 'drey.dev/savepoint-format';

/** The Deployment's own word, else that of its namespace: only "false" undoes the namespace's "true". */
export function requiresState({ deployment, defaultAnnotations }: Pick<View, 'deployment' | 'defaultAnnotations'>): boolean {
  const own = deployment.annotations[REQUIRE_STATE]?.toLowerCase();
  return own === 'true' || (own !== 'false' && isStateRequired(defaultAnnotations));
}

/** By the annotations of a namespace's DeploymentDefaults. */
export function isStateRequired(annotations: Readonly<Record<string, string>>): boolean {
  return annotations[REQUIRE_STATE]?.toLowerCase() === 'true';
}

export function savepointFormat({ annotations }: Annotated): SavepointFormat {
  return annotations[SAVEPOINT_FORMAT]?.toUpperCase() === 'NATIVE' ? 'NATIVE' : 'CANONICAL';
}
