// Parses the text of a body, JSON or YAML, into plain values. The text of a number is kept where it says more than the number:
// `flinkVersion: 1.10` is "1.10" (design.md §9). Refuses what a store or a reader could not hold: too deep, `__proto__`, NUL, half characters.
import { isMap, isScalar, LineCounter, parseDocument, visit, type YAMLMap } from 'yaml';
import { PASSED_ON } from '../domain/document.ts';
import { pathOf } from './path-of.ts';
import { Problem } from './problem.ts';
import { repeatedKey } from './repeated-key.ts';

/** Deepest nesting of mappings and lists; a Deployment with pod templates needs about 20. */
const MAX_DEPTH = 60;
const MAX_ALIASES = 10;

/** A number that its text says more about: `1.10`, `1.0`, `1e3`. */
class SpelledNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

function spelled(value: number, text: string): number | SpelledNumber {
  return String(value) === text ? value : new SpelledNumber(text);
}

export function parseJson(text: string): unknown {
  const revive = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === 'number' && context?.source !== undefined ? spelled(value, context.source) : value;
  try {
    const settled = settle(JSON.parse(text, revive), { at: [], passedOn: false });
    const repeated = repeatedKey(text);
    if (repeated !== undefined) throw new Problem('invalid', 'is there twice', pathOf(repeated));
    return settled;
  } catch (error) {
    if (error instanceof SyntaxError) throw new Problem('invalid', `the body is no valid JSON: ${withoutQuote(error.message)}${placeOf(error, text)}`);
    throw tooDeep(error);
  }
}

/** What a parser says, in one line and without what it quotes of the body, which may hold a secret value. */
function withoutQuote(message: string): string {
  const [line = ''] = message.replace(/, (?:\.{3})?"[\s\S]*"(?:\.{3})? is not valid JSON$/, '').split('\n');
  return line.replace(/(?<=\S): \S.*?(?= at line \d+, column \d+:?$|$)/, '');
}

/** Node names the position in most messages, not in all: then the end of the longest sound beginning is it. */
function placeOf(error: SyntaxError, text: string): string {
  if (/ at position \d+/.test(error.message)) return '';
  const isSound = (length: number): boolean => {
    try {
      JSON.parse(text.slice(0, length));
      return true;
    } catch (reason) {
      return /end of JSON input|Unterminated/.test(String(reason));
    }
  };
  let [sound, broken] = [0, text.length + 1];
  while (broken - sound > 1) {
    const middle = (sound + broken) >> 1;
    if (isSound(middle)) sound = middle;
    else broken = middle;
  }
  const lines = text.slice(0, sound).split('\n');
  return ` (line ${lines.length} column ${(lines.at(-1)?.length ?? 0) + 1})`;
}

export function parseYaml(text: string): unknown {
  try {
    const lineCounter = new LineCounter();
    const document = parseDocument(text, { schema: 'core', merge: false, uniqueKeys: false, stringKeys: true, lineCounter });
    const fault = document.errors[0] ?? document.warnings[0];
    if (fault !== undefined) throw new Problem('invalid', `the body is no valid YAML: ${withoutQuote(fault.message)}`);
    visit(document, (_key, node) => {
      if (isMap(node)) refuseTwins(node, lineCounter);
      if (isScalar(node) && typeof node.value === 'number' && node.source !== undefined) node.value = spelled(node.value, node.source);
    });
    return settle(document.toJS({ maxAliasCount: MAX_ALIASES }), { at: [], passedOn: false });
  } catch (error) {
    if (error instanceof ReferenceError) throw new Problem('invalid', `the body is no valid YAML: ${withoutQuote(error.message)}`);
    throw tooDeep(error);
  }
}

/** The parser's own search for twins compares every key with every other, which takes minutes in a long mapping. */
function refuseTwins({ items }: YAMLMap, lines: LineCounter): void {
  const seen = new Set<unknown>();
  for (const { key } of items) {
    const name = isScalar(key) ? key.value : key;
    if (seen.has(name)) {
      const start = isScalar(key) ? key.range?.[0] : undefined;
      const where = start === undefined ? '' : ` at line ${lines.linePos(start).line}`;
      throw new Problem('invalid', `the body is no valid YAML: Map keys must be unique${where}`);
    }
    seen.add(name);
  }
}

/** Parsers recurse: they give up on a body that is nested thousands of levels deep. */
function tooDeep(error: unknown): unknown {
  return error instanceof RangeError ? new Problem('invalid', `the body is nested deeper than ${MAX_DEPTH} levels`) : error;
}

interface Spot {
  readonly at: readonly (string | number)[];
  /** Inside an object that is passed on to Kubernetes: there a number is a number. */
  readonly passedOn: boolean;
}

function settle(value: unknown, spot: Spot): unknown {
  if (spot.at.length > MAX_DEPTH) throw new Problem('invalid', `the body is nested deeper than ${MAX_DEPTH} levels`);
  if (value instanceof SpelledNumber) return spot.passedOn ? Number(value.text) : value.text;
  if (typeof value === 'string') return sound(value, spot);
  if (Array.isArray(value)) return value.map((item, i) => settle(item, { at: [...spot.at, i], passedOn: spot.passedOn }));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [soundKey(key, spot), settle(field, below(spot, key))]));
}

function below(spot: Spot, key: string): Spot {
  if (key === '<<' || key === '__proto__')
    throw new Problem('invalid', key === '<<' ? 'merge keys are not accepted' : 'is no name for a field', pathOf([...spot.at, key]));
  return { at: [...spot.at, key], passedOn: spot.passedOn || (PASSED_ON.has(key) && spot.at.includes('kubernetes')) };
}

/** A key ends up as a property, a label or a path in a message: in one line. */
function soundKey(key: string, spot: Spot): string {
  if (/\p{Cc}/u.test(sound(key, spot))) throw new Problem('invalid', 'is no name for a field: it contains a control character', pathOf([...spot.at, key]));
  return key;
}

function sound(text: string, spot: Spot): string {
  if (text.includes('\0')) throw new Problem('invalid', 'must not contain the NUL character', pathOf(spot.at));
  if (!text.isWellFormed()) throw new Problem('invalid', 'must not contain half of a character (a lone surrogate)', pathOf(spot.at));
  return text;
}
