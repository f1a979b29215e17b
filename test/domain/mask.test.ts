// Known values vanish from a text, in every spelling in which programs repeat them.
import { describe, expect, it } from 'vitest';
import { createMask, HIDDEN } from '../../domain/mask.ts';

const hide = (text: string, ...values: readonly string[]): string => createMask(values).hide(text);

describe('a mask', () => {
  it.each([
    ['as it is', 'p@ss/w+rd ü', 'p@ss/w+rd ü'],
    ['in an address', 'p@ss/w+rd ü', encodeURIComponent('p@ss/w+rd ü')],
    ['in an address in lower case', 'p@ss/w+rd ü', encodeURIComponent('p@ss/w+rd ü').toLowerCase()],
    ['in a form', 'p@ss w+rd', 'p%40ss+w%2Brd'],
    ['in the path of an address', 'p@ss w|rd', 'p@ss%20w%7Crd'],
    ['in the path of an address that was parsed', 'p@ss w|rd%', 'p@ss%20w|rd%'],
    ['in the path of an address up to its question mark', 'the-path?query', 'the-path'],
    ['in lower case, as names of hosts', 'Host-Name', 'host-name'],
    ['in JSON', 'a"b\\c\nd-e', JSON.stringify('a"b\\c\nd-e').slice(1, -1)],
    ['trimmed', '  token-7\n', 'token-7'],
    ['of odd characters', 'a.*(b|c)[d]+$', 'a.*(b|c)[d]+$'],
  ])('hides a value %s', (_, value, text) => {
    expect(hide(`before ${text} after`, value)).toBe(`before ${HIDDEN} after`);
  });

  it('hides the longest of values that overlap', () => {
    expect(hide('secret-extended secret', 'secret', 'secret-extended')).toBe(`${HIDDEN} ${HIDDEN}`);
  });

  it('hides the lines of a value one by one', () => {
    expect(hide('line: MIIEvQIBADANBg\n', '-----BEGIN KEY-----\nMIIEvQIBADANBg\n-----END KEY-----')).toBe(`line: ${HIDDEN}\n`);
  });

  it('hides the beginning of a value where the text was cut', () => {
    expect(hide('the token is correct-horse-bat', 'correct-horse-battery')).toBe(`the token is ${HIDDEN}`);
    expect(hide('the token is correct', 'correct-horse-battery')).toBe('the token is correct');
  });

  it('leaves values shorter than four characters alone, because they would hit ordinary words', () => {
    expect(hide('an abc', 'abc', 'a', '')).toBe('an abc');
    expect(createMask(['abc']).longest).toBe(0);
  });

  it('takes a value of several thousand lines', () => {
    const value = Array.from({ length: 2000 }, (_, i) => `line number ${i} of a long value`).join('\n');
    expect(hide(`${value} and more`, value) === `${HIDDEN} and more`).toBe(true);
  });
});
