// Laws of the parsers: what was written is read, and nothing but a Problem is ever thrown.
import fc from 'fast-check';
import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { parseJson, parseYaml } from '../../functions/parse-text.ts';
import { Problem } from '../../functions/problem.ts';

/** JSON values as answers hold them: whole characters, no NUL, no keys that are refused. */
const plainText = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0') && text.isWellFormed());
const key = plainText.filter((text) => text !== '__proto__' && text !== '<<' && !/\p{Cc}/u.test(text));
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    plainText,
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    fc.array(tie('tree')),
    fc.dictionary(key, tie('tree'), { noNullPrototype: true }),
  ),
}));

function onlyProblems(parse: (text: string) => unknown, text: string): boolean {
  try {
    parse(text);
    return true;
  } catch (error) {
    return error instanceof Problem;
  }
}

describe('parsing', () => {
  it('reads the JSON that was written', () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(parseJson(JSON.stringify(value))).toEqual(value);
      }),
    );
  });

  it('reads the YAML that was written', () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(parseYaml(stringify(value, { compat: 'yaml-1.1', aliasDuplicateObjects: false, lineWidth: 0 }))).toEqual(value);
      }),
    );
  });

  it('throws nothing but Problems at any text', () => {
    const yamlish = fc.string({
      unit: fc.constantFrom('a', ':', ' ', '\n', '-', '[', ']', '{', '}', '&', '*', '!', '|', '>', '"', "'", '?', ',', '#', '<', '%', '1', '.'),
    });
    fc.assert(
      fc.property(fc.oneof(fc.string(), yamlish), (text) => onlyProblems(parseYaml, text) && onlyProblems(parseJson, text)),
      { numRuns: 2000 },
    );
  });
});

it('reads a mapping of many keys, and finds the one that stands twice, before the time of a test is over', () => {
  const lines = Array.from({ length: 40_000 }, (_, i) => `k${i}: 1`);
  expect(Object.keys(parseYaml(lines.join('\n')) as object)).toHaveLength(40_000);
  expect(() => parseYaml([...lines, 'k7: 2'].join('\n'))).toThrow('Map keys must be unique at line 40001');
});
