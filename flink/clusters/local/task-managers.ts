// TaskManagers of a local cluster: which live, and starting those that died. Only while the JobManager lives: alone they are of no use.
import type { ClusterFolder, ClusterRecord, TaskManagerRecord } from './cluster-folder.ts';
import { eldest, findMarked, isAlive } from './processes.ts';
import { JOB_MANAGER, type Jvm, markOf, spawnJvm } from './spawn-jvm.ts';

export const TASK_MANAGER_ARGUMENTS = 'taskmanager.args';

export type TaskManagerJvm = Pick<Jvm, 'folder' | 'java' | 'environment' | 'plugins'>;

export async function spawnTaskManager(jvm: TaskManagerJvm, which: Pick<TaskManagerRecord, 'number' | 'generation'>): Promise<TaskManagerRecord> {
  const name = `taskmanager-${which.number}`;
  const args = ['-D', `taskmanager.resource-id=${name}-${which.generation}`];
  const identity = await spawnJvm({ ...jvm, name, argumentFile: TASK_MANAGER_ARGUMENTS, args });
  return { ...which, ...identity };
}

export async function livingTaskManagers({ taskManagers }: ClusterRecord): Promise<readonly TaskManagerRecord[]> {
  const answers = await Promise.all(taskManagers.map(isAlive));
  return taskManagers.filter((_, i) => answers[i]);
}

/** The record with every missing TaskManager of `count` started again, and how many that were. */
export async function replaceMissing(
  record: ClusterRecord,
  count: number,
  jvm: TaskManagerJvm,
): Promise<{ readonly record: ClusterRecord; readonly started: number }> {
  const living = await livingTaskManagers(record);
  const numbers = Array.from({ length: count }, (_, i) => i + 1);
  const missing = numbers.filter((number) => !living.some((each) => each.number === number));
  const before = (number: number): number => Math.max(0, ...record.taskManagers.filter((each) => each.number === number).map(({ generation }) => generation));
  const started = await Promise.all(missing.map((number) => spawnTaskManager(jvm, { number, generation: before(number) + 1 })));
  return { record: { ...record, taskManagers: [...living, ...started] }, started: started.length };
}

/** What the record of a cluster would be whose starter died before it wrote one: from the processes that it left. */
export async function adopt(folder: ClusterFolder): Promise<ClusterRecord> {
  const found = eldest(await findMarked(markOf(folder)));
  const jobManager = found.find(({ rest }) => rest === JOB_MANAGER);
  const taskManagers = found.flatMap(({ rest, ...identity }) => {
    const number = /^taskmanager-(\d+)$/.exec(rest)?.[1];
    return number === undefined ? [] : [{ ...identity, number: Number(number), generation: 1 }];
  });
  return { ...(jobManager && { jobManager: { pid: jobManager.pid, startedAt: jobManager.startedAt } }), taskManagers };
}
