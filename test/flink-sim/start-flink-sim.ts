// A simulated Flink REST server for tests: real HTTP, behaves like a cluster, refuses what Flink refuses, and misbehaves on demand. It must
// never be imported by the product. `test/contracts/flink-contract.ts` runs on it and on real Flink, so that it cannot drift.
import type { Configuration } from './checkpointing.ts';
import type { Faults } from './faults.ts';
import { type ApplicationOrder, type ClusterSettings, JobManager } from './job-manager.ts';
import type { SavepointFailure } from './savepoints.ts';
import type { SimJob } from './sim-job.ts';
import { type SimRequest, SimServer } from './sim-server.ts';

export interface FlinkSimOptions {
  /** 0 or none: any free port. */
  readonly port?: number;
  /** '1.20.0' */
  readonly version?: '1.20.0' | '2.3.0' | (string & {});
  /** 8 */
  readonly slots?: number;
  /** One step of a job's life, in milliseconds; 20. */
  readonly stepMs?: number;
  /** Length of a savepoint, in milliseconds; 20. */
  readonly savepointMs?: number;
  /** False: a job for which there are not enough slots fails at once, as in a session cluster older than 5 minutes; true. */
  readonly waitsForSlots?: boolean;
  /** The cluster's own configuration. */
  readonly configuration?: Configuration;
  /** A cluster of this one job, without endpoints for jars. */
  readonly application?: ApplicationOrder;
}

export interface FlinkSim {
  readonly url: string;
  readonly faults: Faults;
  /** Every request since the start, also those that a fault ate. */
  readonly requests: readonly SimRequest[];
  calls(method: string, path: RegExp): readonly SimRequest[];
  /** Jobs of the living JobManager. */
  jobs(): readonly SimJob[];
  /** Every job that ever started here, those that died with their JobManager included. */
  everyJob(): readonly SimJob[];
  /** Jobs that have not ended and whose JobManager lives, reachable or not. */
  liveJobs(): readonly SimJob[];
  job(id: string): SimJob;
  /** Names of the jars that the living JobManager holds. */
  jars(): readonly string[];
  /** FAILED, whatever the restart strategy. `cause`: "class: message". */
  failJob(id: string, cause?: string): void;
  finishJob(id: string): void;
  cancelFromOutside(id: string): void;
  /** One restart from its newest checkpoint. */
  restartJob(id: string, cause?: string): void;
  /** No checkpoint completes any more, until `resumeCheckpoints`. */
  stallCheckpoints(id: string): void;
  resumeCheckpoints(id: string): void;
  /** Runs a job that has ended once more under its id, as a run call does that comes too late. */
  revive(id: string): void;
  /** One checkpoint now; returns its location. */
  takeCheckpoint(id: string): string | undefined;
  /** The next savepoint or stop that would succeed fails like this. */
  failNextSavepoint(how: SavepointFailure, cause?: string): void;
  /** Takes back what `failNextSavepoint` ordered and has not happened. */
  mendSavepoints(): void;
  slowSavepoints(ms: number): void;
  /** `/jobs/overview` leaves it out, as it does with jobs whose master does not answer. */
  hideFromOverview(id: string): void;
  /** 0: every TaskManager is lost. */
  setSlots(slots: number): void;
  setTaskManagers(count: number): void;
  taskManagers(): number;
  /** Refused connections; jobs, jars and triggers are lost, snapshots on disk stay. */
  killJobManager(): Promise<void>;
  /** On the same port, empty; an application runs again, with `high-availability.type` every job does. Kills the old one first. */
  restartJobManager(): Promise<void>;
  /** 503 until it leads again. */
  loseLeadership(): void;
  gainLeadership(): void;
  /** The process lives on but cannot be reached. */
  refuseConnections(): Promise<void>;
  acceptConnections(): Promise<void>;
  /** Requests wait and are carried out when unfrozen; jobs go on. */
  freeze(): void;
  unfreeze(): void;
  close(): Promise<void>;
}

const CRASH = 'java.lang.RuntimeException: the test said so';

export async function startFlinkSim(options: FlinkSimOptions = {}): Promise<FlinkSim> {
  const settings: ClusterSettings = {
    version: options.version ?? '1.20.0',
    stepMs: options.stepMs ?? 20,
    savepointMs: options.savepointMs ?? 20,
    waitsForSlots: options.waitsForSlots ?? true,
    configuration: { 'execution.checkpointing.num-retained': '3', ...options.configuration },
    application: options.application,
  };
  const server = new SimServer(new JobManager(settings, options.slots ?? 8));
  const port = await server.listen(options.port ?? 0);
  return {
    url: `http://127.0.0.1:${port}`,
    faults: server.faults,
    requests: server.requests,
    ...watch(server),
    ...command(server),
    ...lifeOf(server, settings, port),
  };
}

function watch(server: SimServer): Pick<FlinkSim, 'calls' | 'jobs' | 'job' | 'liveJobs' | 'jars' | 'taskManagers'> {
  return {
    calls: (method, path) => server.requests.filter((request) => request.method === method && path.test(request.path)),
    jobs: () => [...server.jobManager.jobs.values()],
    job: (id) => jobOf(server, id),
    taskManagers: () => server.jobManager.taskManagers,
    liveJobs: () => (server.jobManager.dead ? [] : [...server.jobManager.jobs.values()].filter(({ ended }) => !ended)),
    jars: () => [...server.jobManager.jars.values()].map(({ name }) => name),
  };
}

function jobOf(server: SimServer, id: string): SimJob {
  const job = server.jobManager.jobs.get(id);
  if (job === undefined) throw new Error(`the simulated Flink has no job ${id}`);
  return job;
}

type Commands =
  | 'failJob'
  | 'finishJob'
  | 'cancelFromOutside'
  | 'restartJob'
  | 'stallCheckpoints'
  | 'resumeCheckpoints'
  | 'revive'
  | 'takeCheckpoint'
  | 'failNextSavepoint'
  | 'mendSavepoints'
  | 'slowSavepoints'
  | 'hideFromOverview'
  | 'setSlots'
  | 'setTaskManagers';

function command(server: SimServer): Pick<FlinkSim, Commands> {
  return {
    failJob: (id, cause = CRASH) => jobOf(server, id).fail(cause),
    finishJob: (id) => jobOf(server, id).finish(),
    cancelFromOutside: (id) => jobOf(server, id).cancel(),
    restartJob: (id, cause = CRASH) => jobOf(server, id).restart(cause),
    stallCheckpoints: (id) => void (jobOf(server, id).checkpointing.stalled = true),
    resumeCheckpoints: (id) => void (jobOf(server, id).checkpointing.stalled = false),
    revive: (id) => void server.jobManager.submit(jobOf(server, id).order),
    takeCheckpoint: (id) => jobOf(server, id).checkpointing.takeCheckpoint().location,
    failNextSavepoint: (how, cause = CRASH) => void server.jobManager.savepoints.failures.push({ how, cause }),
    mendSavepoints: () => void (server.jobManager.savepoints.failures.length = 0),
    slowSavepoints: (ms) => void (server.jobManager.savepoints.durationMs = ms),
    hideFromOverview: (id) => void (jobOf(server, id).hidden = true),
    setSlots: (slots) => server.jobManager.setSlots(slots),
    setTaskManagers: (count) => void (server.jobManager.taskManagers = count),
  };
}

type Life = Exclude<keyof FlinkSim, Commands | 'url' | 'faults' | 'requests' | 'calls' | 'jobs' | 'job' | 'liveJobs' | 'jars' | 'taskManagers'>;

function lifeOf(server: SimServer, settings: ClusterSettings, port: number): Pick<FlinkSim, Life> {
  const dead: SimJob[] = [];
  const kill = async (): Promise<void> => {
    server.jobManager.die();
    await server.stopListening();
  };
  return {
    everyJob: () => [...dead, ...server.jobManager.jobs.values()],
    killJobManager: kill,
    restartJobManager: async () => {
      await kill();
      const before = server.jobManager;
      dead.push(...before.jobs.values());
      server.jobManager = new JobManager(settings, before.slots);
      if (server.jobManager.isHighlyAvailable) server.jobManager.recover(before);
      await server.listen(port);
    },
    loseLeadership: () => void (server.leads = false),
    gainLeadership: () => void (server.leads = true),
    refuseConnections: () => server.stopListening(),
    acceptConnections: async () => void (await server.listen(port)),
    freeze: () => server.freeze(),
    unfreeze: () => server.unfreeze(),
    close: async () => {
      server.unfreeze();
      await kill();
    },
  };
}
