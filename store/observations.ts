// Observations: the last thing the watch saw of each Job. Never the ground of a decision (design.md §2).
import { sql } from 'kysely';
import { present, toDocument, toText, toTimestamp } from './columns.ts';
import type { Observations } from './store.ts';

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
