// Activities in a container that is frozen between invocations.
import { describe, expect, it } from 'vitest';
import type { Activities } from '../../activities/create-activities.ts';
import { createThawedActivities } from '../../app/lambda/thawed-activities.ts';
import type { OpenedActivities } from '../../app/open-activities.ts';

interface World {
  readonly events: string[];
  readonly silent: Set<number>;
  readonly failing: Set<number>;
}

function aThawed({ events, silent, failing }: World) {
  let count = 0;
  const open = async (): Promise<OpenedActivities> => {
    const id = (count += 1);
    events.push(`open ${id}`);
    if (failing.has(id)) throw new Error('DATABASE_URL');
    return {
      activities: { decide: async () => `by ${id}` } as unknown as Activities,
      problem: () => (silent.has(id) ? new Promise(() => undefined) : Promise.resolve(undefined)),
      close: async () => void events.push(`close ${id}`),
    };
  };
  return createThawedActivities(open, () => events.push('silent'));
}

const decided = (activities: Activities): Promise<unknown> => activities.decide({} as never);

describe('the activities of a container', () => {
  it('are opened once while the database answers, and anew before the invocation that finds it silent', async () => {
    const world: World = { events: [], silent: new Set(), failing: new Set() };
    const thawed = aThawed(world);
    await thawed.thaw();
    const activities = thawed.activities();
    await thawed.thaw();
    expect([await decided(activities), world.events]).toEqual(['by 1', ['open 1']]);
    world.silent.add(1);
    await thawed.thaw();
    expect([await decided(activities), world.events]).toEqual(['by 2', ['open 1', 'silent', 'close 1', 'open 2']]);
  });

  it('that cannot be opened anew are tried again by the next invocation', async () => {
    const world: World = { events: [], silent: new Set([1]), failing: new Set([2]) };
    const thawed = aThawed(world);
    await thawed.thaw();
    const activities = thawed.activities();
    await expect(thawed.thaw()).rejects.toThrow('DATABASE_URL');
    await thawed.thaw();
    expect(await decided(activities)).toBe('by 3');
  });
});
