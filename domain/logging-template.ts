// The small template language of logging profiles (vvp.md §1.15): `{{ name }}` and `{% for a, b in pairs %} … {% endfor %}`, each with an
// optional `-` that takes away the white space beside it. Anything else between such braces is a fault, never text. What is put in is escaped
// for XML.

export interface Values {
  readonly texts: Readonly<Record<string, string>>;
  readonly pairs: Readonly<Record<string, readonly (readonly [string, string])[]>>;
}

export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly name: string }
  | { readonly kind: 'each'; readonly names: readonly [string, string]; readonly list: string; readonly body: readonly Part[] };

type Parsed = { readonly parts: readonly Part[] } | { readonly fault: string };

/** What a template may name. */
export interface Known {
  readonly texts: readonly string[];
  readonly pairs: readonly string[];
}

/** Stops at a `}}` or `%}`; `{#` is a comment elsewhere and nothing here. */
const TAG = /\{\{(-?)([^{}]*)\}\}|\{%(-?)([^{}]*)%\}|\{\{|\{%|\{#/g;
const FOR = /^for\s+([A-Za-z_]\w*)\s*,\s*([A-Za-z_]\w*)\s+in\s+([A-Za-z_]\w*)$/;

interface Loop {
  readonly names: readonly [string, string];
  readonly list: string;
  readonly body: Part[];
  readonly line: number;
}

interface Reading {
  readonly known: Known;
  readonly parts: Part[];
  loop: Loop | undefined;
  fault: string | undefined;
}

/** The parts of a template, or one sentence that names its first fault. */
export function parseTemplate(source: string, known: Known): Parsed {
  const reading: Reading = { known, parts: [], loop: undefined, fault: undefined };
  let at = 0;
  let trims = false;
  let line = 1;
  for (const match of source.matchAll(TAG)) {
    const tag = readTag(match[0]);
    addText(reading, source.slice(at, match.index), { start: trims, end: tag.trimsBefore });
    line += linesIn(source.slice(at, match.index));
    addTag(reading, { ...tag, line });
    line += linesIn(match[0]);
    if (reading.fault !== undefined) return { fault: reading.fault };
    at = match.index + match[0].length;
    trims = tag.trimsAfter;
  }
  addText(reading, source.slice(at), { start: trims, end: false });
  return reading.loop === undefined ? { parts: reading.parts } : { fault: `the {% for %} in line ${reading.loop.line} has no {% endfor %}` };
}

function linesIn(text: string): number {
  return text.split('\n').length - 1;
}

interface Tag {
  readonly text: string;
  readonly kind: 'value' | 'block' | 'unknown';
  readonly inner: string;
  readonly trimsBefore: boolean;
  readonly trimsAfter: boolean;
}

function readTag(text: string): Tag {
  const kind = text.length < 4 ? 'unknown' : text.startsWith('{{') ? 'value' : 'block';
  const inner = text.slice(2, -2);
  return {
    text,
    kind,
    inner: inner.replace(/^-/, '').replace(/-$/, '').trim(),
    trimsBefore: inner.startsWith('-'),
    trimsAfter: inner.length > 1 && inner.endsWith('-'),
  };
}

function addText({ parts, loop }: Reading, text: string, trims: { readonly start: boolean; readonly end: boolean }): void {
  const cut = trims.start ? text.trimStart() : text;
  (loop?.body ?? parts).push({ kind: 'text', text: trims.end ? cut.trimEnd() : cut });
}

function addTag(reading: Reading, tag: Tag & { readonly line: number }): void {
  const { known, parts, loop } = reading;
  const each = tag.kind === 'block' ? FOR.exec(tag.inner) : null;
  if (tag.kind === 'value' && (known.texts.includes(tag.inner) || loop?.names.includes(tag.inner))) {
    (loop?.body ?? parts).push({ kind: 'value', name: tag.inner });
  } else if (each !== null && loop === undefined && known.pairs.includes(each[3] ?? '')) {
    reading.loop = { names: [each[1] ?? '', each[2] ?? ''], list: each[3] ?? '', body: [], line: tag.line };
  } else if (tag.kind === 'block' && tag.inner === 'endfor' && loop !== undefined) {
    parts.push({ kind: 'each', names: loop.names, list: loop.list, body: loop.body });
    reading.loop = undefined;
  } else {
    reading.fault = `${shown(tag.text)} in line ${tag.line} is not known here; known are ${describe(known)}`;
  }
}

function shown(tag: string): string {
  return tag.length > 60 ? `${tag.slice(0, 60)}…` : tag;
}

function describe({ texts, pairs }: Known): string {
  return [...texts.map((name) => `{{ ${name} }}`), ...pairs.map((name) => `{% for name, level in ${name} %} … {% endfor %}`)].join(' and ');
}

export function renderTemplate(parts: readonly Part[], values: Values): string {
  return parts.map((part) => renderPart(part, values)).join('');
}

function renderPart(part: Part, values: Values): string {
  if (part.kind === 'text') return part.text;
  if (part.kind === 'value') return escapeXml(values.texts[part.name] ?? '');
  const [first, second] = part.names;
  return (values.pairs[part.list] ?? [])
    .map(([a, b]) => renderTemplate(part.body, { ...values, texts: { ...values.texts, [first]: a, [second]: b } }))
    .join('');
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

function escapeXml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}
