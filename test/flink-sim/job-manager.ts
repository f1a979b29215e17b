// One life of a simulated JobManager: its jobs, jars and trigger results, all lost when it dies. Snapshots on disk stay. No HTTP here.
import { randomUUID } from 'node:crypto';
import type { CheckpointsOfJob, Configuration } from './checkpointing.ts';
import { Savepoints } from './savepoints.ts';
import { simArgument } from './sim-argument.ts';
import { type JobHome, type JobOrder, SimJob } from './sim-job.ts';

export interface ApplicationOrder {
  /** 32 hex digits. */
  readonly jobId: string;
  readonly name?: string;
  readonly args?: readonly string[];
  readonly parallelism?: number;
  readonly savepointPath?: string;
  readonly allowNonRestoredState?: boolean;
  readonly flinkConfiguration?: Configuration;
}

export interface ClusterSettings {
  readonly version: string;
  /** One step of a job's life, in milliseconds. */
  readonly stepMs: number;
  readonly savepointMs: number;
  readonly waitsForSlots: boolean;
  /** The cluster's own configuration; a run call's goes over it. */
  readonly configuration: Configuration;
  /** A cluster of one job, without endpoints for jars. */
  readonly application: ApplicationOrder | undefined;
}

export interface UploadedJar {
  readonly id: string;
  readonly name: string;
  readonly bytes: Buffer;
  readonly uploadedAt: number;
}

/** In session mode Flink takes this key from the cluster alone. */
const CLUSTER_ONLY = 'execution.checkpointing.num-retained';

export class JobManager implements JobHome {
  readonly settings: ClusterSettings;
  readonly jobs = new Map<string, SimJob>();
  readonly jars = new Map<string, UploadedJar>();
  readonly savepoints: Savepoints;
  /** Checkpoint statistics as they were shown last. */
  readonly statistics = new WeakMap<SimJob, { readonly at: number; readonly value: CheckpointsOfJob }>();
  readonly jarDirectory = `/tmp/flink-sim-${randomUUID()}/flink-web-upload`;
  slots: number;
  /** As it says in its overview, while there are slots. */
  taskManagers = 1;
  /** Nothing reaches it any more. */
  dead = false;
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(settings: ClusterSettings, slots: number) {
    this.settings = settings;
    this.slots = slots;
    this.savepoints = new Savepoints((id) => this.jobs.get(id), settings.savepointMs);
    const { application } = settings;
    if (application !== undefined) this.later(settings.stepMs, () => void this.startApplication(application));
  }

  get isHighlyAvailable(): boolean {
    return (this.settings.configuration['high-availability.type'] ?? 'NONE').toUpperCase() !== 'NONE';
  }

  get waitsForSlots(): boolean {
    return this.settings.waitsForSlots;
  }

  get stepMs(): number {
    return this.settings.stepMs;
  }

  freeSlots(): number {
    return this.slots - [...this.jobs.values()].reduce((used, job) => used + job.usedSlots, 0);
  }

  slotsChanged(): void {
    for (const job of this.jobs.values()) job.deploy();
  }

  /** More slots run waiting jobs; too few restart or fail the running ones, as the loss of a TaskManager does. */
  setSlots(slots: number): void {
    this.slots = slots;
    const lost = 'org.apache.flink.runtime.jobmaster.JobMasterException: TaskManager with id tm-1 is no longer reachable.';
    if (this.freeSlots() < 0) for (const job of this.jobs.values()) if (job.usedSlots > 0) job.crash(lost);
    this.slotsChanged();
  }

  uploadJar(name: string, bytes: Buffer): UploadedJar {
    const jar = { id: `${randomUUID()}_${name}`, name, bytes, uploadedAt: Date.now() };
    this.jars.set(jar.id, jar);
    return jar;
  }

  /** The job and, when it FAILED at its initialisation, the causes. The id is taken from the first moment on. */
  async submit(order: JobOrder): Promise<readonly string[] | undefined> {
    const job = new SimJob({ ...order, configuration: this.effective(order.configuration) }, this);
    this.jobs.set(order.id, job);
    await new Promise<void>((resolve) => this.later(this.stepMs, resolve));
    return job.status === 'INITIALIZING' ? job.initialise() : undefined;
  }

  /** What high availability brings back of the JobManager before: its jobs that had not ended, each from its newest checkpoint. */
  recover(before: JobManager): void {
    for (const { order, ended, checkpointing } of before.jobs.values()) {
      const recovered = checkpointing.newest ?? order.recovered;
      if (!ended) void this.submit(recovered === undefined ? order : { ...order, recovered });
    }
  }

  private effective(configuration: Configuration): Configuration {
    const base = this.settings.configuration;
    const retained = this.settings.application === undefined ? base[CLUSTER_ONLY] : (configuration[CLUSTER_ONLY] ?? base[CLUSTER_ONLY]);
    return { ...base, ...configuration, [CLUSTER_ONLY]: retained ?? '1' };
  }

  /** Runs on every start of the process, always from the savepoint it was configured with: Flink without HA goes back in time. */
  private async startApplication(application: ApplicationOrder): Promise<void> {
    const main = simArgument(application.args ?? [], 'main');
    if (main === 'throws') return this.failDriver(application.jobId);
    await this.submit({
      id: application.jobId,
      name: application.name ?? 'Simulated application',
      args: application.args ?? [],
      parallelism: application.parallelism ?? 1,
      configuration: application.flinkConfiguration ?? {},
      allowNonRestoredState: application.allowNonRestoredState ?? false,
      ...(application.savepointPath === undefined ? {} : { savepointPath: application.savepointPath }),
    });
  }

  /** With `execution.submit-failed-job-on-application-error` a main() that throws shows as a failed job under the id. */
  private failDriver(id: string): void {
    const job = new SimJob({ id, name: '(application driver)', args: [], parallelism: 1, configuration: {}, allowNonRestoredState: false }, this);
    this.jobs.set(id, job);
    const cause = 'java.lang.RuntimeException: main() was told to throw';
    job.failBeforeStart('org.apache.flink.client.program.ProgramInvocationException: The main method caused an error: main() was told to throw', cause);
  }

  private later(ms: number, then: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      then();
    }, ms);
    timer.unref();
    this.timers.add(timer);
  }

  /** As kill -9 does: nothing moves any more and nobody cleans up. */
  die(): void {
    this.dead = true;
    for (const timer of this.timers) clearTimeout(timer);
    for (const job of this.jobs.values()) {
      job.stopTimers();
      if (!job.ended) job.diedAt ??= Date.now();
    }
    this.savepoints.dispose();
  }
}
