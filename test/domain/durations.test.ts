// Durations as the manual writes them (D2; seed page "Deployments").
import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../domain/durations.ts';

const DAY = 86_400_000;

describe('a duration', () => {
  it.each<[string, number]>([
    ['123ms', 123],
    ['321 s', 321_000],
    ['1d', DAY],
    ['1 day', DAY],
    ['3h', 3 * 3_600_000],
    ['3 hour', 3 * 3_600_000],
    ['5min', 300_000],
    ['5 minute', 300_000],
    ['7s', 7000],
    ['7sec', 7000],
    ['7 second', 7000],
    ['9ms', 9],
    ['9milli', 9],
    ['9 millisecond', 9],
    ['1500\u00b5s', 1.5],
    ['1500\u03bcs', 1.5],
    ['1500 micro', 1.5],
    ['1500microsecond', 1.5],
    ['1000000ns', 1],
    ['1000000 nano', 1],
    ['1000000nanosecond', 1],
    ['0', 0],
    ['0 s', 0],
    ['00', 0],
    ['0001 s', 1000],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBeCloseTo(ms, 9);
  });

  it.each([
    '',
    ' ',
    '5',
    '-1 s',
    '+1 s',
    '1.5 h',
    '1,5 h',
    '1e3 s',
    's',
    '5  s',
    '5\ts',
    '5 S',
    '5 Sec',
    '5 MS',
    '5 days',
    '5 hours',
    '5 m',
    '5 us',
    '5 w',
    '1 h 30 min',
    'PT5M',
    '0x10 s',
    '٣ s',
    '5 constructor',
    '5 toString',
    '5 __proto__',
    'Infinity',
    'NaN',
  ])('"%s" is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});
