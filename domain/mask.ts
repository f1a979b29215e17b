// Takes known secret values out of texts that somebody else wrote, in the spellings in which programs repeat them. Pure. Never meant for
// ids or addresses that drey goes on using: a mask may change any part of a text.

export interface Mask {
  /** The text without the values. */
  readonly hide: (text: string) => string;
  /** The first spelling of a value at or after `from`, the longest where several begin. */
  readonly find: (text: string, from: number) => Found | undefined;
  /** Characters of the longest spelling; 0 when there is nothing to hide. */
  readonly longest: number;
}

export interface Found {
  readonly start: number;
  readonly end: number;
}

export const HIDDEN = '******';

/** Shorter ones would hit ordinary words. */
export const SHORTEST = 4;
/** Lines of a value of several lines are hidden one by one from this length on. */
const SHORTEST_LINE = 8;

export function createMask(values: Iterable<string>): Mask {
  const found = new Set<string>();
  for (const value of values) for (const spelling of spellingsOf(value)) found.add(spelling);
  const spellings = [...found].toSorted((a, b) => b.length - a.length);
  const find = createFind(spellings);
  return { hide: (text) => withoutCutEnd(replaced(text, find), spellings), find, longest: spellings[0]?.length ?? 0 };
}

/** No regular expression: one of many values is too large for the engine, whose complaint would repeat them. */
function createFind(spellings: readonly string[]): Mask['find'] {
  const firsts = new Set(spellings.map((spelling) => spelling.charCodeAt(0)));
  const byBeginning = Map.groupBy(spellings, (spelling) => spelling.slice(0, SHORTEST));
  return (text, from) => {
    if (firsts.size === 0) return undefined;
    for (let start = from; start < text.length; start += 1) {
      if (!firsts.has(text.charCodeAt(start))) continue;
      const spelling = byBeginning.get(text.slice(start, start + SHORTEST))?.find((each) => text.startsWith(each, start));
      if (spelling !== undefined) return { start, end: start + spelling.length };
    }
    return undefined;
  };
}

function replaced(text: string, find: Mask['find']): string {
  let result = '';
  let from = 0;
  for (let found = find(text, 0); found !== undefined; found = find(text, from)) {
    result += text.slice(from, found.start) + HIDDEN;
    from = found.end;
  }
  return result + text.slice(from);
}

/** As it is, trimmed (as Flink does), in an address, in JSON and Java, and line by line. */
function spellingsOf(value: string): readonly string[] {
  const trimmed = value.trim();
  const lines = trimmed.split(/[\r\n]+/).map((line) => line.trim());
  const whole = [value, trimmed].filter((text) => text.trim().length >= SHORTEST);
  const parts = lines.length > 1 ? lines.filter((line) => line.length >= SHORTEST_LINE) : [];
  return [...whole, ...parts].flatMap(encodings);
}

function encodings(text: string): readonly string[] {
  const plain = text.toWellFormed();
  const percent = encodeURIComponent(plain);
  const strict = percent.replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  const lower = (encoded: string): string => encoded.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  const encoded = [percent, strict, strict.replaceAll('%20', '+'), encodeURI(plain), ...partsOfAddress(plain)];
  const json = JSON.stringify(plain).slice(1, -1);
  const all = [text, plain.toLowerCase(), ...encoded, ...encoded.map(lower), json, json.replaceAll('/', String.raw`\/`)];
  return all.filter((spelling) => spelling.length >= SHORTEST);
}

/** As the parser of addresses leaves it in a path and in a query; a path ends at its question mark. */
function partsOfAddress(text: string): readonly string[] {
  const least = Math.min(text.length, SHORTEST_LINE);
  return [`http://host/${text}`, `http://host/?${text}`].flatMap((address, i) => {
    if (!URL.canParse(address)) return [];
    const { pathname, search } = new URL(address);
    const part = (i === 0 ? pathname : search).slice(1);
    return part.length < least ? [] : [part];
  });
}

/** A text that was cut may end in the beginning of a value. */
function withoutCutEnd(text: string, spellings: readonly string[]): string {
  const cuts = spellings.flatMap((spelling) => {
    const from = Math.max(0, text.length - spelling.length + 1);
    const at = text.indexOf(spelling.slice(0, SHORTEST_LINE), from);
    return at >= 0 && spelling.startsWith(text.slice(at)) ? [at] : [];
  });
  return cuts.length === 0 ? text : text.slice(0, Math.min(...cuts)) + HIDDEN;
}
