// An archive of the classes that every start of Flink loads: it makes starts quicker, and processes share its pages. Bound to one
// Java and one class path. Only a convenience: without it everything works, and a JVM passes over an archive that does not fit.
import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Environment } from '../../artifacts/run-maven.ts';
import type { Java } from './find-java.ts';
import { classPathOf, type Release } from './releases.ts';

export interface ArchiveOrder {
  readonly cache: string;
  readonly release: Release;
  readonly java: Java;
  readonly environment: Environment;
}

const LIMIT_MS = 120_000;

function pathOf({ cache, release, java }: ArchiveOrder): string {
  const bound = createHash('sha256')
    .update(`${java.fingerprint}\n${classPathOf(release)}`)
    .digest('hex')
    .slice(0, 16);
  return join(cache, 'flink', 'archives', `${release.version}-${bound}.jsa`);
}

export async function findArchive(order: ArchiveOrder): Promise<string | undefined> {
  const path = pathOf(order);
  return access(path).then(
    () => path,
    () => undefined,
  );
}

/** Takes some seconds. False when it could not be made. Never throws. */
export async function makeArchive(order: ArchiveOrder): Promise<boolean> {
  const { release, java, environment, cache } = order;
  if (release.classes === undefined) return false;
  const folder = join(cache, 'flink', 'archives', `.${randomUUID()}`);
  const [list, draft] = [join(folder, 'classes'), join(folder, 'draft.jsa')];
  try {
    await mkdir(folder, { recursive: true });
    await removeLeftovers(dirname(folder));
    await writeFile(list, await promisify(gunzip)(await readFile(release.classes)));
    const flags = ['-Xshare:dump', '-XX:+UseSerialGC', '-Xlog:disable', '-Xlog:all=off', `-XX:SharedClassListFile=${list}`, `-XX:SharedArchiveFile=${draft}`];
    if (!(await runs(java.path, [...flags, '-cp', classPathOf(release)], environment))) return false;
    await rename(draft, pathOf(order));
    return true;
  } catch {
    return false;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function runs(program: string, args: readonly string[], environment: Environment): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, [...args], { env: { ...environment }, stdio: 'ignore', timeout: LIMIT_MS });
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code === 0));
  });
}

/** Of attempts that were interrupted: nobody works on one for longer than the limit. */
async function removeLeftovers(archives: string): Promise<void> {
  for (const name of await readdir(archives)) {
    if (!name.startsWith('.')) continue;
    const { mtimeMs } = await stat(join(archives, name));
    if (Date.now() - mtimeMs > 2 * LIMIT_MS) await rm(join(archives, name), { recursive: true, force: true });
  }
}
