// Reads what a source file imports, from its text alone. Knows nothing of rooms and rules.
import { posix } from 'node:path';

export interface SourceFile {
  /** From the root of the checkout, with slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Import {
  readonly from: string;
  /** The specifier as written. */
  readonly specifier: string;
  /** The file it means, for a relative specifier. */
  readonly target?: string;
  readonly typeOnly: boolean;
}

const STATEMENT = /(?:^|[;\n])\s*(import|export)\s+(type\s+)?(?:([\w*${}\s,]*?)\s*from\s*)?(['"])([^'"\n]+)\4/g;
const DYNAMIC = /\bimport\s*\(\s*(['"])([^'"\n]+)\1/g;

/** Comments replaced by blanks, so that examples in them are not taken for imports. Strings that hold `//` survive. */
export function withoutComments(text: string): string {
  return text.replace(/(['"`])(?:\\.|(?!\1)[^\\\n])*\1|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (found) => (/^\/[/*]/.test(found) ? ' ' : found));
}

function namesOnlyTypes(clause: string | undefined): boolean {
  const named = /^\s*\{([\s\S]*)\}\s*$/.exec(clause ?? '');
  const names = named?.[1]?.split(',').map((name) => name.trim());
  const given = names?.filter((name) => name !== '') ?? [];
  return given.length > 0 && given.every((name) => name.startsWith('type '));
}

function toImport(from: string, specifier: string, typeOnly: boolean): Import {
  if (!specifier.startsWith('.')) return { from, specifier, typeOnly };
  return { from, specifier, typeOnly, target: posix.normalize(posix.join(posix.dirname(from), specifier)) };
}

/** Every static, re-exported and dynamic import of one file. */
export function importsOf({ path, text }: SourceFile): readonly Import[] {
  const code = withoutComments(text);
  const found: Import[] = [];
  for (const [, , type, clause, , specifier] of code.matchAll(STATEMENT)) {
    if (specifier !== undefined) found.push(toImport(path, specifier, type !== undefined || namesOnlyTypes(clause)));
  }
  for (const match of code.matchAll(DYNAMIC)) {
    // `import('x').Name` in capitals is a type; a dynamic import of a value is awaited or chained by `then`.
    const isType = /^\)\s*\.\s*[A-Z]/.test(code.slice(match.index + match[0].length));
    found.push(toImport(path, match[2] ?? '', isType));
  }
  return found;
}
