// Events as they come: server-sent events behind the last one a client has seen. A connection ends by itself and is resumed by the id of the
// last event; between two of them nothing is lost and nothing comes twice, because ids are in the order of the commits (store/events.ts).
import { parseId, type EventId } from '../domain/ids.ts';
import type { FunctionDeps } from './deps.ts';
import type { Watch } from './event-feed.ts';
import { presentEvent } from './events.ts';
import { idFilter } from './find.ts';
import type { Handler } from './handler.ts';
import { Problem } from './problem.ts';

/** Sorts before every event. */
const BEGINNING = parseId<'EventId'>('00000000-0000-0000-0000-000000000000');
const BATCH = 100;

interface Watching {
  readonly namespace: string;
  readonly filter: ReturnType<typeof idFilter>;
  /** The last event that the client knows. */
  readonly after: EventId;
}

export const watchEvents: Handler<'watchEvents'> = async ({ params: { namespace }, query }, deps) => {
  const { store, feed } = deps;
  const after = query.after === undefined ? await store.events.newest(store.read, namespace) : parseId<'EventId'>(query.after);
  const watch = feed.watch(namespace);
  if (watch === undefined) throw new Problem('unavailable', 'too many clients watch events now: try again in some seconds, or ask for events?after=');
  const frames = tell(deps, watch, { namespace, filter: idFilter(query), after: after ?? BEGINNING });
  return { code: 200, raw: { type: 'text/event-stream; charset=utf-8', content: streamOf(frames, watch), headers: { 'X-Accel-Buffering': 'no' } } };
};

async function* tell({ store }: FunctionDeps, watch: Watch, { namespace, filter, after }: Watching): AsyncGenerator<string> {
  let last = after;
  // A client that hears of no event must know all the same where to go on.
  yield `retry: 1000\n${position(last)}`;
  while (!watch.signal.aborted) {
    const newest = watch.newest();
    const events = await store.events.list(store.read, namespace, { ...filter, after: last, ascending: true, page: { limit: BATCH } });
    last = events.at(-1)?.id ?? last;
    if (events.length > 0) yield events.map((event) => `id: ${event.id}\nevent: Event\ndata: ${JSON.stringify(presentEvent(event))}\n\n`).join('');
    if (events.length === BATCH) continue;
    // What was known before the reading and did not come of it is about something else.
    if (newest !== undefined && newest > last) last = newest;
    await watch.untilNewer(newest);
    if (!watch.signal.aborted && watch.newest() === newest) yield `: still here\n${position(last)}`;
  }
  yield `: go on behind this\n${position(last)}`;
}

/** Moves the client's Last-Event-ID and tells it of nothing. */
function position(id: EventId): string {
  return `id: ${id}\n\n`;
}

function streamOf(frames: AsyncGenerator<string>, watch: Watch): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        // Of a store that fails the client hears by the end of the stream, and comes again.
        const frame = await frames.next().catch((error: unknown) => {
          watch.end();
          throw error;
        });
        if (frame.done !== true) {
          controller.enqueue(encoder.encode(frame.value));
          return;
        }
        watch.end();
        controller.close();
      },
      async cancel() {
        watch.end();
        await frames.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
