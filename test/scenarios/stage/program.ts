// What the stage's job is told to do, as the arguments of either world: `test/flink-sim/sim-job.ts` and `test/jobs/CountingJob.java`.
// Knows no files but those the job itself watches.

export interface Program {
  /** Any number; another one makes another template. */
  readonly version?: number;
  /** Operators with state; leaving one out makes older state not fit. `source,window` unless given. */
  readonly operators?: readonly string[];
  /** main() throws. */
  readonly throwsInMain?: boolean;
  /** An ordinary exception this long after each start: what comes of it is for the restart strategy to say. */
  readonly crashesAfterMs?: number;
  /** Bounded: ends by itself after about this long. */
  readonly endsAfterMs?: number;
  /** Checkpoints have no address: they live in the JobManager's memory; simulated only. */
  readonly checkpointsInMemory?: boolean;
  /** Every snapshot takes this much longer; real only. */
  readonly slowSnapshotMs?: number;
}

const OPERATORS = ['source', 'window'];

export function simulatedArguments(program: Program): string {
  const { version = 1, operators = OPERATORS, throwsInMain = false, crashesAfterMs, endsAfterMs, checkpointsInMemory = false } = program;
  return [
    `--version ${version}`,
    `--sim-operators=${operators.join(',')}`,
    ...(throwsInMain ? ['--sim-main=throws'] : []),
    ...(checkpointsInMemory ? ['--sim-checkpoints=in-memory'] : []),
    ...(crashesAfterMs === undefined ? [] : [`--sim-crash-after=${crashesAfterMs}`]),
    ...(endsAfterMs === undefined ? [] : [`--sim-finish-after=${endsAfterMs}`]),
  ].join(' ');
}

/** Records a second of the real job. */
const RATE = 100;

/** `folder`: where the job of one Deployment looks for what it is told meanwhile. */
export function realArguments(program: Program, folder: string): string {
  const { version = 1, operators = OPERATORS, throwsInMain = false, crashesAfterMs, endsAfterMs, slowSnapshotMs } = program;
  return [
    `--version ${version}`,
    `--operators ${operators.join(',')}`,
    `--rate ${RATE}`,
    `--fail-when-file ${folder}/fail`,
    `--finish-when-file ${folder}/finish`,
    `--fail-snapshot-when-file ${folder}/fail-snapshot`,
    `--witness ${folder}/witness`,
    ...(throwsInMain ? ['--throw-in-main true'] : []),
    ...(crashesAfterMs === undefined ? [] : [`--fail-after-ms ${crashesAfterMs}`]),
    ...(endsAfterMs === undefined ? [] : [`--finish-after ${Math.ceil((endsAfterMs * RATE) / 1000)}`]),
    ...(slowSnapshotMs === undefined ? [] : [`--slow-snapshot-ms ${slowSnapshotMs}`]),
  ].join(' ');
}
