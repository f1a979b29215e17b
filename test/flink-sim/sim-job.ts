// One simulated job: its states, its tasks, its restarts. It moves by itself, a step every few milliseconds, and touches no HTTP.
// Invariant: a job that has ended never changes again.
import { Checkpointing, inMemory } from './checkpointing.ts';
import { stackOf } from './java-errors.ts';
import type { JobHome, JobOrder, SimException, TaskState } from './job-order.ts';
import { simArgument } from './sim-argument.ts';

export type { JobHome, JobOrder, SimException, TaskState } from './job-order.ts';

const ENDED = ['FINISHED', 'CANCELED', 'FAILED'];
const NO_RESOURCES = 'org.apache.flink.runtime.jobmanager.scheduler.NoResourceAvailableException: Could not acquire the minimum required resources.';
const NO_RESTARTS = 'org.apache.flink.runtime.JobException: Recovery is suppressed by NoRestartBackoffTimeStrategy';

export class SimJob {
  readonly order: JobOrder;
  readonly checkpointing: Checkpointing;
  readonly startedAt = Date.now();
  readonly exceptions: SimException[] = [];
  /** When its status or a state of its tasks last changed. */
  changedAt = Date.now();
  restarts = 0;
  endedAt: number | undefined;
  /** When its JobManager died before it ended. */
  diedAt: number | undefined;
  /** A stop is being carried out: no checkpoints meanwhile. */
  stopping = false;
  /** A job that never got past its initialisation has no tasks. */
  initialised = false;
  metricsAsked = false;
  /** Left out of the overview. */
  hidden = false;
  private readonly home: JobHome;
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly listeners: (() => void)[] = [];

  constructor(order: JobOrder, home: JobHome) {
    this.order = order;
    this.home = home;
    const operators = simArgument(order.args, 'operators')?.split(',') ?? ['source', 'window'];
    const configuration = simArgument(order.args, 'checkpoints') === 'in-memory' ? inMemory(order.configuration) : order.configuration;
    this.checkpointing = new Checkpointing(order.id, configuration, operators);
  }

  private state: { readonly status: string; readonly tasks: TaskState } = { status: 'INITIALIZING', tasks: 'created' };

  get status(): string {
    return this.state.status;
  }

  set status(status: string) {
    this.state = { ...this.state, status };
    this.changedAt = Date.now();
  }

  get tasks(): TaskState {
    return this.state.tasks;
  }

  set tasks(tasks: TaskState) {
    this.state = { ...this.state, tasks };
    this.changedAt = Date.now();
  }

  get ended(): boolean {
    return ENDED.includes(this.status);
  }

  get allTasksRun(): boolean {
    return this.status === 'RUNNING' && this.tasks === 'running';
  }

  /** A source of one task and an operator of as many as the parallelism. */
  get vertices(): readonly { readonly name: string; readonly parallelism: number }[] {
    return this.initialised
      ? [
          { name: 'Source', parallelism: 1 },
          { name: 'Window -> Sink', parallelism: this.order.parallelism },
        ]
      : [];
  }

  get usedSlots(): number {
    return ['deploying', 'running', 'canceling'].includes(this.tasks) && !this.ended ? this.order.parallelism : 0;
  }

  /** Restores and schedules. Returns the causes when it FAILED instead, innermost last; "class: message" each. */
  initialise(): readonly string[] | undefined {
    try {
      const { savepointPath, allowNonRestoredState, recovered } = this.order;
      if (recovered !== undefined) this.checkpointing.recoverFrom(recovered);
      else if (savepointPath !== undefined) this.checkpointing.restoreFrom(savepointPath, allowNonRestoredState);
    } catch (error) {
      return this.failInitialisation(error instanceof Error ? error.message : String(error));
    }
    this.initialised = true;
    this.schedule();
    return undefined;
  }

  private failInitialisation(cause: string): readonly string[] {
    const causes = [
      'org.apache.flink.runtime.client.JobInitializationException: Could not start the JobMaster.',
      `java.lang.RuntimeException: ${cause}`,
      cause,
    ];
    this.failBeforeStart(...causes);
    return causes;
  }

  /** FAILED without a task. */
  failBeforeStart(...causes: readonly string[]): void {
    this.note(causes);
    this.end('FAILED', 'created');
  }

  private schedule(): void {
    this.status = 'RUNNING';
    this.tasks = 'scheduled';
    this.deploy();
  }

  /** Without enough free slots all tasks stay scheduled in a young cluster; an old one gives up at once. */
  deploy(): void {
    if (this.status !== 'RUNNING' || this.tasks !== 'scheduled') return;
    if (this.home.freeSlots() < this.order.parallelism) {
      if (!this.home.waitsForSlots) this.crash(NO_RESOURCES);
      return;
    }
    this.tasks = 'deploying';
    this.later(this.home.stepMs, () => {
      this.tasks = 'running';
      this.begin();
    });
  }

  private begin(): void {
    const { intervalMs } = this.checkpointing;
    if (intervalMs !== undefined) this.checkpointEvery(intervalMs);
    const [finishAfter, crashAfter] = ['finish-after', 'crash-after'].map((name) => simArgument(this.order.args, name));
    if (finishAfter !== undefined) this.later(Number(finishAfter), () => this.finish());
    if (crashAfter !== undefined) this.later(Number(crashAfter), () => this.crash('java.lang.RuntimeException: the job crashed by itself'));
  }

  private checkpointEvery(intervalMs: number): void {
    this.later(intervalMs, () => {
      if (!this.stopping && !this.checkpointing.stalled) this.checkpointing.takeCheckpoint();
      this.checkpointEvery(intervalMs);
    });
  }

  cancel(): void {
    if (this.ended || this.status === 'CANCELLING') return;
    this.stopTimers();
    [this.status, this.tasks] = ['CANCELLING', 'canceling'];
    this.later(this.home.stepMs, () => this.end('CANCELED', 'canceled'));
  }

  finish(): void {
    if (!this.ended) this.end('FINISHED', 'finished');
  }

  /** Ends FAILED whatever the restart strategy. `causes`: "class: message", innermost last. */
  fail(...causes: readonly string[]): void {
    if (this.ended) return;
    this.note([NO_RESTARTS, ...causes]);
    this.end('FAILED', 'failed');
  }

  /** Restarts with checkpointing on, else FAILED: Flink's defaults. */
  crash(cause: string): void {
    const strategy = this.order.configuration['restart-strategy.type'] ?? (this.checkpointing.intervalMs === undefined ? 'none' : 'exponential-delay');
    if (strategy === 'none') this.fail(cause);
    else this.restart(cause);
  }

  restart(cause: string): void {
    if (this.ended) return;
    this.stopTimers();
    this.note([cause]);
    this.restarts += 1;
    this.stopping = false;
    this.status = 'RESTARTING';
    this.tasks = 'canceled';
    this.home.slotsChanged();
    this.later(this.home.stepMs, () => {
      this.checkpointing.restoreAgain();
      this.schedule();
    });
  }

  private end(status: 'FINISHED' | 'CANCELED' | 'FAILED', tasks: TaskState): void {
    this.stopTimers();
    this.status = status;
    this.tasks = tasks;
    this.endedAt = Date.now();
    this.checkpointing.endWith(status);
    for (const tell of this.listeners.splice(0)) tell();
    this.home.slotsChanged();
  }

  /** Told once, when it ends. */
  whenEnded(tell: () => void): void {
    this.listeners.push(tell);
  }

  private note(causes: readonly string[]): void {
    this.exceptions.unshift({ name: causes[0]?.split(':', 1)[0] ?? '', stacktrace: stackOf(...causes), at: Date.now() });
  }

  private later(ms: number, then: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      then();
    }, ms).unref();
    this.timers.add(timer);
  }

  /** Also what the death of the JobManager does to a job: it stops where it stands. */
  stopTimers(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }
}
