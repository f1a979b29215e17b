// Starts one JVM so that it outlives us: a process group of its own, nothing inherited but its output file. Waits for nothing but
// the proof that the process exists.
import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../artifacts/run-maven.ts';
import type { ClusterFolder } from './cluster-folder.ts';
import { identityOf, type ProcessIdentity } from './processes.ts';

export interface Jvm {
  readonly folder: ClusterFolder;
  /** `jobmanager` or `taskmanager-<n>`: names its log files and what `ps` shows. */
  readonly name: string;
  readonly java: string;
  /** Name of the argument file in the cluster's `conf`. */
  readonly argumentFile: string;
  /** Program arguments behind those of the file. Never configuration of the user. */
  readonly args?: readonly string[];
  readonly plugins?: string;
  readonly environment: Environment;
}

/** Name of the JobManager's process. */
export const JOB_MANAGER = 'jobmanager';

/** What the command line of a process of this cluster begins with; its name follows. */
export function markOf({ mark }: ClusterFolder): string {
  return `-Ddrey.process=${mark}/`;
}

/** `onExit` is told the exit code, 128 and its number for a signal, if the process ends before we do. Throws when it cannot be started. */
export async function spawnJvm(jvm: Jvm, onExit?: (code: number) => void): Promise<ProcessIdentity> {
  const { folder, name, java, argumentFile, args = [] } = jvm;
  const log = join(folder.path, 'log', name);
  const out = await open(`${log}.out`, 'a', 0o600);
  try {
    const own = [`${markOf(folder)}${name}`, `-Dlog.file=${log}.log`, `@${join(folder.path, 'conf', argumentFile)}`];
    const child = privately(() =>
      spawn(java, [...own, ...args], { cwd: folder.path, env: environmentOf(jvm), detached: true, stdio: ['ignore', out.fd, out.fd] }),
    );
    if (onExit) child.on('exit', (code, signal) => onExit(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
    child.unref();
    const pid = await started(child);
    // A process that ended at once has no start time any more, and nobody will be mistaken for it.
    return (await identityOf(pid)) ?? { pid, startedAt: 'ended' };
  } finally {
    await out.close();
  }
}

/** What the process writes (logs, archives, savepoints) may repeat secrets: only its owner reads it. */
function privately<T>(begin: () => T): T {
  const before = process.umask(0o077);
  try {
    return begin();
  } finally {
    process.umask(before);
  }
}

function started(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => resolve(child.pid ?? 0));
  });
}

const UTF8 = /utf-?8/i;

function environmentOf({ folder, plugins, environment }: Jvm): Record<string, string> {
  const { FLINK_LIB_DIR: _lib, FLINK_OPT_DIR: _opt, FLINK_ENV_JAVA_OPTS: _opts, ...rest } = environment;
  const readsUtf8 = ['LC_ALL', 'LC_CTYPE', 'LANG'].some((name) => UTF8.test(rest[name] ?? ''));
  return {
    ...rest,
    ...(readsUtf8 ? {} : { LC_ALL: 'C.UTF-8' }),
    MALLOC_ARENA_MAX: rest.MALLOC_ARENA_MAX ?? '2',
    FLINK_CONF_DIR: join(folder.path, 'conf'),
    FLINK_PLUGINS_DIR: plugins ?? join(folder.path, 'tmp', 'plugins'),
  };
}
