// Owns the ids of resources. Each is a UUIDv7, branded, and made only by its parser or by an id source that is handed in.

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type DeploymentId = Branded<'DeploymentId'>;
export type JobId = Branded<'JobId'>;
export type SavepointId = Branded<'SavepointId'>;
export type SessionClusterId = Branded<'SessionClusterId'>;
export type DeploymentTargetId = Branded<'DeploymentTargetId'>;
export type SecretValueId = Branded<'SecretValueId'>;
export type DeploymentDefaultsId = Branded<'DeploymentDefaultsId'>;
export type EventId = Branded<'EventId'>;
export type ApiTokenId = Branded<'ApiTokenId'>;
export type AuditEntryId = Branded<'AuditEntryId'>;
export type StateChangeId = Branded<'StateChangeId'>;
/** 32 hex digits: how Flink writes a job id. */
export type FlinkJobId = Branded<'FlinkJobId'>;
/** 32 hex digits: our name for one savepoint or stop request, which Flink remembers (`reference/flink.md` §2.4). */
export type TriggerId = Branded<'TriggerId'>;

/** Every kind of UUID id, by the name of its brand. */
export interface Ids {
  readonly DeploymentId: DeploymentId;
  readonly JobId: JobId;
  readonly SavepointId: SavepointId;
  readonly SessionClusterId: SessionClusterId;
  readonly DeploymentTargetId: DeploymentTargetId;
  readonly SecretValueId: SecretValueId;
  readonly DeploymentDefaultsId: DeploymentDefaultsId;
  readonly EventId: EventId;
  readonly ApiTokenId: ApiTokenId;
  readonly AuditEntryId: AuditEntryId;
  readonly StateChangeId: StateChangeId;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** True for any UUID text, in any letter case. A path key of this form is tried as an id first, then as a name. */
export function isUuid(text: string): boolean {
  return UUID.test(text.toLowerCase());
}

/** The id in `text`, in lower case. Throws a RangeError when it is no UUID. */
export function parseId<Kind extends keyof Ids>(text: string): Ids[Kind] {
  const lower = text.toLowerCase();
  if (!UUID.test(lower)) throw new RangeError(`not a UUID: ${text}`);
  return lower as unknown as Ids[Kind];
}

/** Makes ids that sort by time of creation; `app` hands in the source of time and randomness. */
export type NewId = <Kind extends keyof Ids>() => Ids[Kind];

/** The id under which Flink knows a Job: the Job's own id without dashes. */
export function toFlinkJobId(id: JobId): FlinkJobId {
  return id.replaceAll('-', '') as FlinkJobId;
}

/** The Job whose Flink job has this id, or undefined when the text is no Flink job id. */
export function toJobId(flinkJobId: string): JobId | undefined {
  const parts = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/.exec(flinkJobId);
  return parts ? (parts.slice(1).join('-') as JobId) : undefined;
}

/** The trigger id of a Savepoint's request: one per Savepoint, so that a repeated request is the same request. */
export function toTriggerId(id: SavepointId): TriggerId {
  return id.replaceAll('-', '') as TriggerId;
}
