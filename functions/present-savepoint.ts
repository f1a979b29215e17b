// Savepoint as users see it (vvp.md §1.4). Changes nothing.
// Whatever holds a Job's state is shown with the version of the spec that the Job ran (scenario F9); what is stored with the Savepoint counts attempts.
import type { SavepointDocument } from '../domain/savepoint.schema.ts';
import type { Savepoint } from '../domain/savepoint.ts';
import type { FunctionDeps } from './deps.ts';
import { toTimestamp } from './instants.ts';
import { SPEC_VERSION } from './present-deployment.ts';
import { presentFailure } from './present-template.ts';

/** Reads the Jobs of all in one query. */
export async function presentSavepoints({ store }: Pick<FunctionDeps, 'store'>, savepoints: readonly Savepoint[]): Promise<SavepointDocument[]> {
  const jobIds = savepoints.map(({ jobId }) => jobId).filter((jobId) => jobId !== undefined);
  const versions = jobIds.length === 0 ? undefined : await store.jobs.specVersions(store.read, jobIds);
  return savepoints.map((savepoint) => {
    const ofJob = savepoint.jobId === undefined ? undefined : versions?.get(savepoint.jobId);
    return present(savepoint, ofJob ?? savepoint.specVersion);
  });
}

export async function presentSavepoint(deps: Pick<FunctionDeps, 'store'>, savepoint: Savepoint): Promise<SavepointDocument> {
  const [document] = await presentSavepoints(deps, [savepoint]);
  if (document === undefined) throw new Error('one Savepoint is one document');
  return document;
}

function present(savepoint: Savepoint, specVersion: number): SavepointDocument {
  const { id, state, failure, flinkSavepointId } = savepoint;
  return {
    kind: 'Savepoint',
    apiVersion: 'v1',
    metadata: presentMetadata(savepoint, specVersion),
    // The trigger id of our own requests is the Savepoint's id.
    spec: { savepointLocation: savepoint.location ?? savepoint.targetDirectory, flinkSavepointId: flinkSavepointId ?? id },
    status: { state, failure: presentFailure(failure) },
  };
}

function presentMetadata(savepoint: Savepoint, specVersion: number): SavepointDocument['metadata'] {
  const { id, namespace, deploymentId, jobId, origin, resourceVersion, createdAt, modifiedAt } = savepoint;
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
