// Finds a key that stands twice in one mapping of a JSON text: JSON.parse keeps the last one and says nothing. Takes sound JSON only, reads it once.

/** A list that is being read, by how far it is, or a mapping, by the keys it has. */
type Open = { index: number } | { readonly keys: Set<string>; key: string };

/** Where the first such key stands; undefined when there is none. */
export function repeatedKey(text: string): readonly (string | number)[] | undefined {
  const open: Open[] = [];
  let before = '';
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],]/g)) {
    const innermost = open.at(-1);
    if (token === '{') open.push({ keys: new Set(), key: '' });
    else if (token === '[') open.push({ index: 0 });
    else if (token === '}' || token === ']') open.pop();
    else if (token === ',') step(innermost);
    else if ((before === '{' || before === ',') && isRepeated(innermost, token)) return open.map((each) => ('keys' in each ? each.key : each.index));
    before = token;
  }
  return undefined;
}

function step(innermost: Open | undefined): void {
  if (innermost !== undefined && 'index' in innermost) innermost.index += 1;
}

/** Text after "{" or "," is a key in a mapping, and an item in a list. */
function isRepeated(innermost: Open | undefined, token: string): boolean {
  if (innermost === undefined || !('keys' in innermost)) return false;
  innermost.key = JSON.parse(token) as string;
  const isThere = innermost.keys.has(innermost.key);
  innermost.keys.add(innermost.key);
  return isThere;
}
