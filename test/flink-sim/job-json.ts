// The JSON in which Flink shows jobs: overview, details, checkpoint statistics, exceptions, metrics. Pure.
import { parseDuration } from '../../domain/durations.ts';
import type { CheckpointsOfJob, TakenSnapshot } from './checkpointing.ts';
import type { SimJob, TaskState } from './sim-job.ts';

const TASK_STATES = ['created', 'scheduled', 'deploying', 'initializing', 'running', 'finished', 'canceling', 'canceled', 'failed', 'reconciling'];
const OFF_INTERVAL = 9_223_372_036_854_775_807n;

function totalOf(job: SimJob): number {
  return job.vertices.reduce((sum, { parallelism }) => sum + parallelism, 0);
}

function timesOf(job: SimJob): Record<string, number> {
  return { 'start-time': job.startedAt, 'end-time': job.endedAt ?? -1, duration: (job.endedAt ?? Date.now()) - job.startedAt };
}

export function toOverviewItem(job: SimJob, version: string): unknown {
  const total = totalOf(job);
  const counts = Object.fromEntries(TASK_STATES.map((state) => [state, state === job.tasks ? total : 0]));
  const newer = version.startsWith('1.') ? {} : { jobType: 'STREAMING', schedulerType: job.initialised ? 'Default' : null, 'pending-operators': 0 };
  return {
    jid: job.order.id,
    name: job.order.name,
    ...newer,
    ...timesOf(job),
    state: job.status,
    'last-modification': job.changedAt,
    tasks: { ...counts, total },
  };
}

const VERTEX_WORDS: Readonly<Record<TaskState, string>> = {
  created: 'CREATED',
  scheduled: 'SCHEDULED',
  deploying: 'DEPLOYING',
  running: 'RUNNING',
  canceling: 'CANCELING',
  canceled: 'CANCELED',
  failed: 'FAILED',
  finished: 'FINISHED',
};

export function toDetails(job: SimJob): unknown {
  const vertices = job.vertices.map(({ name, parallelism }, i) => ({
    id: `${i}`.padStart(32, '0'),
    name,
    parallelism,
    maxParallelism: 128,
    status: VERTEX_WORDS[job.tasks],
    tasks: Object.fromEntries(TASK_STATES.map((state) => [state.toUpperCase(), state === job.tasks ? parallelism : 0])),
  }));
  return { jid: job.order.id, name: job.order.name, isStoppable: false, state: job.status, ...timesOf(job), now: Date.now(), vertices, plan: {} };
}

function toEntry({ id, kind, takenAt, location, discarded }: TakenSnapshot): unknown {
  const isSavepoint = kind !== 'CHECKPOINT';
  return {
    className: 'completed',
    id,
    status: 'COMPLETED',
    is_savepoint: isSavepoint,
    savepointFormat: isSavepoint ? 'CANONICAL' : null,
    checkpoint_type: kind,
    trigger_timestamp: takenAt,
    latest_ack_timestamp: takenAt,
    external_path: location ?? '<checkpoint-not-externally-addressable>',
    discarded,
  };
}

export function toCheckpoints({ taken, restored, restoredCount }: CheckpointsOfJob): unknown {
  const latest = (savepoint: boolean): unknown => {
    const found = taken.findLast(({ kind }) => (kind !== 'CHECKPOINT') === savepoint);
    return found === undefined ? null : toEntry(found);
  };
  return {
    counts: { restored: restoredCount, total: taken.length, in_progress: 0, completed: taken.length, failed: 0 },
    latest: {
      completed: latest(false),
      savepoint: latest(true),
      failed: null,
      restored: restored && { id: restored.id, restore_timestamp: restored.at, is_savepoint: restored.isSavepoint, external_path: restored.location },
    },
    history: taken.slice(-10).reverse().map(toEntry),
  };
}

function timeoutOf({ order }: SimJob): number {
  return parseDuration(order.configuration['execution.checkpointing.timeout'] ?? '') ?? 600_000;
}

/** As text: with checkpointing off the interval is a number that JavaScript cannot hold. */
export function toCheckpointSettings(job: SimJob): string {
  const interval = job.initialised ? (job.checkpointing.intervalMs ?? OFF_INTERVAL) : OFF_INTERVAL;
  const retention = job.order.configuration['execution.checkpointing.externalized-checkpoint-retention'] ?? '';
  const externalization = { enabled: /^(RETAIN|DELETE)_/.test(retention), delete_on_cancellation: retention !== 'RETAIN_ON_CANCELLATION' };
  return `{"mode":"exactly_once","interval":${interval},"timeout":${timeoutOf(job)},"tolerable_failed_checkpoints":0,"externalization":${JSON.stringify(externalization)}}`;
}

export function toExceptions(job: SimJob, limit: number, version: string): unknown {
  const entries = job.exceptions.slice(0, limit).map(({ name, stacktrace, at }) => ({ exceptionName: name, stacktrace, timestamp: at, taskName: null }));
  const newest = job.exceptions[0];
  const older = version.startsWith('1.')
    ? { 'root-exception': newest?.stacktrace ?? null, timestamp: newest?.at ?? null, 'all-exceptions': [], truncated: false }
    : {};
  return { ...older, exceptionHistory: { entries, truncated: false } };
}

/** The first question about a job is answered with nothing. */
export function toMetrics(job: SimJob | undefined, names: readonly string[]): unknown {
  if (job === undefined || !job.metricsAsked) {
    if (job !== undefined) job.metricsAsked = true;
    return [];
  }
  return names.includes('numRestarts') ? [{ id: 'numRestarts', value: `${job.restarts}` }] : [];
}
