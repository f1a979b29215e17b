// Where two JSON values differ, as a plan shows it.
import { expect, it } from 'vitest';
import { differences } from '../../domain/differences.ts';

it.each([
  ['equal values', { a: { b: [1, 2] } }, { a: { b: [1, 2] } }, []],
  ['a changed value', { a: { b: 1, c: 2 } }, { a: { b: 3, c: 2 } }, [{ path: ['a', 'b'], before: 1, after: 3 }]],
  ['a new key', { a: {} }, { a: { b: 1 } }, [{ path: ['a', 'b'], after: 1 }]],
  ['a new key with the name of what every object has', { a: {} }, { a: { constructor: 'x' } }, [{ path: ['a', 'constructor'], after: 'x' }]],
  ['a key that went', { a: { b: 1 } }, { a: {} }, [{ path: ['a', 'b'], before: 1 }]],
  ['a list, as a whole', { a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, [{ path: ['a'], before: [1, { b: 2 }], after: [1, { b: 3 }] }]],
  ['a mapping in place of a text', { a: 'b' }, { a: { b: 1 } }, [{ path: ['a'], before: 'b', after: { b: 1 } }]],
  ['a text in place of a mapping', { a: { b: 1 } }, { a: 'b' }, [{ path: ['a'], before: { b: 1 }, after: 'b' }]],
  ['null, which is a value', { a: null }, { a: 1 }, [{ path: ['a'], before: null, after: 1 }]],
  [
    'several, in the order of the keys',
    { a: 1, b: 2 },
    { b: 3, c: 4 },
    [
      { path: ['a'], before: 1 },
      { path: ['b'], before: 2, after: 3 },
      { path: ['c'], after: 4 },
    ],
  ],
])('of %s', (_, before, after, found) => {
  expect(differences(before, after)).toStrictEqual(found);
});
