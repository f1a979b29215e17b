// Whether a text is an XML document that log4j will read: one root element, every tag closed. Knows no entities of its own and refuses a
// document type, which is where XML becomes dangerous. Reads nothing out of it.

const PIECE = /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[[\s\S]*?\]\]>|<(?:"[^"]*"|'[^']*'|[^<>"'])*>|</g;
const OPENING = /^<([A-Za-z_][\w:.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>$/;
const CLOSING = /^<\/([A-Za-z_][\w:.-]*)\s*>$/;
/** Where `&` means itself. */
const LITERAL = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>/g;
const ENTITIES = /&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\dA-Fa-f]{1,6});)/;

/** One sentence, or undefined when there is none. `root`: the name that the outermost element must have, in any letter case. */
export function xmlFault(text: string, root: string): string | undefined {
  const open: string[] = [];
  let roots = 0;
  for (const { 0: piece, index } of text.matchAll(PIECE)) {
    if (/^<(!--|\?|!\[CDATA)/.test(piece)) continue;
    const line = (): string => `in line ${text.slice(0, index).split('\n').length}`;
    const [, closing] = CLOSING.exec(piece) ?? [];
    const [, opening, , empty] = OPENING.exec(piece) ?? [];
    if (closing !== undefined) {
      const wanted = open.pop();
      if (wanted !== closing) return `${piece} ${line()} closes ${wanted === undefined ? 'nothing' : `<${wanted}>`}`;
    } else if (opening !== undefined) {
      if (open.length === 0) roots += 1;
      if (open.length === 0 && opening.toLowerCase() !== root.toLowerCase()) return `its outermost element must be <${root}>, not <${opening}>`;
      if (empty === '') open.push(opening);
    } else {
      return `${piece.slice(0, 60)} ${line()} is no tag of XML that may be used here`;
    }
  }
  if (open.length > 0) return `<${open.at(-1)}> is not closed`;
  if (roots !== 1) return `it must have one outermost element, <${root}>`;
  return ENTITIES.test(text.replaceAll(LITERAL, '')) ? 'it has a "&" that must be written "&amp;"' : undefined;
}
