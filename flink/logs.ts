// Logs of a cluster's processes, as the rest of drey sees them. Types only; nothing is ever written through them.
import type { Instant } from '../domain/instant.ts';
import type { Answer } from './answer.ts';

export interface LogFile {
  /** `jobmanager`, `taskmanager-1` …; of a cluster that others run, Flink's own id of a TaskManager. */
  readonly process: string;
  readonly name: string;
  readonly kind: 'log' | 'stdout';
  /** In bytes. */
  readonly size: number;
  readonly modifiedAt?: Instant;
}

export interface ProcessLogs {
  list(): Promise<Answer<readonly LogFile[]>>;
  /** Bytes of a file that was listed, from `offset` on and at most `length`; fewer at its end. Undefined when it is gone. */
  read(file: Pick<LogFile, 'process' | 'name'>, range: { readonly offset: number; readonly length: number }): Promise<Answer<Buffer | undefined>>;
}
