// Finds processes of this machine and ends them. A pid alone proves nothing, it is given out again: a process is known by its pid
// and start time, or by a mark on its command line. Never signals a process that is not known in one of these ways.
import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; differs between two processes that had the same pid. */
  readonly startedAt: string;
}

const LINUX = process.platform === 'linux';
const POLL_MS = 25;

/** Undefined when there is no such process; a zombie is none. */
export async function identityOf(pid: number): Promise<ProcessIdentity | undefined> {
  const startedAt = LINUX ? await startTimeOnLinux(pid) : await startTimeByPs(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

export async function isAlive({ pid, startedAt }: ProcessIdentity): Promise<boolean> {
  return (await identityOf(pid))?.startedAt === startedAt;
}

/** Ticks since the machine started, and which start of the machine that was. */
async function startTimeOnLinux(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields === undefined || fields[0] === 'Z' || fields[0] === 'X' ? undefined : `${fields[19]} ${await bootId()}`;
}

let boot: Promise<string> | undefined;

function bootId(): Promise<string> {
  boot ??= readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
    (text) => text.trim(),
    () => '',
  );
  return boot;
}

async function startTimeByPs(pid: number): Promise<string | undefined> {
  const [state, ...started] = (await ps(['-o', 'stat=,lstart=', '-p', String(pid)])).trim().split(/\s+/);
  return state === undefined || state === '' || state.startsWith('Z') ? undefined : started.join(' ');
}

function ps(args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile('/bin/ps', [...args], { maxBuffer: 1 << 26 }, (_, stdout) => resolve(stdout));
  });
}

export interface MarkedProcess extends ProcessIdentity {
  /** What follows the mark in the argument that carries it. */
  readonly rest: string;
}

/** All live processes that have an argument beginning with `mark`. */
export async function findMarked(mark: string): Promise<readonly MarkedProcess[]> {
  const lines = LINUX ? await commandsOnLinux() : await commandsByPs();
  const found = lines.flatMap(({ pid, args }) => {
    const marked = args.find((arg) => arg.startsWith(mark));
    return marked === undefined ? [] : [{ pid, rest: marked.slice(mark.length) }];
  });
  const known = await Promise.all(found.map(async ({ pid, rest }) => ({ identity: await identityOf(pid), rest })));
  return known.flatMap(({ identity, rest }) => (identity === undefined ? [] : [{ ...identity, rest }]));
}

/** One process of each name: a child that was forked a moment ago looks like its parent until it becomes another program. */
export function eldest(found: readonly MarkedProcess[]): readonly MarkedProcess[] {
  const byAge = found.toSorted((a, b) => a.pid - b.pid);
  return byAge.filter(({ rest }, i) => byAge.findIndex((each) => each.rest === rest) === i);
}

interface Command {
  readonly pid: number;
  readonly args: readonly string[];
}

async function commandsOnLinux(): Promise<readonly Command[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(pids.map(async (pid) => ({ pid: Number(pid), args: (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0') })));
}

async function commandsByPs(): Promise<readonly Command[]> {
  const lines = (await ps(['-A', '-ww', '-o', 'pid=,command='])).split('\n').map((line) => line.trim().split(/\s+/));
  return lines.map(([pid, ...args]) => ({ pid: Number(pid), args }));
}

/**
 * True while some process can write to `path`, also one that was forked but is not yet the program it will be: such a child has
 * neither a mark nor a name of its own. Only Linux forks so; elsewhere a child begins as its program and is found by its mark.
 */
export async function isHeldOpen(path: string): Promise<boolean> {
  if (!LINUX) return false;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const held = await Promise.all(pids.map((pid) => holds(pid, path)));
  return held.includes(true);
}

async function holds(pid: string, path: string): Promise<boolean> {
  const handles = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const handle of handles) {
    if ((await readlink(`/proc/${pid}/fd/${handle}`).catch(() => '')) !== path) continue;
    const info = await readFile(`/proc/${pid}/fdinfo/${handle}`, 'utf8').catch(() => '');
    const flags = Number.parseInt(/^flags:\s*(\d+)/m.exec(info)?.[1] ?? '0', 8);
    if ((flags & 3) !== 0) return true;
  }
  return false;
}

/**
 * Asks processes and all they started to end, and after `patienceMs` ends them the hard way. Returns when they are dead; throws an
 * Error when one cannot be ended. Each must lead its own process group.
 */
export async function endGroups(processes: readonly ProcessIdentity[], patienceMs: number): Promise<void> {
  const left = await signalAndWait(processes, 'SIGTERM', patienceMs);
  const stuck = await signalAndWait(left, 'SIGKILL', 10_000);
  if (stuck.length > 0) throw new Error(`the processes ${stuck.map(({ pid }) => pid).join(', ')} do not end, not even by SIGKILL`);
}

/** Returns those that are still alive after `forMs`. */
async function signalAndWait(processes: readonly ProcessIdentity[], signal: NodeJS.Signals, forMs: number): Promise<readonly ProcessIdentity[]> {
  let left = await alive(processes);
  for (const { pid } of left) signalGroup(pid, signal);
  for (let waited = 0; left.length > 0 && waited < forMs; waited += POLL_MS) {
    await sleep(POLL_MS);
    left = await alive(left);
  }
  return left;
}

async function alive<T extends ProcessIdentity>(processes: readonly T[]): Promise<readonly T[]> {
  const answers = await Promise.all(processes.map(isAlive));
  return processes.filter((_, i) => answers[i]);
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // It ended between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
