// What a simulated job is told to run, and what it asks of its cluster. Types only.
import type { Configuration, TakenSnapshot } from './checkpointing.ts';

export interface JobOrder {
  readonly id: string;
  readonly name: string;
  readonly args: readonly string[];
  readonly parallelism: number;
  readonly configuration: Configuration;
  readonly savepointPath?: string;
  readonly allowNonRestoredState: boolean;
  /** What it had when its JobManager was replaced. */
  readonly recovered?: TakenSnapshot;
}

/** What a job asks of its cluster. */
export interface JobHome {
  readonly stepMs: number;
  readonly waitsForSlots: boolean;
  freeSlots(): number;
  /** Tells that slots may have become free. */
  slotsChanged(): void;
}

export type TaskState = 'created' | 'scheduled' | 'deploying' | 'running' | 'canceling' | 'canceled' | 'failed' | 'finished';

export interface SimException {
  readonly name: string;
  readonly stacktrace: string;
  readonly at: number;
}
