// The list of jars that make up an embedded Flink (`infra/flink/<version>/jars.json`), and what a folder lacks of it.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

export interface LockedJar {
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
  readonly classifier?: string;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

export async function readLockList(path: string): Promise<readonly LockedJar[]> {
  return JSON.parse(await readFile(path, 'utf8')) as readonly LockedJar[];
}

export function totalBytes(jars: readonly LockedJar[]): number {
  return jars.reduce((sum, jar) => sum + jar.bytes, 0);
}

/** True when the folder holds exactly these files in these sizes. Quick: reads no content. */
export async function looksComplete(folder: string, jars: readonly LockedJar[]): Promise<boolean> {
  const sizes = await Promise.all(jars.map(({ file }) => sizeOf(join(folder, file))));
  const files = await readdir(folder).catch(() => []);
  return files.length === jars.length && jars.every((jar, i) => sizes[i] === jar.bytes);
}

/** One sentence on the first difference between folder and list, content included; undefined when there is none. */
export async function findFault(folder: string, jars: readonly LockedJar[]): Promise<string | undefined> {
  const files = await readdir(folder);
  const missing = jars.find(({ file }) => !files.includes(file));
  if (missing !== undefined) return `${missing.file} is missing`;
  const extra = files.find((file) => !jars.some((jar) => jar.file === file));
  if (extra !== undefined) return `${extra} does not belong to it`;
  for (const jar of jars) {
    const found = await sha256Of(join(folder, jar.file));
    if (found !== jar.sha256) return `${jar.file} has SHA-256 ${found}, expected is ${jar.sha256}`;
  }
  return undefined;
}

async function sizeOf(path: string): Promise<number | undefined> {
  const seen = await stat(path).catch(() => undefined);
  return seen?.size;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
