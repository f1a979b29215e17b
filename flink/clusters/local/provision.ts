// Puts an embedded Flink into the cache: the user's own Maven fetches the jars of our pom, every one is compared with the lock list, and
// only then does the folder appear. Safe to interrupt and to repeat, also by several processes at once. Names no repository.
import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { type Environment, MAVEN_IS_MISSING, runMaven } from '../../artifacts/run-maven.ts';
import { findFault, type LockedJar, looksComplete, readLockList, totalBytes } from './lock-list.ts';
import type { Release } from './releases.ts';

export interface Provisioning {
  readonly release: Release;
  readonly environment: Environment;
  readonly progress: (line: string) => void;
}

const POLL_MS = 500;
const SILENT_MS = 5000;

/** Returns at once when everything is there. Throws an Error with one sentence that says what to do. */
export async function provision({ release, environment, progress }: Provisioning): Promise<void> {
  if (release.recipe === undefined) return;
  const jars = await readLockList(join(release.recipe, 'jars.json'));
  if (await looksComplete(release.lib, jars)) return;
  const home = dirname(release.lib);
  await mkdir(home, { recursive: true });
  const unlock = await takeLock(home, () => progress(`Flink ${release.version}: another drey is fetching it …`));
  try {
    if (await looksComplete(release.lib, jars)) return;
    await fetchInto(home, jars, { release, environment, progress });
  } finally {
    await unlock();
  }
}

async function takeLock(folder: string, waiting: () => void): Promise<() => Promise<void>> {
  const file = join(folder, 'fetching');
  for (let waited = 0; ; waited += POLL_MS) {
    try {
      return await lock(file, { realpath: false, stale: 6000, update: 2000, onCompromised: () => undefined });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
      if (waited % SILENT_MS === 0) waiting();
      await sleep(POLL_MS);
    }
  }
}

async function fetchInto(home: string, jars: readonly LockedJar[], { release, environment, progress }: Provisioning): Promise<void> {
  for (const left of await readdir(home)) if (left.startsWith('.fetch-')) await rm(join(home, left), { recursive: true, force: true });
  const temporary = join(home, `.fetch-${randomUUID()}`);
  const lib = join(temporary, 'lib');
  try {
    await mkdir(lib, { recursive: true });
    await copyFile(join(release.recipe ?? '', 'pom.xml'), join(temporary, 'pom.xml'));
    const started = Date.now();
    await runCounting({ folder: temporary, jars, release, environment, progress });
    progress(`Flink ${release.version}: comparing ${jars.length} jars with their checksums …`);
    const fault = await findFault(lib, jars);
    if (fault !== undefined) throw new Error(`Flink ${release.version} as Maven delivered it is not used: ${fault}`);
    await rm(release.lib, { recursive: true, force: true });
    await rename(lib, release.lib);
    progress(`Flink ${release.version}: ${jars.length} jars, ${toMB(totalBytes(jars))} MB, ready after ${seconds(started)} s`);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

interface Fetching extends Provisioning {
  readonly folder: string;
  readonly jars: readonly LockedJar[];
}

async function runCounting({ folder, jars, release, environment, progress }: Fetching): Promise<void> {
  const started = Date.now();
  const seen = new Set<string>();
  const onLine = (line: string): void => {
    const file = /^\[INFO\] (?:Downloaded from .*\/([^/ ]+\.jar)\b|Copying (\S+\.jar) to )/.exec(line);
    const name = file?.[1] ?? file?.[2];
    if (name !== undefined) seen.add(name);
  };
  const tell = (): void => progress(`Flink ${release.version}: ${countOf(jars, seen)}, ${seconds(started)} s`);
  const timer = setInterval(tell, 1000);
  tell();
  try {
    const args = ['-f', join(folder, 'pom.xml'), 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${join(folder, 'lib')}`];
    const outcome = await runMaven({ args, folder, environment, onLine });
    if (outcome.kind === 'missing') throw new Error(`${MAVEN_IS_MISSING} or set FLINK_HOME to a Flink installation; it fetches Flink ${release.version}`);
    if (outcome.kind !== 'done') throw new Error(`Flink ${release.version} could not be fetched: ${outcome.reason}`);
  } finally {
    clearInterval(timer);
  }
}

function countOf(jars: readonly LockedJar[], seen: ReadonlySet<string>): string {
  const present = jars.filter(({ file }) => seen.has(file));
  const [bytes, all] = [totalBytes(present), totalBytes(jars)];
  return `${present.length} of ${jars.length} jars, ${toMB(bytes)} of ${toMB(all)} MB (${Math.round((100 * bytes) / all)} %)`;
}

const toMB = (bytes: number): number => Math.round(bytes / 1e6);

function seconds(since: number): number {
  return Math.round((Date.now() - since) / 1000);
}
