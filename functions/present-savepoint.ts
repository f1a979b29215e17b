// Savepoint as users see it (vvp.md §1.4). Changes nothing.
import type { SavepointDocument } from '../domain/savepoint.schema.ts';
import type { Savepoint } from '../domain/savepoint.ts';
import { toTimestamp } from './instants.ts';
import { SPEC_VERSION } from './present-deployment.ts';
import { presentFailure } from './present-template.ts';

export function presentSavepoint(savepoint: Savepoint): SavepointDocument {
  const { id, state, failure, flinkSavepointId } = savepoint;
  return {
    kind: 'Savepoint',
    apiVersion: 'v1',
    metadata: presentMetadata(savepoint),
    // The trigger id of our own requests is the Savepoint's id.
    spec: { savepointLocation: savepoint.location ?? savepoint.targetDirectory, flinkSavepointId: flinkSavepointId ?? id },
    status: { state, failure: presentFailure(failure) },
  };
}

function presentMetadata(savepoint: Savepoint): SavepointDocument['metadata'] {
  const { id, namespace, deploymentId, jobId, origin, specVersion, resourceVersion, createdAt, modifiedAt } = savepoint;
  return {
    id,
    namespace,
    createdAt: toTimestamp(createdAt),
    modifiedAt: toTimestamp(modifiedAt),
    deploymentId,
    jobId,
    origin,
    // A retained checkpoint may be incremental; nobody asked Flink.
    type: origin === 'RETAINED_CHECKPOINT' ? 'UNKNOWN' : 'FULL',
    annotations: { [SPEC_VERSION]: String(specVersion) },
    resourceVersion,
  };
}
