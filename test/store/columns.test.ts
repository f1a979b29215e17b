// Values on their way to the database and back.
import { describe, expect, it } from 'vitest';
import { parseTimestamp, present, toDocument, toTimestamp } from '../../store/columns.ts';

describe('a timestamp', () => {
  it('is written with microseconds', () => {
    expect(toTimestamp(1_795_000_000_123.456)).toBe('2026-11-18T11:06:40.123456Z');
    expect(toTimestamp(0)).toBe('1970-01-01T00:00:00.000000Z');
    expect(toTimestamp(999.9999)).toBe('1970-01-01T00:00:01.000000Z');
  });

  it('is read in whatever time zone the session has', () => {
    expect(parseTimestamp('2026-11-18 11:06:40.123456+00')).toBe(1_795_000_000_123.456);
    expect(parseTimestamp('2026-11-18 11:06:40+00')).toBe(1_795_000_000_000);
    expect(parseTimestamp('2026-11-18 16:36:40.1+05:30')).toBe(1_795_000_000_100);
    expect(parseTimestamp('2026-11-18 08:06:40.000001-03')).toBe(1_795_000_000_000.001);
    expect(() => parseTimestamp('infinity')).toThrow(RangeError);
  });
});

describe('a document', () => {
  it('keeps escaped backslashes and whole surrogate pairs, and replaces what jsonb refuses', () => {
    const sent = { 'k\0': ['\\u0000', '\\\0', '😀', '\ud83d', 'a"\\\\ud83d'] };
    expect(JSON.parse(toDocument(sent))).toEqual({ 'k\uFFFD': ['\\u0000', '\\\uFFFD', '😀', '\uFFFD', 'a"\\\\ud83d'] });
  });
});

describe('a row', () => {
  it('has no key where the column is NULL', () => {
    expect(present({ a: null, b: 0, c: false, d: '' })).toEqual({ b: 0, c: false, d: '' });
  });
});
