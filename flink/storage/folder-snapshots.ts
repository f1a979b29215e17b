// Savepoints and checkpoints in a folder of this machine: the layout of the manual (vvp.md §1.15). Reports complete snapshots only,
// and never takes a folder that cannot be read for an empty one. Snapshots of other file systems are not seen here.
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { normaliseLocation } from '../../domain/location.ts';
import { CHECKPOINT_NAME, checkpointIdOf, newestFirst, SAVEPOINT_NAME, snapshotPlaces } from './layout.ts';
import type { FoundSnapshot, SnapshotStorage } from './storage.ts';

/** `root`: an absolute folder; it need not exist yet. */
export function createFolderSnapshots(root: string): SnapshotStorage {
  return {
    ...snapshotPlaces((...parts) => locationOf(join(root, ...parts))),
    async findSavepoint(targetDirectory) {
      const found = await snapshotsIn(pathOf(targetDirectory), SAVEPOINT_NAME);
      return found.toSorted((a, b) => b.writtenAt - a.writtenAt)[0];
    },
    async listCheckpoints(directory, jobId) {
      const parent = pathOf(directory);
      return newestFirst(await snapshotsIn(parent && join(parent, jobId), CHECKPOINT_NAME));
    },
    sees: (location) => pathOf(location) !== undefined,
    async exists(location) {
      const path = pathOf(location);
      return path !== undefined && (await snapshotIn(path)) !== undefined;
    },
    remove,
  };
}

/** Undefined when it lies on another file system. */
function pathOf(location: string): string | undefined {
  const plain = normaliseLocation(location);
  if (plain.startsWith('/')) return plain;
  return plain.startsWith('file:///') ? plain.slice('file://'.length) : undefined;
}

/** As Flink writes it: nothing is escaped, a blank stays a blank (`%20` would name another folder). */
function locationOf(path: string): string {
  return `file://${path}`;
}

const isMissing = (error: NodeJS.ErrnoException): boolean => error.code === 'ENOENT' || error.code === 'ENOTDIR';

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (!isMissing(error)) throw error;
  return undefined;
}

async function snapshotsIn(folder: string | undefined, name: RegExp): Promise<readonly FoundSnapshot[]> {
  const entries = folder === undefined ? undefined : await readdir(folder).catch(unlessMissing);
  if (folder === undefined || entries === undefined) return [];
  const found = await Promise.all(entries.filter((entry) => name.test(entry)).map((entry) => snapshotIn(join(folder, entry))));
  return found.filter((snapshot) => snapshot !== undefined);
}

async function snapshotIn(folder: string): Promise<FoundSnapshot | undefined> {
  const seen = await stat(join(folder, '_metadata')).catch(unlessMissing);
  if (seen === undefined || !seen.isFile()) return undefined;
  return { location: locationOf(folder), writtenAt: seen.mtimeMs, ...checkpointIdOf(basename(folder)) };
}

/** `_metadata` goes last, so that a removal that was interrupted is still recognised as one. Throws for a folder that is no snapshot. */
async function remove(location: string): Promise<void> {
  const folder = pathOf(location);
  if (folder === undefined) throw new Error(`${location} does not lie on this machine, so it cannot be removed here`);
  const entries = await readdir(folder).catch(unlessMissing);
  if (entries === undefined) return;
  if (entries.length > 0 && !entries.includes('_metadata')) throw new Error(`${location} is no complete snapshot, so it is not removed`);
  for (const entry of entries) if (entry !== '_metadata') await rm(join(folder, entry), { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
}
