// The fully specified spec of a Deployment that is written: what its namespace and the operator give it where it is silent. Reads the namespace's
// defaults in the transaction of the write.
import { expandSpec } from '../domain/defaults.ts';
import type { DeploymentSpecInput } from '../domain/deployment.schema.ts';
import type { DeploymentSpec } from '../domain/deployment.ts';
import type { Tx } from '../store/store.ts';
import type { FunctionDeps } from './deps.ts';

interface Written {
  readonly namespace: string;
  readonly spec: DeploymentSpecInput;
  readonly before?: DeploymentSpec;
  /** What the input leaves as it was is no reason to take new defaults. */
  readonly keeps?: boolean;
}

export async function expanded({ store, settings }: FunctionDeps, tx: Tx, { namespace, spec, ...edit }: Written): Promise<DeploymentSpec> {
  const own = await store.deploymentDefaults.find(tx, namespace);
  const levels = [settings.defaults, own?.spec].filter((level) => level !== undefined);
  return expandSpec(spec, { levels, ...(settings.images === undefined ? {} : { images: settings.images }), ...edit });
}
