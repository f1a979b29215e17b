// The activities of a container that is frozen between invocations: their connections to the database may find nobody at the other end when it wakes.
// Looked at before each invocation, and opened anew, with settings that are read anew, where nothing is heard.
import { setTimeout as wait } from 'node:timers/promises';
import type { Activities } from '../../activities/create-activities.ts';
import { kept } from '../kept.ts';
import type { OpenedActivities } from '../open-activities.ts';

export interface ThawedActivities<T extends OpenedActivities> {
  /** Before an invocation. Rejects with what keeps them from being opened; the next call tries again. */
  thaw(): Promise<T>;
  /** Always the same, whatever they are carried out with. Not before the first `thaw`. */
  activities(): Activities;
}

/** A connection that is silent for so long is given up, and the others with it. */
const SILENT_MS = 1000;

/** `onSilent`: they are opened anew. */
export function createThawedActivities<T extends OpenedActivities>(open: () => Promise<T>, onSilent: () => void): ThawedActivities<T> {
  const opened = kept(open);
  let current: T | undefined;
  return {
    async thaw() {
      const before = current;
      current = await opened.get();
      if (current !== before || (await answers(current))) return current;
      onSilent();
      opened.forget();
      // Closed beside what comes next: a connection that is silent is not soon closed.
      current.close().catch(() => undefined);
      current = undefined;
      return (current = await opened.get());
    },
    activities() {
      const names = Object.keys(current?.activities ?? {});
      const carriedOut = names.map((name) => [name, (order: unknown) => deedOf(current, name)(order)] as const);
      return Object.fromEntries(carriedOut) as unknown as Activities;
    },
  };
}

function deedOf(opened: OpenedActivities | undefined, name: string): (order: unknown) => Promise<unknown> {
  if (opened === undefined) throw new Error('the activities are not open');
  return Reflect.get(opened.activities, name);
}

async function answers(opened: OpenedActivities): Promise<boolean> {
  const heard = opened.problem().then(
    () => true,
    () => false,
  );
  return Promise.race([heard, wait(SILENT_MS, false, { ref: false })]);
}
