// Savepoints and checkpoints in a folder of this machine: the layout of the manual (vvp.md §1.15). Reports complete snapshots only.
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { normaliseLocation } from '../../domain/location.ts';
import type { FoundSnapshot, SnapshotStorage } from '../flink.ts';

/** `blobRoot`: a folder; it need not exist yet. */
export function createSnapshotStorage({ blobRoot }: { readonly blobRoot: string }): SnapshotStorage {
  const uri = (...parts: readonly string[]): string => pathToFileURL(join(blobRoot, ...parts)).href;
  const deployment = (namespace: string, id: string): readonly string[] => ['namespaces', namespace, 'deployments', id];
  return {
    savepointDirectory: (namespace, id, savepointId) => uri('flink-savepoints', ...deployment(namespace, id), savepointId),
    checkpointDirectory: (namespace, id) => uri('flink-jobs', ...deployment(namespace, id), 'checkpoints'),
    archiveDirectory: (namespace, id, jobId) => uri('flink-jobs', ...deployment(namespace, id), 'archive', jobId),
    async findSavepoint(targetDirectory) {
      const found = await snapshotsIn(pathOf(targetDirectory), /^savepoint-/);
      return found.toSorted((a, b) => b.writtenAt - a.writtenAt)[0];
    },
    async listCheckpoints(directory, jobId) {
      const found = await snapshotsIn(join(pathOf(directory), jobId), /^chk-\d+$/);
      return found.toSorted((a, b) => (b.checkpointId ?? 0) - (a.checkpointId ?? 0));
    },
    exists: async (location) => (await metadataOf(pathOf(location))) !== undefined,
    remove: (location) => rm(pathOf(location), { recursive: true, force: true }),
  };
}

function pathOf(location: string): string {
  const plain = normaliseLocation(location);
  return plain.startsWith('file://') ? fileURLToPath(plain) : plain;
}

async function snapshotsIn(folder: string, name: RegExp): Promise<readonly FoundSnapshot[]> {
  const entries = await readdir(folder).catch(() => []);
  const found = await Promise.all(entries.filter((entry) => name.test(entry)).map((entry) => metadataOf(join(folder, entry))));
  return found.filter((snapshot) => snapshot !== undefined);
}

async function metadataOf(folder: string): Promise<FoundSnapshot | undefined> {
  const seen = await stat(join(folder, '_metadata')).catch(() => undefined);
  if (seen === undefined) return undefined;
  const id = /\/chk-(\d+)$/.exec(folder)?.[1];
  return { location: pathToFileURL(folder).href, writtenAt: seen.mtimeMs, ...(id === undefined ? {} : { checkpointId: Number(id) }) };
}
