// The checkpoints of one simulated job: when they are due, where they lie, which are kept, and the statistics REST shows of them.
// Knows nothing of HTTP. Retention follows `reference/flink.md` §4.2.
import { join } from 'node:path';
import { parseDuration } from '../../domain/durations.ts';
import { mkdirSync } from 'node:fs';
import { readSnapshot, removeSnapshot, savepointName, type SnapshotContent, toPath, writeSnapshot } from './snapshot-files.ts';

export type Configuration = Readonly<Record<string, string>>;
export type SnapshotKind = 'CHECKPOINT' | 'SAVEPOINT' | 'SYNC_SAVEPOINT';
type EndStatus = 'FINISHED' | 'CANCELED' | 'FAILED';

export interface TakenSnapshot {
  readonly id: number;
  readonly kind: SnapshotKind;
  readonly takenAt: number;
  /** Undefined when it lives in the JobManager's memory only. */
  readonly location: string | undefined;
  discarded: boolean;
}

export interface Restored {
  readonly id: number;
  readonly at: number;
  readonly isSavepoint: boolean;
  readonly location: string | undefined;
}

/** What the statistics of a job are made of. */
export type CheckpointsOfJob = Pick<Checkpointing, 'taken' | 'restored' | 'restoredCount'>;

/** Thrown for an interval Flink cannot read. */
export class BadInterval extends Error {}

export function intervalOf(configuration: Configuration): number | undefined {
  const text = configuration['execution.checkpointing.interval'];
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) : parseDuration(text);
  if (ms === undefined || ms <= 0) throw new BadInterval(`Could not parse value '${text}' for key 'execution.checkpointing.interval'.`);
  return ms;
}

/** Without a directory for them, checkpoints live in the JobManager's memory. */
export function inMemory({ 'execution.checkpointing.dir': _, 'state.checkpoints.dir': __, ...others }: Configuration): Configuration {
  return others;
}

export class Checkpointing {
  readonly intervalMs: number | undefined;
  readonly taken: TakenSnapshot[] = [];
  readonly operators: readonly string[];
  /** None completes any more. */
  stalled = false;
  restored: Restored | undefined;
  restoredCount = 0;
  private nextId = 1;
  private readonly jobId: string;
  private readonly configuration: Configuration;

  constructor(jobId: string, configuration: Configuration, operators: readonly string[]) {
    this.jobId = jobId;
    this.configuration = configuration;
    this.operators = operators;
    this.intervalMs = intervalOf(configuration);
  }

  /** Throws a SnapshotProblem when there is nothing to read, a plain Error with Flink's words when the state does not fit. */
  restoreFrom(location: string, allowNonRestoredState: boolean): void {
    const content = readSnapshot(location);
    const lost = content.operators.find((operator) => !this.operators.includes(operator));
    if (lost !== undefined && !allowNonRestoredState) throw new Error(doesNotFit(location, lost));
    this.nextId = content.checkpointId + 1;
    this.noteRestore({ id: content.checkpointId, at: Date.now(), isSavepoint: true, location });
  }

  /** After the JobManager was replaced: its own newest checkpoint, as high availability kept it. */
  recoverFrom({ id, location }: TakenSnapshot): void {
    this.nextId = id + 1;
    this.noteRestore({ id, at: Date.now(), isSavepoint: false, location });
  }

  /** The newest checkpoint that is still there. */
  get newest(): TakenSnapshot | undefined {
    return this.taken.findLast((snapshot) => snapshot.kind === 'CHECKPOINT' && !snapshot.discarded);
  }

  /** After a failure: the newest completed checkpoint, else what the job was started from. */
  restoreAgain(): void {
    const { newest } = this;
    if (newest !== undefined) this.noteRestore({ id: newest.id, at: Date.now(), isSavepoint: false, location: newest.location });
    else if (this.restored !== undefined) this.noteRestore({ ...this.restored, at: Date.now() });
  }

  private noteRestore(restored: Restored): void {
    this.restored = restored;
    this.restoredCount += 1;
  }

  takeCheckpoint(): TakenSnapshot {
    const directory = this.configuration['execution.checkpointing.dir'] ?? this.configuration['state.checkpoints.dir'];
    const id = this.nextId;
    const home = directory === undefined ? undefined : join(toPath(directory), this.jobId);
    for (const sibling of home === undefined ? [] : ['shared', 'taskowned']) mkdirSync(join(home ?? '', sibling), { recursive: true });
    const taken = this.note('CHECKPOINT', home === undefined ? undefined : writeSnapshot(join(home, `chk-${id}`), this.content(id)));
    const retained = Number(this.configuration['execution.checkpointing.num-retained'] ?? 1);
    const kept = this.taken.filter((snapshot) => snapshot.kind === 'CHECKPOINT' && !snapshot.discarded);
    for (const old of kept.slice(0, -retained)) this.discard(old);
    return taken;
  }

  /** Throws a SnapshotProblem when the directory cannot be written. */
  takeSavepoint(kind: 'SAVEPOINT' | 'SYNC_SAVEPOINT', targetDirectory: string): TakenSnapshot {
    return this.note(kind, writeSnapshot(join(toPath(targetDirectory), savepointName(this.jobId)), this.content(this.nextId)));
  }

  private content(checkpointId: number): SnapshotContent {
    return { jobId: this.jobId, checkpointId, operators: this.operators };
  }

  private note(kind: SnapshotKind, location: string | undefined): TakenSnapshot {
    const taken = { id: this.nextId, kind, takenAt: Date.now(), location, discarded: false };
    this.nextId += 1;
    this.taken.push(taken);
    return taken;
  }

  /** What becomes of the checkpoints when the job ends. A crash of the JobManager calls nothing: nobody cleans up. */
  endWith(status: EndStatus): void {
    const retention = this.configuration['execution.checkpointing.externalized-checkpoint-retention'];
    const kept = (status !== 'FINISHED' && retention === 'RETAIN_ON_CANCELLATION') || (status === 'FAILED' && retention === 'DELETE_ON_CANCELLATION');
    if (kept) return;
    for (const snapshot of this.taken) if (snapshot.kind === 'CHECKPOINT') this.discard(snapshot);
  }

  private discard(snapshot: TakenSnapshot): void {
    snapshot.discarded = true;
    if (snapshot.location !== undefined) removeSnapshot(snapshot.location);
  }
}

function doesNotFit(location: string, operator: string): string {
  return (
    `java.lang.IllegalStateException: Failed to rollback to checkpoint/savepoint ${location}. Cannot map checkpoint/savepoint state for operator ${operator} ` +
    'to the new program, because the operator is not available in the new program. If you want to allow to skip this, you can set the ' +
    '--allowNonRestoredState option on the CLI.'
  );
}
