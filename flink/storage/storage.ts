// What lies in the blob root, and how it is asked for: savepoints and checkpoints that Flink wrote, artifacts that users uploaded. Types only.
import type { DeploymentId, FlinkJobId, JobId, SavepointId } from '../../domain/ids.ts';
import type { Instant } from '../../domain/instant.ts';

export interface FoundSnapshot {
  readonly location: string;
  /** From `chk-N`; undefined for a savepoint's directory. */
  readonly checkpointId?: number;
  /** Modification time of `_metadata`. */
  readonly writtenAt: Instant;
}

/** Savepoints and checkpoints as they lie in the blob root. Only complete ones (with `_metadata`) are ever reported. */
export interface SnapshotStorage {
  /** `<root>/flink-savepoints/namespaces/<ns>/deployments/<id>/<savepoint id>`, as a URI; of that savepoint alone. */
  savepointDirectory(namespace: string, deploymentId: DeploymentId, savepointId: SavepointId): string;
  /** `<root>/flink-jobs/namespaces/<ns>/deployments/<id>/checkpoints`, as a URI. */
  checkpointDirectory(namespace: string, deploymentId: DeploymentId): string;
  /** JobManager archive of a Job, as a URI. */
  archiveDirectory(namespace: string, deploymentId: DeploymentId, jobId: JobId): string;
  /** The namespace whose Deployments have their state there, where `location` lies among that in this root. */
  namespaceOf(location: string): string | undefined;
  /** The complete savepoint in its own directory, if there is one. */
  findSavepoint(targetDirectory: string): Promise<FoundSnapshot | undefined>;
  /** Complete retained checkpoints of this Flink job below `directory`, newest (highest id) first. */
  listCheckpoints(directory: string, jobId: FlinkJobId): Promise<readonly FoundSnapshot[]>;
  /** True when `location` is on a file system that can be looked at from here; of others nothing is ever found. */
  sees(location: string): boolean;
  /** True when a complete snapshot lies at `location`. */
  exists(location: string): Promise<boolean>;
  /** Removes one snapshot's data; true also when it was gone. */
  remove(location: string): Promise<void>;
}

export interface ArtifactPlace {
  readonly namespace: string;
  /** Checked by `domain/artifact-name.ts`. */
  readonly filename: string;
}

export interface UploadedArtifact {
  readonly filename: string;
  /** As a jarUri or an additional dependency names it. */
  readonly uri: string;
  readonly createdAt: Instant;
}

/** Where a client may PUT the bytes of one artifact, without any other permission. */
export interface UploadAddress {
  /** Of the storage itself, or a path of drey's own API. */
  readonly url: string;
  readonly expiresAt: Instant;
}

/** Artifacts of users, `<root>/artifacts/namespaces/<ns>/<filename>`. What was put there by other means is seen like what was uploaded. */
export interface UploadedArtifacts {
  /** Replaces one of the same name at once, when all of `content` has come. Rejects with what `content` throws, and then nothing has changed. */
  put(place: ArtifactPlace, content: AsyncIterable<Uint8Array>): Promise<UploadedArtifact>;
  /** The first 1000 by name, in the order of its bytes. */
  list(namespace: string): Promise<readonly UploadedArtifact[]>;
  find(place: ArtifactPlace): Promise<UploadedArtifact | undefined>;
  /** Undefined when there was none. */
  remove(place: ArtifactPlace): Promise<UploadedArtifact | undefined>;
  /** Removes all artifacts of a namespace; addresses of drey's own that were given out for it are good no more. */
  clear(namespace: string): Promise<void>;
  address(place: ArtifactPlace, now: Instant): Promise<UploadAddress>;
  /** What an address of drey's own stands for; each is good for one use. */
  redeem(token: string, now: Instant): Promise<ArtifactPlace | undefined>;
}
