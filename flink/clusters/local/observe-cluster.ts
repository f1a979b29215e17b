// Looks at the processes of a local cluster. "Gone" is said only when it is proven: the noted JobManager is dead, or whoever had the
// right to start one is dead and left none behind. Starts and ends nothing.
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sighting } from '../../flink.ts';
import { type ClusterFolder, type ClusterRecord, readExitCode, readRecord, readStart, type Started } from './cluster-folder.ts';
import { logTail } from './log-tail.ts';
import { eldest, findMarked, isAlive, isHeldOpen } from './processes.ts';
import { JOB_MANAGER, markOf } from './spawn-jvm.ts';
import { isStarting } from './starting.ts';
import { livingTaskManagers } from './task-managers.ts';

export async function observeCluster(folder: ClusterFolder, installationId: string): Promise<Sighting> {
  const note = await readStart(folder);
  if (note === undefined) return { kind: 'neverStarted' };
  if (note.installationId !== installationId) return { kind: 'elsewhere' };
  if (note.by === 'tearDown') return { kind: 'gone', logTail: '' };
  const record = await readRecord(folder);
  if (record?.jobManager !== undefined) return ofRecord(folder, note, record);
  if (record === undefined && (await mayStillStart(folder, note))) return { kind: 'alive', url: note.url, taskManagers: 0 };
  return ofMarked(folder, note);
}

async function ofRecord(folder: ClusterFolder, note: Started, record: ClusterRecord): Promise<Sighting> {
  const isRunning = record.jobManager !== undefined && (await isAlive(record.jobManager));
  return isRunning ? { kind: 'alive', url: note.url, taskManagers: (await livingTaskManagers(record)).length } : gone(folder);
}

/** True while the process that used the right to start has not noted what it started, and lives. */
export async function mayStillStart(folder: ClusterFolder, note: Started): Promise<boolean> {
  if (note.spawner.pid !== process.pid) return isAlive(note.spawner);
  return isStarting(folder.path) && isAlive(note.spawner);
}

/** Nobody noted a JobManager, and nobody will: is there one all the same? */
async function ofMarked(folder: ClusterFolder, note: Started): Promise<Sighting> {
  // In this order: a child that is still being born holds the file before it carries the mark.
  const isUnborn = await isBeingBorn(folder);
  const found = await findMarked(markOf(folder));
  // The spawner may have noted everything before it died, but after we looked.
  const record = await readRecord(folder);
  if (record?.jobManager !== undefined) return ofRecord(folder, note, record);
  if (!isUnborn && !found.some(({ rest }) => rest === JOB_MANAGER)) return gone(folder);
  return { kind: 'alive', url: note.url, taskManagers: eldest(found).filter(({ rest }) => rest !== JOB_MANAGER).length };
}

/** True while a process holds the JobManager's output, which the spawner opened for it. */
export async function isBeingBorn({ path }: ClusterFolder): Promise<boolean> {
  const output = await realpath(join(path, 'log', `${JOB_MANAGER}.out`)).catch(() => undefined);
  return output !== undefined && isHeldOpen(output);
}

async function gone(folder: ClusterFolder): Promise<Sighting> {
  const [record, exitCode] = await Promise.all([readRecord(folder), readExitCode(folder)]);
  return { kind: 'gone', logTail: record?.failure ?? (await logTail(folder)), ...(exitCode !== undefined && { exitCode }) };
}
