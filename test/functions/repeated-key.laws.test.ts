// Which key stands twice in a JSON text: found wherever it is, never seen where it is not.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repeatedKey } from '../../functions/repeated-key.ts';

describe('a key that stands twice', () => {
  it('is in no text that was made of a value', () => {
    fc.assert(fc.property(fc.json(), (text) => repeatedKey(text) === undefined));
  });

  it('is found with its place, whatever stands before it', () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), fc.string(), (before, between, key) => {
        const name = JSON.stringify(key);
        expect(repeatedKey(`{"list": [${before}, {"a": ${before}, "b": {${name}: ${between}, "other${name.slice(1)}: 1, ${name}: 2}}]}`)).toEqual([
          'list',
          1,
          'b',
          key,
        ]);
      }),
    );
  });
});
