// Events: append-only. Owns their order: within a namespace createdAt strictly increases, in the order of the commits, so a
// reader that continues after the newest event it has seen misses none. An event's id holds its createdAt.
import { sql } from 'kysely';
import type { EventDraft } from '../domain/event.ts';
import type { EventId, NewId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { clockNow, present, toText, toTimestamp } from './columns.ts';
import { toUuidV7 } from './new-id.ts';
import type { Events } from './store.ts';
import type { Tx } from './tables.ts';

export function createEvents(newId: NewId): Events {
  return {
    async append(tx, namespace, drafts) {
      if (drafts.length === 0) return;
      const last = Math.round((await reserveTimes(tx, namespace, drafts.length)) * 1000);
      const rows = drafts.map((draft, index) => toRow(draft, last - drafts.length + 1 + index, newId));
      await tx
        .insertInto('event')
        .values(rows.map((row) => ({ ...row, namespace })))
        .execute();
    },
    async prune(tx, deploymentId, keep) {
      await sql`delete from event where deployment_id = ${deploymentId} and id <= (
        select id from event where deployment_id = ${deploymentId} order by id desc offset ${keep} limit 1)`.execute(tx);
    },
    async list(tx, namespace, filter = {}) {
      let query = tx.selectFrom('event').selectAll().where('namespace', '=', toText(namespace));
      if (filter.deploymentId) query = query.where('deploymentId', '=', filter.deploymentId);
      if (filter.jobId) query = query.where('jobId', '=', filter.jobId);
      if (filter.sessionClusterId) query = query.where('sessionClusterId', '=', filter.sessionClusterId);
      if (filter.after) query = query.where('id', '>', filter.after);
      return (await query.orderBy('id', 'desc').execute()).map(present);
    },
  };
}

/** Reserves a microsecond for each of `count` events and returns the last. Until the commit, nobody else appends to this namespace. */
async function reserveTimes(tx: Tx, namespace: string, count: number): Promise<Instant> {
  const others = sql`${sql.lit(count - 1)} * interval '1 microsecond'`;
  const reserved = await sql<{ lastAt: Instant }>`
    insert into event_clock (namespace, last_at) values (${namespace}, ${clockNow} + ${others})
    on conflict (namespace) do update
    set last_at = greatest(${clockNow}, event_clock.last_at + interval '1 microsecond') + ${others}
    returning last_at`.execute(tx);
  const lastAt = reserved.rows[0]?.lastAt;
  if (lastAt === undefined) throw new Error('the database returned no time for an event');
  return lastAt;
}

/** What is about a Deployment names it, as clients read it. */
function nameOf({ resourceName, deploymentId }: EventDraft) {
  return resourceName ?? (deploymentId === undefined ? null : sql<string | null>`(select name from deployment where id = ${deploymentId})`);
}

function toRow(draft: EventDraft, micros: number, newId: NewId) {
  return { ...draft, resourceName: nameOf(draft), message: toText(draft.message), id: toEventId(micros, newId), createdAt: toTimestamp(micros / 1000) };
}

/** The microseconds stand where other ids have their counter; the tail is that of any new id. */
function toEventId(micros: number, newId: NewId): EventId {
  const tail = Buffer.from(newId<'EventId'>().slice(19).replace('-', ''), 'hex');
  const millis = Math.floor(micros / 1000);
  return toUuidV7<'EventId'>({ millis, counter: micros - millis * 1000, tail });
}
