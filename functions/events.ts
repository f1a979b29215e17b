// GET of events: the append-only log, newest first. Never writes one.
import type { EventDocument } from '../domain/event.schema.ts';
import type { Event } from '../domain/event.ts';
import { idFilter } from './find.ts';
import type { Handler } from './handler.ts';
import { toTimestamp } from './instants.ts';
import { toList } from './to-list.ts';

export const listEvents: Handler<'listEvents'> = async ({ params, query }, { store }) => {
  const events = await store.events.list(store.read, params.namespace, idFilter(query));
  return { code: 200, body: toList('Event', events.map(presentEvent)) };
};

function presentEvent({ message, createdAt, ...metadata }: Event): EventDocument {
  return { kind: 'Event', apiVersion: 'v1', metadata: { ...metadata, createdAt: toTimestamp(createdAt), resourceVersion: 1 }, spec: { message } };
}
