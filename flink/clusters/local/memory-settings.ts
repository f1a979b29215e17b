// The memory settings of a local cluster before Flink computes the rest: the user's own keys, else the sizes of `resources`, and network
// buffers that fit a small machine. Which key means what is Flink's business; nothing is computed here.
import type { ClusterOrder } from '../../flink.ts';
import { parseMemorySize } from './memory-size.ts';

/** Keys that decide how much memory a process gets; whoever sets one does without `resources`. */
const TASK_MANAGER_TOTALS = ['taskmanager.memory.process.size', 'taskmanager.memory.flink.size', 'taskmanager.memory.task.heap.size', 'taskmanager.heap.size'];
const JOB_MANAGER_TOTALS = ['jobmanager.memory.process.size', 'jobmanager.memory.flink.size', 'jobmanager.memory.heap.size', 'jobmanager.heap.size'];

const NETWORK = /^taskmanager\.(memory\.network\.|network\.memory\.(fraction|min|max)$)/;
/** Network buffers are touched when a TaskManager starts, so they cost memory used or not: below so many slots they are fewer. */
const ENOUGH_SLOTS = 4;
const MIB_PER_SLOT = 16;
const FLINKS_NETWORK_FRACTION = 0.1;

const RELEVANT = /^(taskmanager|jobmanager)\.(memory|heap|network|cpu)\./;
const DEFAULT_SIZE = '1g';

/** `slots`: of one TaskManager. Throws a RangeError for a size that is none; the API lets none pass. */
export function memorySettings(
  { resources, flinkConfiguration: user }: Pick<ClusterOrder, 'resources' | 'flinkConfiguration'>,
  slots: number,
): Record<string, string> {
  const own = Object.fromEntries(Object.entries(user).filter(([key]) => RELEVANT.test(key)));
  return {
    ...(JOB_MANAGER_TOTALS.some((key) => key in own) ? {} : { 'jobmanager.memory.process.size': sizeOf(resources.jobmanager?.memory) }),
    ...(TASK_MANAGER_TOTALS.some((key) => key in own) ? {} : { 'taskmanager.memory.process.size': sizeOf(resources.taskmanager?.memory) }),
    ...(Object.keys(own).some((key) => NETWORK.test(key)) ? {} : networkFor(slots)),
    ...own,
    'taskmanager.numberOfTaskSlots': String(slots),
  };
}

function sizeOf(memory = DEFAULT_SIZE): string {
  const bytes = parseMemorySize(memory);
  if (bytes === undefined) throw new RangeError(`"${memory}" is no memory size`);
  return `${bytes}b`;
}

function networkFor(slots: number): Record<string, string> {
  if (slots >= ENOUGH_SLOTS) return {};
  return {
    'taskmanager.memory.network.min': `${slots * MIB_PER_SLOT}m`,
    'taskmanager.memory.network.fraction': String((FLINKS_NETWORK_FRACTION * slots) / ENOUGH_SLOTS),
  };
}
