// Events: append-only. Owns their order: within a namespace createdAt strictly increases, in the order of the commits, so a
// reader that continues after the newest event it has seen misses none. An event's id holds its createdAt.
import { sql } from 'kysely';
import type { Event, EventDraft } from '../domain/event.ts';
import type { DeploymentId, EventId, JobId, NewId, SessionClusterId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { clockNow, present, toText, toTimestamp } from './columns.ts';
import { toUuidV7 } from './new-id.ts';
import type { Page } from './paging.ts';
import type { Tx } from './tables.ts';

export interface EventFilter {
  readonly deploymentId?: DeploymentId;
  readonly jobId?: JobId;
  readonly sessionClusterId?: SessionClusterId;
  /** Only events later than this one. */
  readonly after?: EventId;
  /** Oldest first. */
  readonly ascending?: boolean;
  readonly page?: Page<EventId>;
}

export interface Events {
  /**
   * createdAt strictly increases within a namespace, by at least a microsecond, in the order of the commits.
   * Others wait from here to the commit, so append last, after every lock.
   */
  append(tx: Tx, namespace: string, drafts: readonly EventDraft[]): Promise<void>;
  /** Deletes all events of a Deployment but the newest `keep`. */
  prune(tx: Tx, deploymentId: DeploymentId, keep: number): Promise<void>;
  /** createdAt descending (D15), unless asked otherwise. */
  list(tx: Tx, namespace: string, filter?: EventFilter): Promise<readonly Event[]>;
  /** The newest of the namespace, of whatever; undefined when there is none. */
  newest(tx: Tx, namespace: string): Promise<EventId | undefined>;
}

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
      const { ascending = false, page } = filter;
      if (page?.after) query = query.where('id', ascending ? '>' : '<', page.after);
      if (page) query = query.limit(page.limit);
      return (await query.orderBy('id', ascending ? 'asc' : 'desc').execute()).map(present);
    },
    async newest(tx, namespace) {
      const row = await tx.selectFrom('event').select('id').where('namespace', '=', toText(namespace)).orderBy('id', 'desc').limit(1).executeTakeFirst();
      return row?.id;
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
