// One platform per DREY_HOME. PGlite and Temporal's SQLite file take no lock of their own, so everything below the folder is
// guarded here. A lock whose owner is dead is taken over; one that is merely old never is.
import { readFileSync } from 'node:fs';
import { mkdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { StartProblem } from '../start-problem.ts';
import { identityOf, isSameProcess } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

interface Owner extends ProcessIdentity {
  readonly host: string;
}

/** Older than any lock will ever be. */
const NEVER_MS = 1000 * 365 * 86_400_000;
/** The longest a timer can wait. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** A platform that was killed a moment ago may need this long to be gone. */
const PATIENCE_MS = 2000;

function readOwner(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Owner;
  } catch {
    return undefined; // the platform died between taking the lock and saying so
  }
}

function sentenceFor(home: string, owner: Owner): string {
  if (owner.host === hostname()) {
    return `drey already runs on ${home} (process ${owner.pid}): stop it with \`kill ${owner.pid}\`, or start a second platform with another DREY_HOME and another --port.`;
  }
  return `${home} is in use by drey on the machine ${owner.host}: stop it there; if that machine is gone, delete ${join(home, 'lock.json')} and start again.`;
}

const isAlive = (owner: Owner): boolean => owner.host !== hostname() || isSameProcess(owner);

async function takeOver(home: string): Promise<() => Promise<void>> {
  const note = join(home, 'lock.json');
  const hold = () => lock(join(home, 'platform'), { realpath: false, stale: NEVER_MS, update: LONGEST_TIMER_MS, onCompromised: () => undefined });
  const release = await hold().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ELOCKED') throw error;
    const owner = readOwner(note);
    if (owner && isAlive(owner)) throw new StartProblem(sentenceFor(home, owner));
    await rmdir(join(home, 'platform.lock'));
    return await hold();
  });
  await writeFile(note, JSON.stringify({ ...identityOf(process.pid), host: hostname() }));
  return async () => {
    await rm(note, { force: true });
    await release();
  };
}

/** Only one process at a time judges and takes the lock, so that two cannot both bury the same dead owner. */
async function throughGate(home: string): Promise<() => Promise<void>> {
  const leave = await lock(join(home, 'gate'), { realpath: false, stale: 10_000, retries: { retries: 300, factor: 1, minTimeout: 100, maxTimeout: 100 } });
  try {
    return await takeOver(home);
  } finally {
    await leave();
  }
}

/** Takes the folder for this process and returns how to give it back. Throws a StartProblem when another platform has it. */
export async function lockHome(home: string, patienceMs = PATIENCE_MS): Promise<() => Promise<void>> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const until = Date.now() + patienceMs;
  for (;;) {
    try {
      return await throughGate(home);
    } catch (error) {
      if (!(error instanceof StartProblem) || Date.now() >= until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}
