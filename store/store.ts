// What the rest of drey sees of the store. Functions write specs, activities write everything else; each write happens in
// a transaction that holds the lock of the Deployment (or SessionCluster) it belongs to. Nothing slow happens inside one.
import type { Rows } from '../domain/assemble-view.ts';
import type { JobRun } from '../domain/consumption.ts';
import type { Deployment, DeploymentSpec, DeploymentStatus, Phase } from '../domain/deployment.ts';
import type { DeploymentTarget } from '../domain/deployment-target.ts';
import type { DeploymentId, DeploymentTargetId, JobId, NewId, SessionClusterId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { Job } from '../domain/job.ts';
import type { SessionCluster, SessionClusterSpec, SessionClusterStatus } from '../domain/session-cluster.ts';
import type { Events } from './events.ts';
import type { StateChanges } from './state-changes.ts';
import type { NamePage, TimePage } from './paging.ts';
import type { ApiTokens } from './api-tokens.ts';
import type { AuditLog } from './audit-log.ts';
import type { Namespaces } from './namespaces.ts';
import type { AllDeploymentDefaults } from './deployment-defaults.ts';
import type { Observations } from './observations.ts';
import type { RequestKeys } from './request-keys.ts';
import type { Savepoints } from './savepoints.ts';
import type { SecretValues } from './secret-values.ts';
import type { Tx } from './tables.ts';

export type { Events } from './events.ts';
export type { Page, TimeKey } from './paging.ts';
export type { ApiToken } from './api-tokens.ts';
export type { AuditEntry } from './audit-log.ts';
export type { Namespace } from './namespaces.ts';
export type { Observation, Observations } from './observations.ts';
export type { RequestKey } from './request-keys.ts';
export type { NewSavepoint, Savepoints } from './savepoints.ts';
export type { Tx } from './tables.ts';

export interface Store {
  /**
   * Runs `work` in one transaction; serialization failures and deadlocks are repeated with jitter, so `work` must have no effect but on `tx`.
   * Inside, only `tx` may be used: another `transaction` or `read` throws, because PGlite's one connection would wait for itself.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** For reads outside a transaction; throws inside of one. */
  readonly read: Tx;
  /** The database's clock, in milliseconds: deadlines and expiries are written and compared with it. */
  now(tx: Tx): Promise<Instant>;
  readonly newId: NewId;
  readonly namespaces: Namespaces;
  readonly deployments: Deployments;
  readonly jobs: Jobs;
  readonly savepoints: Savepoints;
  readonly events: Events;
  readonly stateChanges: StateChanges;
  readonly deploymentDefaults: AllDeploymentDefaults;
  readonly deploymentTargets: DeploymentTargets;
  readonly sessionClusters: SessionClusters;
  readonly secretValues: SecretValues;
  readonly observations: Observations;
  readonly requestKeys: RequestKeys;
  readonly apiTokens: ApiTokens;
  readonly auditLog: AuditLog;
  /** Everything that a decision about this Deployment rests on. */
  rowsOf(tx: Tx, deployment: Deployment): Promise<Rows>;
  /** The one installation whose machine runs the local Flink processes of this database: `id` when there was none. */
  claimInstallation(tx: Tx, id: string): Promise<string>;
  /** One cheap query, for readiness. Throws when the database does not answer within 4 s, or that many milliseconds. */
  ping(limitMs?: number): Promise<void>;
  close(): Promise<void>;
}

/** The right of one workflow run to write for one Deployment or SessionCluster. */
export interface Fence {
  readonly number: number;
  readonly runId: string;
}

/** The locked row, or why this run may not write: it was deleted, another run took over, or the row moved since `rowVersion` was read. */
export type Locked<Row> = { readonly kind: 'locked'; readonly row: Row } | { readonly kind: 'gone' } | { readonly kind: 'fenced' } | { readonly kind: 'moved' };

/** Locking and fencing, the same for Deployments and SessionClusters. */
export interface Controlled<Id, Row> {
  /** Locks the row for a user's write. */
  lock(tx: Tx, id: Id): Promise<Row | undefined>;
  /** A fence for this run: the same number when asked again, a higher one than every earlier run's. Undefined when the row is gone. */
  acquireFence(tx: Tx, id: Id, runId: string): Promise<Fence | undefined>;
  /** Locks the row for a run, checks the fence and, when given, the row version; then moves the row version by one (`row` carries the new one). */
  lockForRun(tx: Tx, id: Id, fence: Fence, rowVersion?: number): Promise<Locked<Row>>;
  /** intentVersion + 1. */
  raiseIntent(tx: Tx, id: Id): Promise<void>;
  /** Ids that need a look: settledVersion < intentVersion, or wakeAt ≤ the database's now, or (Deployments) an open intent: a Job in STARTING or TERMINATING, a Savepoint in STARTED, PENDING_DELETION or DELETING. By index; what no run has locked for the longest time comes first. */
  due(tx: Tx, limit: number): Promise<readonly Named<Id>[]>;
}

export interface Named<Id> {
  readonly id: Id;
  readonly namespace: string;
  readonly name: string;
}

export interface NewDeployment {
  readonly namespace: string;
  readonly name: string;
  readonly displayName?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: DeploymentSpec;
  readonly status: DeploymentStatus;
}

/** What a user's write changes; a key that is left out stays. resourceVersion rises with every call (D7). */
export interface DeploymentEdit {
  readonly displayName?: string | null;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Given exactly when the effective spec changed: specVersion and intentVersion rise. */
  readonly spec?: DeploymentSpec;
  /** True when something else calls for a new look (a `drey.dev/` annotation, a Savepoint request). */
  readonly raiseIntent?: boolean;
}

/** What a run writes about a Deployment; a key that is left out stays, null removes. */
export interface DeploymentRecord {
  readonly status?: DeploymentStatus;
  /** The state that it has, where the writer knows it: then nothing is asked to find out whether it changes. */
  readonly from?: Phase;
  readonly settledVersion?: number;
  readonly wakeAt?: Instant | null;
  readonly failedSpecVersion?: number | null;
  readonly hadState?: true;
}

export interface Deployments extends Controlled<DeploymentId, Deployment> {
  /** By id when `key` is a UUID, else or then by name. */
  find(tx: Tx, namespace: string, key: string): Promise<Deployment | undefined>;
  findById(tx: Tx, id: DeploymentId): Promise<Deployment | undefined>;
  /** By name. `labels`: every pair must match. */
  list(tx: Tx, namespace: string, filter?: { readonly labels?: Readonly<Record<string, string>>; readonly page?: NamePage }): Promise<readonly Deployment[]>;
  /** Undefined when the name is taken in the namespace. specVersion, intentVersion and resourceVersion start at 1, settledVersion at 0. */
  insert(tx: Tx, deployment: NewDeployment): Promise<Deployment | undefined>;
  /** Under the lock. */
  edit(tx: Tx, id: DeploymentId, edit: DeploymentEdit): Promise<Deployment>;
  /** Under the lock of a run. */
  record(tx: Tx, id: DeploymentId, record: DeploymentRecord): Promise<void>;
  /** Removes it with its Jobs, Savepoints, Events and observations; the ids of its Jobs stay known. */
  delete(tx: Tx, id: DeploymentId): Promise<void>;
  /** Names of Deployments that refer to this session cluster or target. */
  referringTo(
    tx: Tx,
    namespace: string,
    reference: { readonly sessionClusterName: string } | { readonly deploymentTargetName: string },
  ): Promise<readonly string[]>;
  /** How many Deployments are in each status.state, for metrics. */
  countByState(tx: Tx): Promise<Readonly<Record<string, number>>>;
}

export type NewJob = Pick<
  Job,
  'id' | 'deploymentId' | 'namespace' | 'deploymentName' | 'specVersion' | 'template' | 'place' | 'flinkConfiguration' | 'restore' | 'allowNonRestoredState'
>;

/** Every field of a Job that may change after it was created. */
export type JobChange = Partial<Omit<Job, keyof NewJob | 'createdAt' | 'modifiedAt' | 'resourceVersion'>>;

export interface Jobs {
  find(tx: Tx, namespace: string, id: JobId): Promise<Job | undefined>;
  findById(tx: Tx, id: JobId): Promise<Job | undefined>;
  /** createdAt descending (D15). */
  list(tx: Tx, namespace: string, filter?: { readonly deploymentId?: DeploymentId; readonly page?: TimePage }): Promise<readonly Job[]>;
  /** Every non-terminal Job and the newest 100 terminal ones, createdAt descending. */
  ofDeployment(tx: Tx, deploymentId: DeploymentId): Promise<readonly Job[]>;
  /** Every non-terminal Job whose run call was claimed (submit is not NOT_YET), of all Deployments. */
  live(tx: Tx): Promise<readonly Job[]>;
  /** Terminal Jobs on session clusters that ended within the last `withinMs`, of all Deployments: a Flink job of theirs must not be alive. */
  endedOnSessionClusters(tx: Tx, withinMs: number): Promise<readonly Job[]>;
  /** Non-terminal Jobs on this session cluster. */
  liveOnSessionCluster(tx: Tx, id: SessionClusterId): Promise<readonly Job[]>;
  /** Jobs of all Deployments that were started before `to` and had not ended at `from`. */
  ranBetween(tx: Tx, from: Instant, to: Instant): Promise<readonly JobRun[]>;
  /** Non-terminal Jobs of all Deployments that were started from the data here, however it is spelled. */
  liveFrom(tx: Tx, location: string): Promise<readonly Job[]>;
  /** State STARTING, submit NOT_YET. The database refuses a second non-terminal Job of a Deployment (throws). */
  insert(tx: Tx, job: NewJob): Promise<Job>;
  /** Changes a Job that is not terminal; a terminal one never changes again (throws), but for `observed`. */
  change(tx: Tx, id: JobId, change: JobChange): Promise<Job>;
  /** By Job; those that no longer exist are left out. */
  specVersions(tx: Tx, ids: readonly JobId[]): Promise<ReadonlyMap<JobId, number>>;
  /** True for a Job that exists or ever existed here, deleted ones included. */
  wasEverKnown(tx: Tx, id: JobId): Promise<boolean>;
  /** Deletes terminal Jobs of a Deployment but the newest `keep` and those in `except`; their ids stay known. Returns how many went. */
  prune(tx: Tx, deploymentId: DeploymentId, order: { readonly keep: number; readonly except: readonly JobId[] }): Promise<number>;
  /** Deleted Jobs whose files may still be there. */
  unforgotten(tx: Tx, limit: number): Promise<readonly JobId[]>;
  forgotten(tx: Tx, id: JobId): Promise<void>;
}

export interface DeploymentTargets {
  find(tx: Tx, namespace: string, name: string): Promise<DeploymentTarget | undefined>;
  findById(tx: Tx, id: DeploymentTargetId): Promise<DeploymentTarget | undefined>;
  /** By name. */
  list(tx: Tx, namespace: string, page?: NamePage): Promise<readonly DeploymentTarget[]>;
  /** Locks the row for a user's write. */
  lock(tx: Tx, id: DeploymentTargetId): Promise<DeploymentTarget | undefined>;
  insert(tx: Tx, target: Pick<DeploymentTarget, 'namespace' | 'name' | 'labels' | 'annotations' | 'spec'>): Promise<DeploymentTarget | undefined>;
  edit(tx: Tx, id: DeploymentTargetId, edit: Partial<Pick<DeploymentTarget, 'labels' | 'annotations'>>): Promise<DeploymentTarget>;
  delete(tx: Tx, id: DeploymentTargetId): Promise<void>;
}

export interface SessionClusterRecord {
  readonly status?: SessionClusterStatus;
  readonly settledVersion?: number;
  readonly wakeAt?: Instant | null;
  readonly incarnation?: number;
}

export interface SessionClusters extends Controlled<SessionClusterId, SessionCluster> {
  find(tx: Tx, namespace: string, name: string): Promise<SessionCluster | undefined>;
  findById(tx: Tx, id: SessionClusterId): Promise<SessionCluster | undefined>;
  /** By name. */
  list(tx: Tx, namespace: string, page?: NamePage): Promise<readonly SessionCluster[]>;
  insert(tx: Tx, cluster: Pick<SessionCluster, 'namespace' | 'name' | 'labels' | 'annotations' | 'spec' | 'status'>): Promise<SessionCluster | undefined>;
  edit(
    tx: Tx,
    id: SessionClusterId,
    edit: Partial<Pick<SessionCluster, 'labels' | 'annotations'>> & { readonly spec?: SessionClusterSpec },
  ): Promise<SessionCluster>;
  record(tx: Tx, id: SessionClusterId, record: SessionClusterRecord): Promise<void>;
  delete(tx: Tx, id: SessionClusterId): Promise<void>;
}
