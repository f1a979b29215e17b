// Checkpoint statistics of a job, and what it restored. Locations are Flink's word only: whether the data is there, storage tells.
import type { FlinkJobId } from '../../domain/ids.ts';
import { normaliseLocation } from '../../domain/location.ts';
import type { Answer, Checkpoint, CheckpointStats } from '../flink.ts';
import { read } from './answers.ts';
import { type Fields, fieldsAt, fieldsOf, maybeFieldsAt, maybeTextAt, numberAt } from './fields.ts';
import type { Ask } from './http-client.ts';
import { refusedWith } from './phrases.ts';

const OFF: CheckpointStats = { enabled: false, completedCount: 0 };
const NOT_ADDRESSABLE = '<checkpoint-not-externally-addressable>';

/** Two calls: a streaming job without checkpointing has statistics as well, and only its settings tell that it is off. */
export async function checkpoints(ask: Ask, id: FlinkJobId): Promise<Answer<CheckpointStats>> {
  const [stats, settings] = await Promise.all([
    ask({ method: 'GET', path: `/jobs/${id}/checkpoints` }),
    ask({ method: 'GET', path: `/jobs/${id}/checkpoints/config` }),
  ]);
  if ([stats, settings].some((answer) => refusedWith(answer, 404, 'checkpointingOff'))) return { kind: 'done', value: OFF };
  if (settings.kind !== 'done') return settings;
  return read(stats, (json) => parseStats(json, settings.value));
}

/** With checkpointing off Flink names the largest number of Java as interval. */
function isPeriodic(settings: unknown): boolean {
  return numberAt(fieldsOf(settings, 'the checkpoint settings'), 'interval') <= Number.MAX_SAFE_INTEGER;
}

/** Without what it needs, undefined: an older Flink does not tell how many failures it tolerates. */
function patienceOf(settings: unknown): number | undefined {
  const { interval, timeout, tolerable_failed_checkpoints: tolerable = 0 } = fieldsOf(settings, 'the checkpoint settings');
  if (typeof interval !== 'number' || typeof timeout !== 'number' || typeof tolerable !== 'number') return undefined;
  return Math.max(interval, timeout) * (Math.min(tolerable, 1000) + 2);
}

function parseStats(json: unknown, settings: unknown): CheckpointStats {
  const stats = fieldsOf(json, 'the checkpoints');
  const latest = fieldsAt(stats, 'latest');
  const [completed, savepoint, restored] = ['completed', 'savepoint', 'restored'].map((key) => maybeFieldsAt(latest, key));
  const enabled = isPeriodic(settings);
  const patienceMs = enabled ? patienceOf(settings) : undefined;
  return {
    enabled,
    ...(patienceMs === undefined ? {} : { patienceMs }),
    completedCount: numberAt(fieldsAt(stats, 'counts'), 'completed'),
    ...(completed === undefined ? {} : { latestCompleted: toCheckpoint(completed) }),
    ...(savepoint === undefined ? {} : { latestSavepoint: toCheckpoint(savepoint) }),
    ...(restored === undefined ? {} : { restored: toRestored(restored) }),
  };
}

function toRestored(entry: Fields): NonNullable<CheckpointStats['restored']> {
  return { id: numberAt(entry, 'id'), at: numberAt(entry, 'restore_timestamp'), isSavepoint: entry['is_savepoint'] === true, ...locationOf(entry) };
}

function toCheckpoint(entry: Fields): Checkpoint {
  return {
    id: numberAt(entry, 'id'),
    triggeredAt: numberAt(entry, 'trigger_timestamp'),
    isSavepoint: entry['is_savepoint'] === true,
    isStop: entry['checkpoint_type'] === 'SYNC_SAVEPOINT',
    discarded: entry['discarded'] === true,
    ...locationOf(entry),
  };
}

function locationOf(entry: Fields): { readonly location?: string } {
  const path = maybeTextAt(entry, 'external_path');
  return path === undefined || path === NOT_ADDRESSABLE ? {} : { location: normaliseLocation(path) };
}
