// Ids: their form and their order.
import { describe, expect, it } from 'vitest';
import { isUuid } from '../../domain/ids.ts';
import { createNewId } from '../../store/new-id.ts';

const noise = (bytes: number): Uint8Array => crypto.getRandomValues(new Uint8Array(bytes));

describe('a new id', () => {
  it('is a UUID of version 7 that holds the time', () => {
    const id = createNewId({ clock: () => 0x0123456789ab, random: (bytes) => new Uint8Array(bytes).fill(0xff) })<'JobId'>();
    expect(id).toBe('01234567-89ab-7000-bfff-ffffffffffff');
    expect(isUuid(id)).toBe(true);
  });

  it('sorts after every earlier one, within a millisecond and when the clock is set back', () => {
    let now = 1000;
    const newId = createNewId({ clock: () => now, random: noise });
    const ids = Array.from({ length: 10_000 }, () => newId<'JobId'>());
    now = 500.5;
    ids.push(newId<'JobId'>());
    now = 2000;
    ids.push(newId<'JobId'>());
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.at(-1)?.slice(0, 13)).toBe('00000000-07d0');
  });
});
