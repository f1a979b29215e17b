// Snapshots as the simulated Flink lays them on disk: real directories with a real `_metadata`, in JSON of our own. Holds no state.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface SnapshotContent {
  readonly jobId: string;
  readonly checkpointId: number;
  /** Operators that have state in it. */
  readonly operators: readonly string[];
}

/** A Java exception, as "class: message". */
export class SnapshotProblem extends Error {}

/** The path of a `file:` URI or an absolute path. Throws a SnapshotProblem for any other scheme, as Flink without its plugin does. */
export function toPath(location: string): string {
  if (location.startsWith('/')) return location;
  const scheme = /^([a-z0-9+.-]+):/i.exec(location)?.[1] ?? '';
  if (scheme === 'file') return fileURLToPath(location.replace(/^file:\/{1,3}/, 'file:///'));
  const name = 'org.apache.flink.core.fs.UnsupportedFileSystemSchemeException';
  throw new SnapshotProblem(`${name}: Could not find a file system implementation for scheme '${scheme}'.`);
}

/** `file:/a/b`, the way Flink spells a location. */
export function toLocation(path: string): string {
  return pathToFileURL(path)
    .href.replace(/^file:\/\//, 'file:')
    .replace(/\/+$/, '');
}

export function savepointName(jobId: string): string {
  return `savepoint-${jobId.slice(0, 6)}-${randomBytes(6).toString('hex')}`;
}

/** Writes one complete snapshot; returns its location. */
export function writeSnapshot(directory: string, content: SnapshotContent): string {
  mkdirSync(directory, { recursive: true });
  writeFileSync(`${directory}/_metadata`, JSON.stringify(content));
  return toLocation(directory);
}

/** What lies at `location` (a directory or its `_metadata`). Throws a SnapshotProblem with Flink's words. */
export function readSnapshot(location: string): SnapshotContent {
  const path = toPath(location);
  const missing = 'java.io.FileNotFoundException: Cannot find';
  if (!existsSync(path)) throw new SnapshotProblem(`${missing} checkpoint or savepoint file/directory '${location}' on file system 'file'.`);
  const file = statSync(path).isDirectory() ? `${path}/_metadata` : path;
  const advice = 'Please try to load the checkpoint/savepoint directly from the metadata file instead of the directory.';
  if (!existsSync(file)) throw new SnapshotProblem(`${missing} meta data file '_metadata' in directory '${toLocation(path)}'. ${advice}`);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as SnapshotContent;
  } catch {
    throw new SnapshotProblem('java.io.IOException: Unexpected magic number. The savepoint file has been corrupted.');
  }
}

export function removeSnapshot(location: string): void {
  rmSync(toPath(location), { recursive: true, force: true });
}
