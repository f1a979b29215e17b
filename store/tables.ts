// The tables as Kysely sees them: column names in camel case, snake case in the database. Owns the type `Tx`, the only handle
// on the database that a repository gets. What the columns promise (keys, unique indexes) is in migrations/.
import type { ColumnType, Kysely } from 'kysely';
import type { RoleBinding } from '../domain/access.ts';
import type { DeploymentSpec, DeploymentStatus, FullTemplate, Phase } from '../domain/deployment.ts';
import type { DeploymentDefaultsSpec } from '../domain/deployment-defaults.schema.ts';
import type { DeploymentTargetSpec } from '../domain/deployment-target.ts';
import type { EventName } from '../domain/event.ts';
import type {
  ApiTokenId,
  AuditEntryId,
  DeploymentDefaultsId,
  DeploymentId,
  DeploymentTargetId,
  EventId,
  JobId,
  SavepointId,
  SecretValueId,
  SessionClusterId,
  StateChangeId,
} from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { CancelReason, Failure, Job, JobEnd, JobState, Place, RestoreSource, SeenException, SeenSnapshot, SubmitState } from '../domain/job.ts';
import type { SavepointFormat, SavepointOrigin, SavepointState } from '../domain/savepoint.ts';
import type { SessionClusterSpec, SessionClusterStatus } from '../domain/session-cluster.ts';

/** timestamptz: read as an Instant, written as text (`toTimestamp`). */
export type Time = ColumnType<Instant, string, string>;
/** jsonb: read as a value, written as text (`toDocument`). */
export type Document<Value> = ColumnType<Value, string, string>;

type Texts = Readonly<Record<string, string>>;

interface Resource<Id> {
  id: Id;
  namespace: string;
  resourceVersion: number;
  createdAt: Time;
  modifiedAt: Time;
}

/** Columns of what a workflow controls; the same for Deployments and SessionClusters (`fence.ts`). */
interface ControlledColumns {
  specVersion: number;
  intentVersion: number;
  settledVersion: number;
  wakeAt: Time | null;
  rowVersion: number;
  /** The number and the run that hold the right to write. */
  fenceNumber: number;
  fenceRunId: string | null;
  /** When a run last locked the row: `due` is fair by it. */
  lookedAt: Time;
}

interface DeploymentTable extends Resource<DeploymentId>, ControlledColumns {
  name: string;
  displayName: string | null;
  annotations: Document<Texts>;
  spec: Document<DeploymentSpec>;
  status: Document<DeploymentStatus>;
  failedSpecVersion: number | null;
  hadState: ColumnType<boolean, boolean | undefined, boolean>;
}

interface SessionClusterTable extends Resource<SessionClusterId>, ControlledColumns {
  name: string;
  annotations: Document<Texts>;
  spec: Document<SessionClusterSpec>;
  status: Document<SessionClusterStatus>;
  incarnation: number;
}

interface DeploymentTargetTable extends Resource<DeploymentTargetId> {
  name: string;
  annotations: Document<Texts>;
  spec: Document<DeploymentTargetSpec>;
}

/** Encrypted: secret-box.ts. */
interface SecretValueTable extends Resource<SecretValueId> {
  name: string;
  annotations: Document<Texts>;
  keyId: string;
  sealed: string;
}

interface DeploymentDefaultsTable extends Resource<DeploymentDefaultsId> {
  labels: Document<Texts>;
  annotations: Document<Texts>;
  spec: Document<DeploymentDefaultsSpec>;
}

interface JobTable extends Resource<JobId> {
  deploymentId: DeploymentId;
  deploymentName: string;
  state: JobState;
  specVersion: number;
  template: Document<FullTemplate>;
  place: Document<Place>;
  flinkConfiguration: Document<Texts>;
  restore: Document<RestoreSource> | null;
  allowNonRestoredState: boolean;
  artifact: Document<NonNullable<Job['artifact']>> | null;
  jarId: string | null;
  incarnation: number | null;
  submit: SubmitState;
  openCalls: number;
  cancelling: CancelReason | null;
  end: Document<JobEnd> | null;
  collected: boolean;
  stable: boolean;
  restoreChecked: boolean;
  hadState: boolean;
  newestCheckpoint: Document<SeenSnapshot> | null;
  voidSince: Time | null;
  failure: Document<Failure> | null;
  exceptions: Document<readonly SeenException[]> | null;
  observed: Document<NonNullable<Job['observed']>> | null;
  startedAt: Time | null;
  terminatedAt: Time | null;
}

interface SavepointTable extends Resource<SavepointId> {
  deploymentId: DeploymentId;
  jobId: JobId | null;
  origin: SavepointOrigin;
  state: SavepointState;
  triggered: boolean;
  targetDirectory: string | null;
  location: string | null;
  flinkSavepointId: string | null;
  format: SavepointFormat;
  checkpointId: number | null;
  capturedAt: Time;
  specVersion: number;
  failure: Document<Failure> | null;
}

interface StateChangeTable {
  id: StateChangeId;
  changedAt: Time;
  namespace: string;
  deploymentId: DeploymentId;
  name: string;
  fromState: Phase | null;
  toState: Phase | null;
  because: string;
  specVersion: number;
}

interface EventTable {
  id: EventId;
  namespace: string;
  name: EventName;
  message: string;
  deploymentId: DeploymentId | null;
  jobId: JobId | null;
  savepointId: SavepointId | null;
  sessionClusterId: SessionClusterId | null;
  resourceName: string | null;
  workflowRunId: string | null;
  createdAt: Time;
}

interface ObservationTable {
  jobId: JobId;
  deploymentId: DeploymentId;
  status: string;
  tasks: string;
  seenAt: Time;
  changedAt: Time | null;
  checkpoint: Document<SeenSnapshot> | null;
  stalls: boolean;
}

interface AuditEntryTable {
  id: AuditEntryId;
  actor: string;
  method: string;
  path: string;
  operation: string;
  namespace: string | null;
  status: number;
  createdAt: Time;
}

export interface Database {
  namespace: { name: string; createdAt: Time; roleBindings: Document<readonly RoleBinding[]>; previewSessionCluster: string; terminatingSince: Time | null };
  /** Without a namespace: the admin's. */
  apiToken: { id: ApiTokenId; namespace: string | null; name: string; role: string; secretHash: string; createdAt: Time };
  auditEntry: AuditEntryTable;
  deployment: DeploymentTable;
  sessionCluster: SessionClusterTable;
  deploymentTarget: DeploymentTargetTable;
  secretValue: SecretValueTable;
  /** Values that were replaced or deleted, while a Job or session cluster may still repeat them. */
  formerSecretValue: { id: SecretValueId; namespace: string; name: string; keyId: string; sealed: string; retiredAt: Time };
  deploymentDefaults: DeploymentDefaultsTable;
  job: JobTable;
  /** Ids of deleted Jobs: nothing of theirs is ever taken for foreign. */
  deletedJob: { id: JobId; deletedAt: Time; forgotten: boolean };
  savepoint: SavepointTable;
  event: EventTable;
  stateChange: StateChangeTable;
  /** The time of the newest event of a namespace; its row lock puts appends in order. */
  eventClock: { namespace: string; lastAt: Time };
  /** What a request with a key has made, for a day. Without a resource only inside the transaction that makes it. */
  requestKey: { namespace: string; route: string; key: string; bodyHash: string; resourceId: string | null; createdAt: Time };
  observation: ObservationTable;
  /** Labels of Deployments, SessionClusters, DeploymentTargets and SecretValues. */
  label: { resourceId: string; key: string; value: string };
}

/** A handle on the database: the one of an open transaction, or `store.read`. */
export type Tx = Kysely<Database>;
