// The folder of one local cluster and the notes in it. `start` is the right to start it: whoever creates it has used that right, for
// ever, also when nothing was started then (design.md §4 rule 1). Nothing here starts or ends a process.
import { link, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { LocalClusterId } from '../../flink.ts';
import type { ProcessIdentity } from './processes.ts';

export interface ClusterFolder {
  readonly path: string;
  /** Names this cluster on the command lines of its processes. */
  readonly mark: string;
}

/** `<home>/clusters/jobs/<id>` or `<home>/clusters/sessions/<id>/<incarnation>`. */
export function clusterFolder(home: string, id: LocalClusterId): ClusterFolder {
  if (id.kind === 'job') return { path: join(home, 'clusters', 'jobs', id.jobId), mark: `job-${id.jobId}` };
  const path = join(home, 'clusters', 'sessions', id.sessionClusterId, String(id.incarnation));
  return { path, mark: `session-${id.sessionClusterId}-${id.incarnation}` };
}

/** Who used the right to start, and for what. */
export type StartNote =
  | {
      readonly by: 'start';
      readonly installationId: string;
      /** The process that starts the JobManager. */
      readonly spawner: ProcessIdentity;
      readonly url: string;
      readonly flinkVersion: string;
      readonly java: string;
      /** As ordered. */
      readonly taskManagerCount: number;
    }
  /** Nothing was started and nothing ever will be. */
  | { readonly by: 'tearDown'; readonly installationId: string };

export type Started = Extract<StartNote, { by: 'start' }>;

export interface TaskManagerRecord extends ProcessIdentity {
  /** From 1; a TaskManager that died is started again under its own number. */
  readonly number: number;
  /** How many were started under this number. */
  readonly generation: number;
}

/** What was started, written once the processes exist. Holds no configuration: that may hold secrets. */
export interface ClusterRecord {
  /** Absent when it could not be started; `failure` says why. */
  readonly jobManager?: ProcessIdentity;
  readonly failure?: string;
  /** How many TaskManagers there are to be, where that was decided after the start. */
  readonly wantedTaskManagers?: number;
  readonly taskManagers: readonly TaskManagerRecord[];
}

/** Uses the right to start. False when it was used before. The note appears with its content or not at all. */
export async function takeRight({ path }: ClusterFolder, note: StartNote): Promise<boolean> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const draft = join(path, `.start-${randomUUID()}`);
  try {
    await writeDurably(draft, JSON.stringify(note));
    await link(draft, join(path, 'start'));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Throws when there is a note that cannot be read: then nobody may say that nothing was started. */
export function readStart({ path }: ClusterFolder): Promise<StartNote | undefined> {
  return readJson<StartNote>(join(path, 'start'));
}

export function readRecord({ path }: ClusterFolder): Promise<ClusterRecord | undefined> {
  return readJson<ClusterRecord>(join(path, 'cluster.json'));
}

export async function writeRecord({ path }: ClusterFolder, record: ClusterRecord): Promise<void> {
  const draft = join(path, `.cluster-${randomUUID()}`);
  await writeDurably(draft, JSON.stringify(record));
  await rename(draft, join(path, 'cluster.json'));
}

/** The exit code of the JobManager, noted by the process that was its parent. */
export async function writeExitCode({ path }: ClusterFolder, code: number): Promise<void> {
  await writeFile(join(path, 'exit-code'), String(code));
}

export async function readExitCode({ path }: ClusterFolder): Promise<number | undefined> {
  const text = await readFile(join(path, 'exit-code'), 'utf8').catch(() => '');
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`${path} cannot be read`, { cause: error });
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
