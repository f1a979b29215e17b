// Ids: UUIDs for users, 32 hex digits for Flink, one to one.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isUuid, parseId, toFlinkJobId, toJobId, toTriggerId } from '../../domain/ids.ts';

const ID = '0190aaaa-0000-7000-8000-00000000000f';

describe('an id', () => {
  it('is any UUID, in lower case', () => {
    expect(parseId<'JobId'>(ID.toUpperCase())).toBe(ID);
    expect(isUuid(ID.toUpperCase())).toBe(true);
    expect(isUuid('00000000-0000-0000-0000-000000000000')).toBe(true);
  });

  it.each(['', 'click-counter', ID.slice(1), `${ID}0`, ` ${ID}`, `${ID}\n`, ID.replaceAll('-', ''), ID.replace('a', 'g'), `{${ID}}`])('is not "%s"', (text) => {
    expect(isUuid(text)).toBe(false);
    expect(() => parseId<'JobId'>(text)).toThrow(RangeError);
  });
});

describe("Flink's id of a Job", () => {
  it('is the id of the Job without dashes (vvp.md §1.3)', () => {
    expect(toFlinkJobId(parseId<'JobId'>(ID))).toBe('0190aaaa0000700080000000000000' + '0f');
  });

  it('leads back to the Job, and tells Jobs apart', () => {
    fc.assert(
      fc.property(fc.uuid(), (uuid) => {
        const id = parseId<'JobId'>(uuid);
        expect(toJobId(toFlinkJobId(id))).toBe(id);
      }),
    );
  });

  it.each(['', ID, 'x'.repeat(32), '0'.repeat(31), '0'.repeat(33), 'A'.repeat(32)])('is not "%s"', (text) => {
    expect(toJobId(text)).toBeUndefined();
  });
});

describe('the trigger id of a Savepoint', () => {
  it('is one for each: the same request, sent again, is the same request', () => {
    const id = parseId<'SavepointId'>(ID);
    expect(toTriggerId(id)).toMatch(/^[0-9a-f]{32}$/);
    expect(toTriggerId(id)).toBe(toTriggerId(parseId<'SavepointId'>(ID.toUpperCase())));
    expect(toTriggerId(parseId<'SavepointId'>(ID.replace('f', 'e')))).not.toBe(toTriggerId(id));
  });
});
