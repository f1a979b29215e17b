// The layout of the blob root (vvp.md §1.15), the same in a folder and in S3. Knows names, touches nothing.
import { posix } from 'node:path';
import { spellingsOf } from '../../domain/location.ts';
import type { SnapshotStorage } from './storage.ts';

const SAVEPOINTS = 'flink-savepoints';
const JOBS = 'flink-jobs';

type Places = Pick<SnapshotStorage, 'savepointDirectory' | 'checkpointDirectory' | 'archiveDirectory' | 'namespaceOf'>;

/** `uri`: how the root spells a path below it. */
export function snapshotPlaces(uri: (...parts: readonly string[]) => string): Places {
  const deployment = (namespace: string, id: string): readonly string[] => ['namespaces', namespace, 'deployments', id];
  const roots = [SAVEPOINTS, JOBS].map((folder) => `${asFlinkReads(uri(folder, 'namespaces'))}/`);
  return {
    savepointDirectory: (namespace, id, savepointId) => uri(SAVEPOINTS, ...deployment(namespace, id), savepointId),
    checkpointDirectory: (namespace, id) => uri(JOBS, ...deployment(namespace, id), 'checkpoints'),
    archiveDirectory: (namespace, id, jobId) => uri(JOBS, ...deployment(namespace, id), 'archive', jobId),
    namespaceOf(location) {
      const read = asFlinkReads(location);
      const root = roots.find((each) => read.startsWith(each));
      return root === undefined ? undefined : read.slice(root.length).split('/')[0];
    },
  };
}

/** One text for each place, however it is spelled: Flink resolves `..`, drops doubled slashes, and asks no host for a local file. */
function asFlinkReads(location: string): string {
  const plain = location.replace(/^[a-z0-9+.-]+:/i, (scheme) => scheme.toLowerCase()).replace(/^file:\/\/[^/]+/, 'file://');
  const [first = plain] = spellingsOf(plain);
  return first.replace(/^([a-z0-9+.-]+:\/\/)(.*)$/s, (_, scheme: string, path: string) => `${scheme}${posix.normalize(path)}`);
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
