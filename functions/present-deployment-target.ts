// DeploymentTarget as users see it (vvp.md §1.6). Changes nothing.
import type { DeploymentTargetDocument } from '../domain/deployment-target.schema.ts';
import type { DeploymentTarget } from '../domain/deployment-target.ts';
import { toTimestamp } from './instants.ts';

export function presentDeploymentTarget(target: DeploymentTarget): DeploymentTargetDocument {
  const { id, name, namespace, labels, annotations, resourceVersion, createdAt, modifiedAt } = target;
  return {
    kind: 'DeploymentTarget',
    apiVersion: 'v1',
    metadata: { id, name, namespace, createdAt: toTimestamp(createdAt), modifiedAt: toTimestamp(modifiedAt), labels, annotations, resourceVersion },
    spec: 'local' in target.spec ? { local: {} } : { kubernetes: target.spec.kubernetes },
  };
}
