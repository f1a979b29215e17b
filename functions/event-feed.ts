// Tells watchers that a namespace has new events: one cheap question a namespace and second, however many watch it. Holds no events: each
// watcher reads from the store behind its own last one, so nothing it hears, or misses to hear, here can lose or double any.
import { setTimeout as sleep } from 'node:timers/promises';
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
  watches: number;
  readonly listeners: Set<() => void>;
}

export function createEventFeed({ store, limits = {} }: EventFeedOptions): EventFeed {
  const { watchers: most, pollMs, ...times } = { ...LIMITS, ...limits };
  const topics = new Map<string, Topic>();
  const open = (namespace: string): Topic => {
    const topic: Topic = { newest: undefined, watches: 0, listeners: new Set() };
    topics.set(namespace, topic);
    return topic;
  };
  const follow = async (namespace: string, topic: Topic): Promise<void> => {
    while (topic.watches > 0) {
      // A store that does not answer now is asked again; each watcher will hear of it when it reads.
      const newest = await store.events.newest(store.read, namespace).catch(() => topic.newest);
      const isNew = newest !== topic.newest;
      topic.newest = newest;
      if (isNew) for (const tell of topic.listeners) tell();
      await sleep(pollMs, undefined, { ref: false });
    }
    topics.delete(namespace);
  };
  const count = (): number => [...topics.values()].reduce((sum, { watches }) => sum + watches, 0);
  return {
    get watchers() {
      return count();
    },
    watch(namespace) {
      if (count() >= most) return undefined;
      const known = topics.get(namespace);
      const topic = known ?? open(namespace);
      const watch = join(topic, times);
      if (known === undefined) void follow(namespace, topic);
      return watch;
    },
  };
}

function join(topic: Topic, { watchMs, heartbeatMs }: Pick<FeedLimits, 'watchMs' | 'heartbeatMs'>): Watch {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), watchMs);
  over.signal.addEventListener('abort', () => {
    clearTimeout(timer);
    topic.watches -= 1;
  });
  topic.watches += 1;
  return {
    signal: over.signal,
    newest: () => topic.newest,
    untilNewer: (known) => untilNewer({ topic, known, heartbeatMs, signal: over.signal }),
    end: () => over.abort(),
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
