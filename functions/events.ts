// GET of events: the append-only log, newest first, or behind one that is known, oldest first. Never writes one.
import type { EventDocument } from '../domain/event.schema.ts';
import type { Event } from '../domain/event.ts';
import { parseId } from '../domain/ids.ts';
import { idKey } from '../domain/paging.schema.ts';
import { idFilter } from './find.ts';
import type { Handler } from './handler.ts';
import { toTimestamp } from './instants.ts';
import { listPages } from './paging.ts';

export const listEvents: Handler<'listEvents'> = ({ params: { namespace }, query }, { store }) => {
  const after = query.after === undefined ? {} : { after: parseId<'EventId'>(query.after), ascending: true };
  return listPages({
    kind: 'Event',
    namespace,
    query,
    key: idKey,
    read: ({ limit, after: last }) =>
      store.events.list(store.read, namespace, {
        ...idFilter(query),
        ...after,
        page: { limit, ...(last !== undefined && { after: parseId<'EventId'>(last) }) },
      }),
    keyOf: ({ id }): string => id,
    present: (events) => events.map(presentEvent),
  });
};

export function presentEvent({ message, createdAt, ...metadata }: Event): EventDocument {
  return { kind: 'Event', apiVersion: 'v1', metadata: { ...metadata, createdAt: toTimestamp(createdAt), resourceVersion: 1 }, spec: { message } };
}
