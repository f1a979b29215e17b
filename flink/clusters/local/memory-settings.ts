// The memory settings of a local cluster before Flink computes the rest: the user's own keys, else the sizes of `resources`, and network
// buffers that fit a small machine. Which key means what is Flink's business; nothing is computed here.
import type { ClusterOrder } from '../../flink.ts';
import { parseMemorySize } from './memory-size.ts';

/** Keys that decide how much memory a process gets; whoever sets one does without `resources`. */
const TASK_MANAGER_TOTALS = ['taskmanager.memory.process.size', 'taskmanager.memory.flink.size', 'taskmanager.memory.task.heap.size', 'taskmanager.heap.size'];
const JOB_MANAGER_TOTALS = ['jobmanager.memory.process.size', 'jobmanager.memory.flink.size', 'jobmanager.memory.heap.size', 'jobmanager.heap.size'];

const NETWORK = /^taskmanager\.(memory\.network\.|network\.memory\.(fraction|min|max)$)/;
/** Flink's own values, enough for some shuffles of 8 subtasks in one TaskManager. All of it is touched at the start, used or not. */
const NETWORK_MIB = 64;
const NETWORK_FRACTION = 0.1;
const SUBTASKS = 8;

const RELEVANT = /^(taskmanager|jobmanager)\.(memory|heap|network|cpu)\./;
const DEFAULT_SIZE = '1g';

type MemoryOrder = Pick<ClusterOrder, 'resources' | 'flinkConfiguration' | 'parallelism'>;

/** `slots`: of one TaskManager. Throws a RangeError for a size that is none; the API lets none pass. */
export function memorySettings(order: MemoryOrder, slots: number): Record<string, string> {
  const { resources, flinkConfiguration: user } = order;
  const own = Object.fromEntries(Object.entries(user).filter(([key]) => RELEVANT.test(key)));
  return {
    ...(JOB_MANAGER_TOTALS.some((key) => key in own) ? {} : { 'jobmanager.memory.process.size': sizeOf(resources.jobmanager?.memory) }),
    ...(TASK_MANAGER_TOTALS.some((key) => key in own) ? {} : { 'taskmanager.memory.process.size': sizeOf(resources.taskmanager?.memory) }),
    ...(Object.keys(own).some((key) => NETWORK.test(key)) ? {} : networkFor(slots, order.parallelism)),
    ...own,
    'taskmanager.numberOfTaskSlots': String(slots),
  };
}

function sizeOf(memory = DEFAULT_SIZE): string {
  const bytes = parseMemorySize(memory);
  if (bytes === undefined) throw new RangeError(`"${memory}" is no memory size`);
  return `${bytes}b`;
}

/** With fewer slots in proportion less, with more channels for each of them in proportion more; at most what Flink takes. */
function networkFor(slots: number, parallelism: number): Record<string, string> {
  const share = (slots / SUBTASKS) * Math.max(1, parallelism / SUBTASKS);
  if (share >= 1) return {};
  return {
    'taskmanager.memory.network.min': `${Math.ceil(NETWORK_MIB * share)}m`,
    'taskmanager.memory.network.fraction': (NETWORK_FRACTION * share).toFixed(4),
  };
}
