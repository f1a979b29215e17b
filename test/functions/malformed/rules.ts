// What is malformed, by what a field is: values, and the words of the answer behind the path of the field. It knows no field and no schema.

/** What it is, the value, the words behind the path, and where in the value the fault stands. Words that end in "…" are only a beginning. */
export type Malformed = readonly [what: string, value: unknown, words: string, below?: string];

const BELL = 'a\u0007b';
const of = (values: readonly unknown[], words: string, shown: (value: unknown) => string = JSON.stringify): readonly Malformed[] =>
  values.map((value) => [shown(value), value, words]);

const NO_TEXT = of([[], {}], 'must be text');
const NO_STRING = of([7, true, ['a'], { a: 'b' }], 'must be text');
const CONTROL: Malformed = ['a control character', BELL, 'must not contain control characters'];
const LINES: Malformed = ['two lines', 'a\nb', 'must not contain control characters'];
const NUL: Malformed = ['NUL', 'a\0b', 'must not contain the NUL character'];
const HALF: Malformed = ['half of a character', 'a\udc00', 'must not contain half of a character (a lone surrogate)'];
const longer = (length: number): Malformed => [`${length + 1} characters`, 'a'.repeat(length + 1), `must be at most ${length} characters long`];
const NO_MAPPING = of(['x', 7, true, ['a']], 'must be a mapping');

/** Text that may stand in several lines. */
export const text = (length?: number): readonly Malformed[] => [...NO_TEXT, NUL, HALF, ...(length === undefined ? [] : [longer(length)])];

/** The same, where a number is not taken as its text. */
export const string = (length: number): readonly Malformed[] => [...NO_STRING, NUL, HALF, ['nothing', '', 'must not be empty'], longer(length)];

/** One line of text; `takesNumbers`: a number is taken as its text. */
export const line = (length: number, { takesNumbers = false } = {}): readonly Malformed[] => [
  ...(takesNumbers ? NO_TEXT : NO_STRING),
  NUL,
  HALF,
  CONTROL,
  LINES,
  longer(length),
];

/** A line that must be there. */
export const filledLine = (length: number): readonly Malformed[] => [...line(length), ['nothing', '', 'must not be empty']];

export const listOfLines = (length: number): readonly Malformed[] => [
  ...of(['x', 7, { a: 'b' }], 'must be a list'),
  ['a number in it', ['a', 7], 'must be text', '[1]'],
  ['null in it', ['a', null], 'must be text', '[1]'],
  ['a list in it', [['a']], 'must be text', '[0]'],
  ['a control character in it', ['a', BELL], 'must not contain control characters', '[1]'],
  ['a long one in it', ['a'.repeat(length + 1)], `must be at most ${length} characters long`, '[0]'],
];

const named = (words: string, faults: readonly string[]): readonly Malformed[] => [
  ...NO_STRING,
  ...of([...faults, '', BELL, 'a b', 'ä', '../a', 'a/b', '%2e'], words),
];

const SLUG = 'must be 1 to 63 characters of a-z, 0-9 and "-", and neither start nor end with "-"';
export const SLUG_NAME = named(SLUG, ['Capital', '-a', 'a-', 'a_b', 'a'.repeat(64)]);
export const WIDE_NAME = named('must be 1 to 250 characters of a-z, A-Z, 0-9, "-" and "_"', ['a'.repeat(251)]);

export const choice = (...names: readonly string[]): readonly Malformed[] =>
  of([7, true, ['x'], { a: 1 }, '', 'x', `${names[0]} `, `${names[0]}\u0007`], `must be one of ${names.join(', ')}`);

export const literal = (word: string): readonly Malformed[] =>
  of([7, true, [word], { a: 1 }, '', 'x', word.repeat(2), `${word}\0`.slice(0, -1).concat(' ')], `must be ${word}`);

export const FLAG = of(['yes', 'true', '', 1, 0, ['x'], {}], 'must be true or false');

export const whole = (least: number, most = 2_147_483_647): readonly Malformed[] => [
  ...of(['many', '', ' 1', '0x10', '1\u0007', true, [1], { a: 1 }], 'must be a number'),
  ...of([1.5, '1.5'], 'must be a whole number'),
  ...of([least - 1, String(least - 1), -5], `must be at least ${least}`),
  ...of([most + 1, String(most + 1)], `must be at most ${most}`),
];

export const CPU: readonly Malformed[] = [
  ...of(['many', '', '1 core', '1\u0007', true, [1], {}], 'must be a number'),
  ...of([0, -1, '-0.5'], 'must be more than 0'),
  ...of([10_001, '1e9'], 'must be at most 10000'),
];

export const MEMORY: readonly Malformed[] = [
  ...NO_TEXT,
  ...of(['', '0', '0g', '-1g', '1x', 'g', '1 2g', '1g\u0007', '1,5g', true], 'must be a memory size above 0, for example "1g", "1.5G" or "2048m"'),
  ...of(['65t', '99999999999999g'], 'must be at most 64 TiB'),
];

export const DURATION: readonly Malformed[] = [
  ...NO_TEXT,
  ...of(['', '5', 5, '-1 s', '2 weeks', '1 s 1 s', '1s\u0007', 'PT1S', true], 'must be {amount}{unit} with a unit of …'),
];

export const UUID: readonly Malformed[] = of(
  ['', 'x', 7, true, ['a'], {}, '4c0e7b52-6b0f-4a55-9a3a-0d6f9bd3a7c', '4c0e7b526b0f4a559a3a0d6f9bd3a7c1', '4c0e7b52-6b0f-4a55-9a3a-0d6f9bd3a7c1\u0007'],
  'must be a UUID, for example "4c0e7b52-6b0f-4a55-9a3a-0d6f9bd3a7c1"',
);

/** Keys are the user's own words. */
export const MAP: readonly Malformed[] = [
  ...NO_MAPPING,
  ['null in it', { a: null }, 'must be text', '.a'],
  ['a list in it', { a: ['b'] }, 'must be text', '.a'],
  ['a mapping in it', { 'a.b': { c: 'd' } }, 'must be text', '["a.b"]'],
  ['NUL in it', { a: 'x\0' }, 'must not contain the NUL character', '.a'],
  ['an empty key', { '': 'x' }, 'is no name for an entry', '[""]'],
  ['a control character in a key', { [BELL]: 'x' }, 'is no name for a field: it contains a control character', '["a\\u0007b"]'],
];

/** An object that is passed on as it is. */
export const OBJECT: readonly Malformed[] = [...NO_MAPPING, ['NUL in it', { a: { b: ['\0'] } }, 'must not contain the NUL character', '.a.b[0]']];

/** A mapping with these fields only; what stands below them is asked on its own. */
export const struct = (...known: readonly string[]): readonly Malformed[] => [
  ...NO_MAPPING,
  ['an unknown field', { unheardOf: 1 }, `unknown field; known here are ${known.join(', ')}`, '.unheardOf'],
];

export const LIST_OF_OBJECTS: readonly Malformed[] = [
  ...of(['x', 7, { a: 'b' }], 'must be a list'),
  ['text in it', ['x'], 'must be a mapping', '[0]'],
  ['a list in it', [['x']], 'must be a mapping', '[0]'],
];

export const LOGGERS: readonly Malformed[] = [
  ...NO_MAPPING,
  ['no level', { a: 'LOUD' }, 'must be one of OFF, FATAL, ERROR, WARN, INFO, DEBUG, TRACE, ALL', '.a'],
  ['null as a level', { a: null }, 'must be one of OFF, FATAL, ERROR, WARN, INFO, DEBUG, TRACE, ALL', '.a'],
  ['a look-up as a name', { '${env:HOME}': 'INFO' }, 'is no name of a logger, such as org.example.MyJob', '["${env:HOME}"]'],
];

/** Where a field must be there. */
export const required = (words: string): readonly Malformed[] => [
  ['null', null, words],
  ['absent', undefined, words],
];
