// The points at which a worker may die: around every transaction and every effect of an activity. Wraps what the activities are
// given and tells of each point as it is passed; who listens may hold the activity there. The product knows nothing of it.
import { Context } from '@temporalio/activity';
import type { ActivityDeps } from '../../activities/deps.ts';
import type { Activities } from '../../activities/create-activities.ts';

/** Called at each point; the activity goes on when the promise resolves. */
export type Visit = (at: string) => Promise<void>;

/** Calls that change something at Flink or on disk; whatever only looks is no effect. */
const REST_EFFECTS = ['uploadJar', 'deleteJar', 'run', 'burn', 'savepoint', 'stop', 'cancel'] as const;
const CLUSTER_EFFECTS = ['startApplication', 'startSession', 'ensureTaskManagers', 'tearDown', 'forget'] as const;

/** The attempt that runs now; undefined outside of activities. */
export function currentAttempt(): Context | undefined {
  try {
    return Context.current();
  } catch {
    return undefined;
  }
}

export function withStoppingPoints(deps: ActivityDeps, visit: Visit): ActivityDeps {
  const { store, flink } = deps;
  const around = createAround(visit);
  return {
    ...deps,
    // Inherits everything else, the guarded `read` included.
    store: Object.defineProperty(Object.create(store) as typeof store, 'transaction', {
      value: (work: Parameters<typeof store.transaction>[0]) => around('transaction', () => store.transaction(work)),
    }),
    flink: {
      ...flink,
      rest: (url) => wrap(flink.rest(url), REST_EFFECTS, around),
      externalRest: (url) => wrap(flink.externalRest(url), REST_EFFECTS, around),
      local: wrap(flink.local, CLUSTER_EFFECTS, around),
      artifacts: wrap(flink.artifacts, ['fetch'], around),
      storage: wrap(flink.storage, ['remove'], around),
    },
  };
}

/** The activities with a point before their first and after their last line; `over` is told at every end, also of a failed attempt. */
export function withBeginAndEnd(activities: Activities, visit: Visit, over: () => void): Activities {
  const wrapped = Object.entries(activities).map(([name, deed]) => {
    const run = async (order: never): Promise<unknown> => {
      try {
        await visit('begin');
        const answer = await (deed as (given: never) => Promise<unknown>)(order);
        await visit('end');
        return answer;
      } finally {
        over();
      }
    };
    return [name, run] as const;
  });
  return Object.fromEntries(wrapped) as unknown as Activities;
}

type Around = <T>(what: 'transaction' | 'effect', work: () => Promise<T>) => Promise<T>;

/** Numbers the transactions and effects of each attempt. The first transaction claims, the second one records. */
function createAround(visit: Visit): Around {
  const counts = new WeakMap<Context, { transaction: number; effect: number }>();
  return async (what, work) => {
    const attempt = currentAttempt();
    if (attempt === undefined) return work();
    const count = counts.get(attempt) ?? { transaction: 0, effect: 0 };
    counts.set(attempt, count);
    count[what] += 1;
    const name = nameOf(what, count[what]);
    await visit(`before-${name}`);
    const answer = await work();
    await visit(`after-${name}`);
    return answer;
  };
}

function nameOf(what: 'transaction' | 'effect', nth: number): string {
  if (what === 'effect') return nth === 1 ? 'effect' : `effect-${nth}`;
  if (nth === 1) return 'claim';
  return nth === 2 ? 'record' : `record-${nth - 1}`;
}

function wrap<T extends object>(target: T, effects: readonly (keyof T)[], around: Around): T {
  const wrapped = effects.map((name) => {
    const call = target[name] as (...given: readonly unknown[]) => Promise<unknown>;
    return [name, (...given: readonly unknown[]) => around('effect', () => call.apply(target, [...given]))] as const;
  });
  return { ...target, ...Object.fromEntries(wrapped) };
}
