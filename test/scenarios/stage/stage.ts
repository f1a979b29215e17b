// The stage: what a scenario may do and see, the same on the simulated Flink and on real ones. Words only; the worlds are in simulated-hands.ts
// and real-hands.ts. A scenario names no URL, no process and no file of either world.
import type { DeploymentDocument } from '../../../domain/deployment.schema.ts';
import type { EventName } from '../../../domain/event.ts';
import type { JobDocument } from '../../../domain/job.schema.ts';
import type { SavepointDocument } from '../../../domain/savepoint.schema.ts';
import type { TestPlatform } from '../../fixtures/a-platform.ts';
import type { Fault } from '../../flink-sim/faults.ts';
import type { Program } from './program.ts';

export const WORLDS = ['simulated', 'real 1.20.0', 'real 2.3.0'] as const;
export type World = (typeof WORLDS)[number];
export type Mode = 'application' | 'session';

/** What a scenario throws when its world lacks a power; the row should not be marked for that world. */
export class Cannot extends Error {}

export function cannot(what: string): never {
  throw new Cannot(`this world cannot ${what}`);
}

export interface Stage {
  readonly world: World;
  readonly kind: 'simulated' | 'real';
  /** '1.20.0' or '2.3.0': what Deployments ask for unless they name another one. */
  readonly flinkVersion: string;
  /** Where Deployments of this row run unless they name another mode. */
  readonly mode: Mode;
  /** A new Deployment of the stage's job, as soon as it is stored. Names are made unique to the row. */
  deploy(name?: string, wish?: Wish): Promise<Actor>;
  /** A new Deployment that is RUNNING. */
  running(name?: string, wish?: Wish): Promise<Actor>;
  /** A new session cluster that is RUNNING; its full name, for `spec.sessionClusterName`. */
  sessionCluster(name: string, flinkConfiguration?: Readonly<Record<string, string>>): Promise<string>;
  /** Waits until what `look` sees is accepted; `what` is told when it never is. */
  until<T>(what: string, look: () => Promise<T>, accepts: (seen: T) => boolean): Promise<T>;
  /** A session cluster that somebody else runs; simulated only. */
  externalCluster(name: string, flinkConfiguration?: Readonly<Record<string, string>>): Promise<string>;
  /** The API and everything behind it, for what has no verb here. Paths without a leading slash are in the namespace `default`. */
  readonly platform: Pick<TestPlatform, 'call' | 'until' | 'deps' | 'client' | 'home' | 'taskQueue'>;
}

/** What differs from the usual Deployment: desired RUNNING, STATEFUL, LATEST_STATE, checkpoints often and retained. */
export interface Wish {
  /** Over the spec; not for the template. */
  readonly spec?: object;
  /** What the job is told to do. */
  readonly program?: Program;
  /** Over `spec.template.spec`, for example the parallelism. */
  readonly template?: object;
  /** Over `spec.template.spec.artifact`. */
  readonly artifact?: object;
  /** Over `spec.template.spec.flinkConfiguration`. */
  readonly configuration?: Readonly<Record<string, string>>;
  /** 'often' unless given; 'never': switched on, but the first is hours away; 'off': not configured. */
  readonly checkpoints?: 'often' | 'never' | 'off';
  readonly annotations?: Readonly<Record<string, string>>;
  readonly mode?: Mode;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, to be looked at closely by whoever asks. */
  readonly body: unknown;
}

export type Phase = DeploymentDocument['status']['state'];
export type Condition = DeploymentDocument['status']['conditions'][number];
export type SavepointFilter = Readonly<{ origin?: SavepointDocument['metadata']['origin']; state?: SavepointDocument['status']['state']; jobId?: string }>;

export interface Happening {
  readonly name: EventName;
  readonly message: string;
  readonly jobId?: string | undefined;
  readonly savepointId?: string | undefined;
}

/** One Deployment on the stage. Lists are oldest first. Whoever waits gives up after the world's limit and tells the story so far. */
export interface Actor {
  readonly id: string;
  readonly name: string;
  readonly mode: Mode;
  get(): Promise<DeploymentDocument>;
  /** PATCH that must be accepted; `spec` is merged over the spec. */
  patch(spec: object): Promise<Answer>;
  /** The template changes: the job is told to do something else (the next version of itself unless given). */
  upgrade(program?: Program): Promise<void>;
  /** PATCH of annotations; null removes one. */
  annotate(annotations: Readonly<Record<string, string | null>>): Promise<void>;
  /** PATCH of `spec.state`. */
  want(state: 'RUNNING' | 'SUSPENDED' | 'CANCELLED'): Promise<void>;
  /** Any request about it: `path` follows `deployments/<name>`. Nothing is checked. */
  ask(method: string, path?: string, body?: unknown): Promise<Answer>;
  /** POST of a Savepoint; `spec` registers one that exists. */
  askForSavepoint(spec?: object): Promise<Answer>;

  /** Waits for `status.state`. */
  state(wanted: Phase): Promise<DeploymentDocument>;
  /** Waits until the Deployment looks like that. `what` is told when it never does. */
  until(what: string, wanted: (deployment: DeploymentDocument) => boolean): Promise<DeploymentDocument>;
  /** Waits until no transition is under way: what drey looks at next, it looks at anew. */
  atRest(): Promise<void>;
  /** Waits until the predicate holds of the Jobs. */
  untilJobs(what: string, wanted: (jobs: readonly JobDocument[]) => boolean): Promise<readonly JobDocument[]>;
  /** Waits until J`n` is the running Job: STARTED, Deployment RUNNING on it. */
  runs(n: number): Promise<JobDocument>;
  untilSavepoints(what: string, wanted: (savepoints: readonly SavepointDocument[]) => boolean): Promise<readonly SavepointDocument[]>;
  /** Waits until this event was told `times` times (1). */
  untilEvent(name: EventName, times?: number): Promise<void>;
  /** Waits until a condition has this status, with this reason if one is given. */
  untilCondition(type: Condition['type'], status: Condition['status'], reason?: string): Promise<Condition>;

  jobs(): Promise<readonly JobDocument[]>;
  /** J1, J2, …; throws when there is none. */
  job(n: number): Promise<JobDocument>;
  savepoints(filter?: SavepointFilter): Promise<readonly SavepointDocument[]>;
  /** Names of its events. */
  events(): Promise<readonly EventName[]>;
  happenings(): Promise<readonly Happening[]>;
  conditions(): Promise<readonly Condition[]>;
  /** `drey.dev/because`. */
  because(): Promise<string>;
  /** Its runs in Temporal. */
  transitions(): Promise<readonly { readonly runId: string; readonly status: string }[]>;
  /** Events, Jobs and Savepoints as text, for a failed test. */
  story(): Promise<string>;

  readonly flink: Hands;
}

/** What somebody does to the Deployment's Flink behind drey's back. Without a Job given: the newest that was submitted. */
export interface Hands {
  /** The job FAILED for good, whatever its restart strategy. Returns when Flink says so. */
  failJob(cause?: string): Promise<void>;
  /** The job comes to its end by itself. */
  finishJob(): Promise<void>;
  cancelFromOutside(): Promise<void>;
  /** Somebody's own stop-with-savepoint; its location. */
  stopFromOutside(): Promise<string>;
  /** One restart of the tasks by Flink itself. */
  restartTasks(cause?: string): Promise<void>;
  /** One checkpoint now. Waits until it is complete. */
  takeCheckpoint(): Promise<void>;
  /** No checkpoint of the job completes any more, until `resumeCheckpoints`; simulated only. */
  stallCheckpoints(): Promise<void>;
  resumeCheckpoints(): Promise<void>;
  /** Waits for a complete checkpoint of the job. */
  untilCheckpoint(): Promise<void>;

  /** Savepoints and stops of the running job fail: so many, or all until `mendSavepoints`. 'keepRunning' unless given; real: only that, and all. */
  failSavepoints(times?: number, how?: 'keepRunning' | 'restart' | 'failedWithSavepoint'): Promise<void>;
  mendSavepoints(): Promise<void>;
  /** Savepoints and stops of the running job take so long; simulated only, see `Program.slowSnapshotMs`. */
  slowSavepoints(ms: number): Promise<void>;

  /** kill -9. */
  killJobManager(): Promise<void>;
  killTaskManagers(): Promise<void>;
  killEverything(): Promise<void>;
  /** kill -9, and a supervisor starts it again on the same address: it forgot its triggers, and without high availability its jobs; simulated only. */
  restartJobManager(): Promise<void>;
  /** Slots of the newest Job's cluster: 0 loses every TaskManager; simulated only. */
  setSlots(slots: number): Promise<void>;
  /** A Flink job that no Job recorded, in the session cluster of the Deployment; its id. */
  runForeignJob(): Promise<string>;
  /** True while Flink runs the job of this id in the newest Job's cluster. */
  runsInFlink(flinkJobId: string): Promise<boolean>;
  /** Somebody ends it there. */
  cancelInFlink(flinkJobId: string): Promise<void>;
  /** The Flink job of J`n`, which has ended, runs again: a run call that came too late; simulated only. */
  revive(n: number): Promise<void>;
  /** The list of jobs leaves the newest one out, as it does with a job whose master does not answer; simulated only. */
  hideFromOverview(): Promise<void>;
  /** The JobManager lives and does not answer: connections are refused (simulated only) or hang. */
  silence(how?: 'hangs' | 'refuses'): Promise<void>;
  speak(): Promise<void>;
  /** What goes wrong with the next requests to the newest Job's Flink; simulated only. */
  fault(fault: Fault): Promise<void>;
  /** A snapshot's data is gone. */
  removeData(location: string): Promise<void>;
  /** The data of every checkpoint of the newest Job is gone. */
  removeCheckpoints(): Promise<void>;
  /** The folder of its checkpoints cannot be read until `showCheckpoints`. */
  hideCheckpoints(): Promise<void>;
  showCheckpoints(): Promise<void>;

  /** Requests that Flink got for this Deployment, over all its clusters; simulated only. */
  calls(method: string, path: RegExp): Promise<number>;
  /** Ids of Flink jobs that have not ended, over every cluster it ever used. */
  liveFlinkJobs(): Promise<readonly string[]>;
  /** Where the Flink job of J`n` was restored from at its start. A real Flink cannot say when the job restarted since. */
  restored(n: number): Promise<string | undefined>;
  /** How many records the job had counted in the state it was restored from; real only. */
  countRestored(): Promise<number>;
}
