// Looks at the processes of a local cluster. "Gone" is said only when it is proven: the noted JobManager is dead, or whoever had the
// right to start one is dead and left none behind. Starts and ends nothing.
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sighting } from '../../flink.ts';
import { type ClusterFolder, type ClusterRecord, readExitCode, readRecord, readStart, type StartNote } from './cluster-folder.ts';
import { logTail } from './log-tail.ts';
import { findMarked, isAlive, isHeldOpen } from './processes.ts';
import { markOf } from './spawn-jvm.ts';
import { isStarting } from './starting.ts';
import { livingTaskManagers } from './task-managers.ts';

export async function observeCluster(folder: ClusterFolder, installationId: string): Promise<Sighting> {
  const note = await readStart(folder);
  if (note === undefined) return { kind: 'neverStarted' };
  if (note.installationId !== installationId) return { kind: 'elsewhere' };
  if (note.by === 'tearDown') return { kind: 'gone', logTail: '' };
  const record = await readRecord(folder);
  if (record === undefined) return (await mayStillStart(folder, note)) ? { kind: 'alive', url: note.url, taskManagers: 0 } : ofMarked(folder, note);
  if (record.jobManager === undefined || !(await isAlive(record.jobManager))) return gone(folder, record);
  return { kind: 'alive', url: note.url, taskManagers: (await livingTaskManagers(record)).length };
}

/** True while the process that used the right to start has not noted what it started, and lives. */
export async function mayStillStart(folder: ClusterFolder, note: Extract<StartNote, { by: 'start' }>): Promise<boolean> {
  if (note.spawner.pid !== process.pid) return isAlive(note.spawner);
  return isStarting(folder.path) && isAlive(note.spawner);
}

/** The spawner died before it noted anything: is there a process that it started all the same? */
async function ofMarked(folder: ClusterFolder, note: Extract<StartNote, { by: 'start' }>): Promise<Sighting> {
  // It may have noted it a moment ago.
  if ((await readRecord(folder)) !== undefined) return observeCluster(folder, note.installationId);
  const output = await realpath(join(folder.path, 'log', 'jobmanager.out')).catch(() => undefined);
  // In this order: a child that is still being born holds the file before it carries the mark.
  const unborn = output !== undefined && (await isHeldOpen(output));
  const found = await findMarked(markOf(folder));
  const jobManager = found.some(({ rest }) => rest === 'jobmanager');
  if (!unborn && !jobManager) return gone(folder, undefined);
  return { kind: 'alive', url: note.url, taskManagers: found.filter(({ rest }) => rest !== 'jobmanager').length };
}

async function gone(folder: ClusterFolder, record: ClusterRecord | undefined): Promise<Sighting> {
  const exitCode = await readExitCode(folder);
  const tail = record?.failure ?? (await logTail(folder));
  return { kind: 'gone', logTail: tail, ...(exitCode !== undefined && { exitCode }) };
}
