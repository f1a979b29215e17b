// Savepoint and stop requests of one simulated JobManager, by (job, trigger id): a repeated request is the same one, and every request is
// accepted, even for a job that does not exist. What became of it is kept until the JobManager dies.
import { notFoundException, stackOf } from './java-errors.ts';
import type { SimJob } from './sim-job.ts';
import { SnapshotProblem } from './snapshot-files.ts';

/** How a savepoint may go wrong (`reference/flink.md` §2.5). `failedWithSavepoint` is for stops: the data is good, the job is not. */
export type SavepointFailure = 'keepRunning' | 'restart' | 'failedWithSavepoint';

export interface SavepointRequest {
  readonly jobId: string;
  readonly triggerId: string;
  readonly targetDirectory: string;
  readonly stop: boolean;
}

export type Operation =
  | { readonly kind: 'inProgress' }
  | { readonly kind: 'completed'; readonly location: string }
  | { readonly kind: 'failed'; readonly stack: string };

const CHECKPOINT_EXCEPTION = 'org.apache.flink.runtime.checkpoint.CheckpointException: ';
const SUSPENDING = `${CHECKPOINT_EXCEPTION}Checkpoint Coordinator is suspending.`;

export class Savepoints {
  /** How long one takes, in milliseconds. */
  durationMs: number;
  readonly failures: { readonly how: SavepointFailure; readonly cause: string }[] = [];
  private readonly operations = new Map<string, Operation>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly findJob: (id: string) => SimJob | undefined;

  constructor(findJob: (id: string) => SimJob | undefined, durationMs: number) {
    this.findJob = findJob;
    this.durationMs = durationMs;
  }

  find(jobId: string, triggerId: string): Operation | undefined {
    return this.operations.get(`${jobId}/${triggerId}`);
  }

  trigger(request: SavepointRequest): void {
    if (this.find(request.jobId, request.triggerId) !== undefined) return;
    const job = this.findJob(request.jobId);
    const refused = refusalOf(job, request.jobId);
    if (job === undefined || refused !== undefined) return this.settle(request, failed(refused ?? ''));
    this.settle(request, { kind: 'inProgress' });
    if (request.stop) job.stopping = true;
    this.later(this.durationMs, () => this.settle(request, this.carryOut(request, job)));
    job.whenEnded(() => {
      if (this.find(request.jobId, request.triggerId)?.kind === 'inProgress') this.settle(request, failed(SUSPENDING));
    });
  }

  private later(ms: number, then: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      then();
    }, ms);
    timer.unref();
    this.timers.add(timer);
  }

  private settle({ jobId, triggerId }: SavepointRequest, operation: Operation): void {
    this.operations.set(`${jobId}/${triggerId}`, operation);
  }

  private carryOut(request: SavepointRequest, job: SimJob): Operation {
    if (job.ended) return failed(SUSPENDING);
    if (!job.allTasksRun) return failed(`${CHECKPOINT_EXCEPTION}Task has failed.`);
    const failure = this.failures.shift();
    if (failure !== undefined && failure.how !== 'failedWithSavepoint') return goWrong(job, failure);
    try {
      const { location } = job.checkpointing.takeSavepoint(request.stop ? 'SYNC_SAVEPOINT' : 'SAVEPOINT', request.targetDirectory);
      if (failure !== undefined && request.stop) return failAfterSavepoint(job, location ?? '', failure.cause);
      if (request.stop) job.finish();
      return { kind: 'completed', location: location ?? '' };
    } catch (error) {
      if (!(error instanceof SnapshotProblem)) throw error;
      job.stopping = false;
      return failed(`${CHECKPOINT_EXCEPTION}An Exception occurred while triggering the checkpoint. IO-problem detected.`, error.message);
    }
  }

  /** The JobManager died. */
  dispose(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }
}

function failed(...causes: readonly string[]): Operation {
  return { kind: 'failed', stack: stackOf(`java.util.concurrent.CompletionException: ${causes[0] ?? ''}`, ...causes) };
}

function refusalOf(job: SimJob | undefined, id: string): string | undefined {
  if (job === undefined || job.ended) return notFoundException(id);
  if (job.status === 'INITIALIZING') {
    return (
      'org.apache.flink.runtime.dispatcher.UnavailableDispatcherOperationException: Unable to get JobMasterGateway for initializing job. ' +
      'The requested operation is not available while the JobManager is initializing.'
    );
  }
  if (job.allTasksRun) return undefined;
  return (
    `${CHECKPOINT_EXCEPTION}Checkpoint triggering task Source (1/1) of job ${id} is not being executed at the moment. ` +
    'Aborting checkpoint. Failure reason: Not all required tasks are currently running.'
  );
}

function goWrong(job: SimJob, { how, cause }: { readonly how: SavepointFailure; readonly cause: string }): Operation {
  job.stopping = false;
  if (how === 'restart') job.restart(cause);
  return failed(`${CHECKPOINT_EXCEPTION}${how === 'restart' ? 'Stop-with-savepoint failed.' : 'Checkpoint expired before completing.'}`, cause);
}

function failAfterSavepoint(job: SimJob, location: string, cause: string): Operation {
  const message =
    `org.apache.flink.runtime.scheduler.stopwithsavepoint.StopWithSavepointStoppingException: A savepoint has been created at: ${location}, ` +
    `but the corresponding job ${job.order.id} failed during stopping. The savepoint is consistent, but might have uncommitted transactions. ` +
    'If you want to commit the transaction please restart a job from this savepoint.';
  job.fail(message, cause);
  return failed(message, cause);
}
