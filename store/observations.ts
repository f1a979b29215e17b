// Observations: the last thing the watch saw of each Job. Never the ground of a decision (design.md §2).
import { sql } from 'kysely';
import type { DeploymentId, JobId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { SeenSnapshot } from '../domain/job.ts';
import { present, toDocument, toText, toTimestamp } from './columns.ts';
import type { Tx } from './tables.ts';

/** The last thing the watch saw of a Job: for display and for waking, never the ground of a decision (design.md §2). */
export interface Observation {
  readonly jobId: JobId;
  readonly deploymentId: DeploymentId;
  /** A Flink job status, `UNKNOWN` (unreachable), `ABSENT` (its JobManager does not list it), `STRAY` (alive although its Job is terminal). */
  readonly status: string;
  /** "running/total" of its tasks. */
  readonly tasks: string;
  readonly seenAt: Instant;
  /** When something of it last changed, by Flink's clock: a restart too short to be seen shows here. */
  readonly changedAt?: Instant;
  /** The newest checkpoint that Flink reported as complete. */
  readonly checkpoint?: SeenSnapshot;
  /** No checkpoint completed for longer than it may take. */
  readonly stalls?: boolean;
}

export interface Observations {
  all(tx: Tx): Promise<readonly Observation[]>;
  ofDeployment(tx: Tx, id: DeploymentId): Promise<readonly Observation[]>;
  /** Stores it unless a newer one is there or the Job is gone. */
  put(tx: Tx, observation: Observation): Promise<void>;
}

export const observations: Observations = {
  all: async (tx) => (await tx.selectFrom('observation').selectAll().execute()).map(present),
  ofDeployment: async (tx, id) => (await tx.selectFrom('observation').selectAll().where('deploymentId', '=', id).execute()).map(present),
  /** Does nothing for a Job that was deleted meanwhile. A checkpoint that is not given stays. */
  async put(tx, { jobId, status, tasks, seenAt, changedAt, checkpoint, stalls = false }) {
    const changed = changedAt === undefined ? null : toTimestamp(changedAt);
    const newest = checkpoint === undefined ? null : toDocument(checkpoint);
    await sql`
      insert into observation (job_id, deployment_id, status, tasks, seen_at, changed_at, checkpoint, stalls)
      select id, deployment_id, ${toText(status)}::text, ${tasks}::text, ${toTimestamp(seenAt)}::timestamptz, ${changed}::timestamptz, ${newest}::jsonb, ${stalls}::boolean
      from job where id = ${jobId} for key share
      on conflict (job_id) do update set status = excluded.status, tasks = excluded.tasks, seen_at = excluded.seen_at, changed_at = excluded.changed_at,
        checkpoint = coalesce(excluded.checkpoint, observation.checkpoint), stalls = excluded.stalls
      where observation.seen_at <= excluded.seen_at`.execute(tx);
  },
};
