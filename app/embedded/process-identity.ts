// Tells whether a process noted earlier is still the same one: a pid alone is given out again. Ends only what it can identify.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; differs between two processes that had the same pid. */
  readonly startedAt: string;
}

/** When the process started, in the words of this machine; undefined when there is none (a zombie counts as none). */
export function startTimeOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
    }
    const [state, ...started] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/);
    return state === undefined || state.startsWith('Z') ? undefined : started.join(' ');
  } catch {
    return undefined;
  }
}

export function identityOf(pid: number): ProcessIdentity | undefined {
  const startedAt = startTimeOf(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

export function isSameProcess({ pid, startedAt }: ProcessIdentity): boolean {
  return startTimeOf(pid) === startedAt;
}

/** Asks the process to end, waits `patienceMs`, then ends it the hard way. Returns when it is dead. */
export async function endProcess(identity: ProcessIdentity, patienceMs: number): Promise<void> {
  if (await signalAndWait(identity, 'SIGTERM', patienceMs)) return;
  await signalAndWait(identity, 'SIGKILL', 5000);
}

async function signalAndWait(identity: ProcessIdentity, signal: NodeJS.Signals, forMs: number): Promise<boolean> {
  if (!isSameProcess(identity)) return true;
  try {
    process.kill(identity.pid, signal);
  } catch {
    return true; // it ended between the look and the signal
  }
  const until = Date.now() + forMs;
  while (Date.now() < until) {
    await sleep(50);
    if (!isSameProcess(identity)) return true;
  }
  return !isSameProcess(identity);
}
