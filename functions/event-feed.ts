// Tells watchers that a namespace has new events: one cheap question a namespace and second, however many watch it. Holds no events: each
// watcher reads from the store behind its own last one, so nothing it hears, or misses to hear, here can lose or double any.
import type { EventId } from '../domain/ids.ts';
import type { Store } from '../store/store.ts';

export interface EventFeedOptions {
  readonly store: Pick<Store, 'events' | 'read'>;
  readonly limits?: Partial<FeedLimits>;
}

export interface FeedLimits {
  readonly pollMs: number;
  /** How long one watcher may watch. */
  readonly watchMs: number;
  readonly heartbeatMs: number;
  readonly watchers: number;
}

/** One watcher's place. */
export interface Watch {
  /** Ended by the watcher, or when its time is over. */
  readonly signal: AbortSignal;
  /** The newest event known; whatever is not newer was committed before. */
  newest(): EventId | undefined;
  /** Returns when there is a newer event than `known`, after the time of a heartbeat, or when the watch is over. */
  untilNewer(known: EventId | undefined): Promise<void>;
  end(): void;
}

export interface EventFeed {
  /** Undefined when there are too many. */
  watch(namespace: string): Watch | undefined;
  /** How many watch now. */
  readonly watchers: number;
}

const LIMITS: FeedLimits = { pollMs: 1000, watchMs: 25_000, heartbeatMs: 5000, watchers: 200 };

interface Topic {
  newest: EventId | undefined;
  readonly listeners: Set<() => void>;
  readonly watches: Set<Watch>;
}

export function createEventFeed({ store, limits }: EventFeedOptions): EventFeed {
  const { pollMs, watchMs, heartbeatMs, watchers: most } = { ...LIMITS, ...limits };
  const topics = new Map<string, Topic>();
  let watchers = 0;

  const poll = async (namespace: string, topic: Topic): Promise<void> => {
    // A store that does not answer now is asked again; each watcher will hear of it when it reads.
    const newest = await store.events.newest(store.read, namespace).catch(() => topic.newest);
    if (newest !== topic.newest) {
      topic.newest = newest;
      for (const tell of [...topic.listeners]) tell();
    }
    if (topic.watches.size > 0) setTimeout(() => void poll(namespace, topic), pollMs).unref();
    else if (topics.get(namespace) === topic) topics.delete(namespace);
  };

  const open = (namespace: string): Topic => {
    const known = topics.get(namespace);
    if (known !== undefined) return known;
    const topic: Topic = { newest: undefined, listeners: new Set(), watches: new Set() };
    topics.set(namespace, topic);
    return topic;
  };

  return {
    get watchers() {
      return watchers;
    },
    watch(namespace) {
      if (watchers >= most) return undefined;
      watchers += 1;
      const topic = open(namespace);
      const over = new AbortController();
      const timer = setTimeout(() => over.abort(), watchMs);
      const watch: Watch = {
        signal: over.signal,
        newest: () => topic.newest,
        untilNewer: (known) => untilNewer({ topic, known, heartbeatMs, signal: over.signal }),
        end: () => over.abort(),
      };
      over.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        topic.watches.delete(watch);
        watchers -= 1;
      });
      topic.watches.add(watch);
      if (topic.watches.size === 1) void poll(namespace, topic);
      return watch;
    },
  };
}

interface Waiting {
  readonly topic: Topic;
  readonly known: EventId | undefined;
  readonly heartbeatMs: number;
  readonly signal: AbortSignal;
}

function untilNewer({ topic, known, heartbeatMs, signal }: Waiting): Promise<void> {
  if (topic.newest !== known || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      topic.listeners.delete(done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, heartbeatMs);
    topic.listeners.add(done);
    signal.addEventListener('abort', done);
  });
}
