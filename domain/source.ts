// How the source of a start is told to people: what it is, how old its state is, and what may surprise.
import type { FullTemplate } from './deployment.ts';
import type { Instant } from './instant.ts';
import type { RestoreChoice, WhyEmpty } from './restore.ts';
import type { Savepoint } from './savepoint.ts';
import type { View } from './view.ts';

const EMPTY: Readonly<Record<WhyEmpty, string>> = {
  FIRST_START: 'there is none yet',
  STATE_DISCARDED_BY_STRATEGY: 'STATE_DISCARDED_BY_STRATEGY: restoreStrategy is NONE',
  CHECKPOINTS_NOT_RETAINED:
    'CHECKPOINTS_NOT_RETAINED: the checkpoints of the last job were discarded at its end, as its retention says, and there is no Savepoint',
};

/** "start from …" or "start without state: …". */
export function describeStart(choice: Exclude<RestoreChoice, { kind: 'lost' }>, now: Instant): string {
  return choice.kind === 'empty' ? `start without state: ${EMPTY[choice.why]}` : `start from ${describeSource(choice.savepoint, now)}`;
}

/** For example "checkpoint 17 that Job … left, 12 s old". */
export function describeSource(savepoint: Savepoint, now: Instant): string {
  return `${nameOf(savepoint)}, ${ageOf(savepoint, now)} old`;
}

function nameOf({ id, origin, checkpointId, jobId }: Savepoint): string {
  switch (origin) {
    case 'RETAINED_CHECKPOINT':
      return `checkpoint ${checkpointId ?? '?'} that Job ${jobId ?? '?'} left`;
    case 'SUSPEND':
      return `Savepoint ${id} with which Job ${jobId ?? '?'} was stopped`;
    case 'COPIED':
      return `registered Savepoint ${id}`;
    default:
      return `Savepoint ${id} that a user asked for`;
  }
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const;

/** In its largest unit that fits, rounded down. */
function ageOf({ capturedAt }: Savepoint, now: Instant): string {
  const ms = Math.max(0, now - capturedAt);
  const [unit, length] = UNITS.find(([, each]) => ms >= each) ?? ['s', 1000];
  return `${Math.floor(ms / length)} ${unit}`;
}

/** A checkpoint is no migration format: one of another Flink version may be refused (scenarios A4, A5). */
export function isOfOtherVersion(view: Pick<View, 'jobs'>, savepoint: Savepoint, template: FullTemplate): boolean {
  const writer = view.jobs.find((job) => job.id === savepoint.jobId);
  if (savepoint.origin !== 'RETAINED_CHECKPOINT' || writer === undefined) return false;
  return writer.template.spec.artifact.flinkVersion !== template.spec.artifact.flinkVersion;
}

export const OTHER_VERSION = 'CHECKPOINT_OF_OTHER_VERSION: it was written by another Flink version, which may refuse it';
