// Comparing and merging JSON: key order does not matter, RFC 7396 to the letter, and no key is special.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carryOver, mergePatch, sameJson } from '../../domain/json.ts';

const parse = (text: string): unknown => JSON.parse(text);

describe('mergePatch', () => {
  it.each([
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['["a","b"]', '["c","d"]', '["c","d"]'],
    ['{"a":"b"}', '["c"]', '["c"]'],
    ['{"a":"foo"}', 'null', 'null'],
    ['{"a":"foo"}', '"bar"', '"bar"'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ])('%s patched with %s is %s (RFC 7396, appendix A)', (target, patch, result) => {
    expect(mergePatch(parse(target), parse(patch))).toEqual(parse(result));
  });

  it.each(['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString'])('takes %s for a key like any other', (key) => {
    const patched = mergePatch(parse('{}'), parse(`{"${key}":{"polluted":true}}`));
    expect(JSON.stringify(patched)).toBe(`{"${key}":{"polluted":true}}`);
    expect(Object.getPrototypeOf(patched)).toBe(Object.prototype);
    expect(JSON.stringify(mergePatch(patched, parse(`{"${key}":{"more":1}}`)))).toBe(`{"${key}":{"polluted":true,"more":1}}`);
    expect(JSON.stringify(mergePatch(patched, parse(`{"${key}":null}`)))).toBe('{}');
    expect({}).not.toHaveProperty('polluted');
  });

  it('changes neither side', () => {
    const json = fc.jsonValue();
    fc.assert(
      fc.property(json, json, (target, patch) => {
        const before = JSON.stringify([target, patch]);
        mergePatch(target, patch);
        expect(JSON.stringify([target, patch])).toBe(before);
      }),
    );
  });

  it('patched twice with the same is patched once (a client that sends its PATCH again changes nothing, D7)', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (target, patch) => {
        const once = mergePatch(target, patch);
        expect(mergePatch(once, patch)).toEqual(once);
      }),
    );
  });
});

describe('sameJson', () => {
  it.each([
    ['{"a":1,"b":2}', '{"b":2,"a":1}', true],
    ['{"a":{"b":[1,{"c":null}]}}', '{"a":{"b":[1,{"c":null}]}}', true],
    ['[1,2]', '[2,1]', false],
    ['[1]', '[1,1]', false],
    ['{"a":null}', '{}', false],
    ['{"a":1}', '{"a":"1"}', false],
    ['[]', '{}', false],
    ['null', '{}', false],
    ['{"0":"a"}', '["a"]', false],
    ['""', 'null', false],
    ['{"constructor":"x"}', '{}', false],
    ['{"__proto__":"x"}', '{}', false],
    ['0', '-0', true],
  ])('of %s and %s is %s', (a, b, same) => {
    expect(sameJson(parse(a), parse(b))).toBe(same);
    expect(sameJson(parse(b), parse(a))).toBe(same);
  });

  // A key that one side inherits is no key of it; the code compares it with Object.prototype, which is empty.
  it('of {"__proto__":{}} and {} is false', () => {
    expect(sameJson(parse('{"__proto__":{}}'), {})).toBe(false);
  });

  it('takes an undefined field for an absent one', () => {
    expect(sameJson({ a: 1, b: undefined }, { a: 1 })).toBe(true);
    expect(sameJson({ a: undefined }, { a: null })).toBe(false);
  });

  it('is what a canonical text says', () => {
    const canonical = (value: unknown): string =>
      JSON.stringify(value, (_, v: unknown) =>
        typeof v === 'object' && v !== null && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).toSorted(([a], [b]) => (a < b ? -1 : 1))) : v,
      );
    const json = fc.jsonValue({ maxDepth: 2, noUnicodeString: true });
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(sameJson(a, JSON.parse(canonical(a)))).toBe(true);
        expect(sameJson(a, b)).toBe(canonical(a) === canonical(b));
      }),
    );
  });
});

describe('carryOver', () => {
  const stored = { a: 1, later: { x: 1 }, b: { c: 1, later: 2 }, gone: { later: 3 } };
  const known = { a: 1, b: { c: 1 }, gone: {} };

  it('keeps what is stored and not known, where its mapping is still there', () => {
    expect(carryOver({ a: 2, b: { c: 3 } }, stored, known)).toEqual({ a: 2, b: { c: 3, later: 2 }, later: { x: 1 } });
  });

  it('changes nothing when everything is known', () => {
    expect(carryOver({ a: 2 }, known, known)).toEqual({ a: 2 });
  });

  it('lets what is written now win', () => {
    expect(carryOver({ later: 'now', b: 1 }, stored, known)).toEqual({ later: 'now', b: 1 });
  });
});
