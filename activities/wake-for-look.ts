// Wakes a Deployment for a look that no user asked for. Losing it loses nothing: its intentVersion was raised before.
import type { Deployment } from '../domain/deployment.ts';
import type { ActivityDeps } from './deps.ts';

export async function wakeForLook({ wake }: ActivityDeps, deployment: Deployment, why: string): Promise<boolean> {
  const { id, namespace, name, spec, specVersion } = deployment;
  return wake.deployment({ id, namespace, name, summary: `${name}: ${why}`.slice(0, 200), desired: spec.state, specVersion, priority: 4 });
}
