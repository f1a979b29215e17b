// mainArgs is one string; the program gets words, split as a shell would (vvp.md §1.2).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitArguments } from '../../domain/effective.ts';

describe('mainArgs', () => {
  it.each<[string | undefined, readonly string[]]>([
    [undefined, []],
    ['', []],
    ['   ', []],
    ['--windowSize 10 --windowUnit minutes', ['--windowSize', '10', '--windowUnit', 'minutes']],
    ['  a\t b\n c ', ['a', 'b', 'c']],
    ['--title "top speed"', ['--title', 'top speed']],
    ["--title 'top speed'", ['--title', 'top speed']],
    ['--title=top" "speed', ['--title=top speed']],
    ['""', ['']],
    ["a '' b", ['a', '', 'b']],
    [String.raw`a\ b c`, ['a b', 'c']],
    [String.raw`"a \"b\" c"`, ['a "b" c']],
    [String.raw`"a\\b"`, [String.raw`a\b`]],
    [String.raw`"C:\new"`, [String.raw`C:\new`]],
    [String.raw`'a\b "c"'`, [String.raw`a\b "c"`]],
    [`"it's"`, [`it's`]],
    ['$HOME `ls` $(ls) * ; rm', ['$HOME', '`ls`', '$(ls)', '*', ';', 'rm']],
    [`{"a":1}`, ['{a:1}']],
    [`'{"a": 1}'`, ['{"a": 1}']],
  ])('%j is %j', (mainArgs, words) => {
    expect(splitArguments(mainArgs)).toEqual(words);
  });

  it('gives every word back that was quoted for it', () => {
    const quoted = (word: string): string => `'${word.replaceAll("'", `'"'"'`)}'`;
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 5 }), (words) => {
        expect(splitArguments(words.map(quoted).join(' '))).toEqual(words);
      }),
    );
  });
});
