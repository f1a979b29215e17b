// Observations: the last thing the watch saw of each Job. Never the ground of a decision (design.md §2).
import { sql } from 'kysely';
import { toText, toTimestamp } from './columns.ts';
import type { Observations } from './store.ts';

export const observations: Observations = {
  all: (tx) => tx.selectFrom('observation').selectAll().execute(),
  /** Does nothing for a Job that was deleted meanwhile. */
  async put(tx, { jobId, status, tasks, seenAt }) {
    await sql`
      insert into observation (job_id, deployment_id, status, tasks, seen_at)
      select id, deployment_id, ${toText(status)}::text, ${tasks}::text, ${toTimestamp(seenAt)}::timestamptz
      from job where id = ${jobId} for key share
      on conflict (job_id) do update set status = excluded.status, tasks = excluded.tasks, seen_at = excluded.seen_at
      where observation.seen_at <= excluded.seen_at`.execute(tx);
  },
};
