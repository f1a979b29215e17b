// The layout of the blob root (vvp.md §1.15), the same in a folder and in S3. Knows names, touches nothing.
import type { SnapshotStorage } from './storage.ts';

type Places = Pick<SnapshotStorage, 'savepointDirectory' | 'checkpointDirectory' | 'archiveDirectory'>;

/** `uri`: how the root spells a path below it. */
export function snapshotPlaces(uri: (...parts: readonly string[]) => string): Places {
  const deployment = (namespace: string, id: string): readonly string[] => ['namespaces', namespace, 'deployments', id];
  return {
    savepointDirectory: (namespace, id, savepointId) => uri('flink-savepoints', ...deployment(namespace, id), savepointId),
    checkpointDirectory: (namespace, id) => uri('flink-jobs', ...deployment(namespace, id), 'checkpoints'),
    archiveDirectory: (namespace, id, jobId) => uri('flink-jobs', ...deployment(namespace, id), 'archive', jobId),
  };
}

/** Below it lie the artifacts of all namespaces, and nothing that Flink writes. */
export const ARTIFACTS = 'artifacts';

export function artifactFolder(namespace: string): readonly string[] {
  return [ARTIFACTS, 'namespaces', namespace];
}

export const MOST_LISTED = 1000;

/** Highest checkpoint first. */
export function newestFirst<T extends { readonly checkpointId?: number }>(found: readonly T[]): readonly T[] {
  return found.toSorted((a, b) => (b.checkpointId ?? 0) - (a.checkpointId ?? 0));
}

export const SAVEPOINT_NAME = /^savepoint-/;
export const CHECKPOINT_NAME = /^chk-(\d+)$/;

/** The number in `chk-7`. */
export function checkpointIdOf(name: string): { readonly checkpointId?: number } {
  const id = CHECKPOINT_NAME.exec(name)?.[1];
  return id === undefined ? {} : { checkpointId: Number(id) };
}
