// Checks the rules of `reference/style.md` that can be read off imports and names. Pure: files in, sentences out.
import { importsOf, withoutComments } from './imports.ts';
import type { Import, SourceFile } from './imports.ts';
import { EMPTY_NAMES, MAX_LINES, ROOMS, roomOf, SCHEMA_READERS, TOPS } from './rooms.ts';

const isSchema = (path: string): boolean => path.endsWith('.schema.ts');

function checkOurs({ from, target, typeOnly }: Import): string | undefined {
  if (target === undefined) return undefined;
  const [room, other] = [roomOf(from), roomOf(target)];
  const rule = ROOMS[room];
  if (!rule || room === other || rule.files?.includes(target)) return undefined;
  if (TOPS.includes(other) && !(room === 'test')) return `${from}: ${other} is imported by none, but this imports ${target}`;
  if (rule.values.includes(other)) return undefined;
  if (SCHEMA_READERS.includes(room) && isSchema(target)) return undefined;
  if (!rule.types.includes(other)) return `${from}: ${room} may not import ${other} (${target})`;
  return typeOnly ? undefined : `${from}: ${room} may import only types of ${other} (${target})`;
}

function checkPackage({ from, specifier, target, typeOnly }: Import): string | undefined {
  if (target !== undefined) return undefined;
  const room = roomOf(from);
  if (room === 'test' || room === '') return undefined;
  if (/^zod(\/|$)/.test(specifier) && !isSchema(from)) return `${from}: zod belongs into *.schema.ts`;
  if (specifier === '@temporalio/client' && room !== 'app' && from !== 'functions/wake.ts')
    return `${from}: @temporalio/client belongs into functions/wake.ts and app`;
  if (room === 'domain' && isSchema(from) && specifier === 'zod') return undefined;
  const allowed = ROOMS[room]?.packages;
  if (allowed && !allowed.test(specifier) && !(typeOnly && room !== 'domain')) return `${from}: ${room} may not import the package ${specifier}`;
  return undefined;
}

function checkText({ path, text }: SourceFile): readonly string[] {
  const faults: string[] = [];
  const lines = text.split('\n').length - 1;
  if (lines > MAX_LINES) faults.push(`${path}: ${lines} lines, at most ${MAX_LINES}`);
  const mayReadEnvironment = /^app\/(config\.ts|start\.mjs|test\.mjs)$/.test(path) || /^(test|bench)\//.test(path);
  const code = withoutComments(text);
  if (!mayReadEnvironment && /\bprocess\s*\.\s*env\b/.test(code)) faults.push(`${path}: process.env is read in app/config.ts only`);
  if (roomOf(path) !== 'test' && /import\s*\{[^}]*\bz\b[^}]*\}\s*from\s*'zod'/.test(code))
    faults.push(`${path}: write \`import * as z from 'zod'\`, the named import costs three times the size`);
  if (!/^(#!.*\n)?(\/\/|\/\*)/.test(text)) faults.push(`${path}: the first line says what the file owns and what it must never do`);
  return faults;
}

/** JobManager and TaskManager are words of Flink's. */
const isFlinkWord = (part: string): boolean => /(^|-)(job|task)-managers?$/.test(part);

function checkName(path: string): string | undefined {
  const parts = path.split('/').map((part) => part.split('.')[0] ?? '');
  const isEmpty = (part: string): boolean => EMPTY_NAMES.some((name) => part === name || (name !== 'types' && part.endsWith(`-${name}`)));
  const bad = parts.find((part) => isEmpty(part) && !isFlinkWord(part));
  return bad === undefined ? undefined : `${path}: "${bad}" does not say what is inside`;
}

/** Files that a room's code pulls in at run time, directly or not. */
function runtimeClosure(start: string, graph: ReadonlyMap<string, readonly Import[]>): readonly Import[] {
  const seen = new Set([start]);
  const found: Import[] = [];
  for (const path of seen) {
    for (const each of graph.get(path) ?? []) {
      if (each.typeOnly) continue;
      found.push(each);
      if (each.target !== undefined) seen.add(each.target);
    }
  }
  return found;
}

function checkWorkflowBundle(graph: ReadonlyMap<string, readonly Import[]>): readonly string[] {
  const entries = [...graph.keys()].filter((path) => roomOf(path) === 'workflows');
  const reached = entries.flatMap((path) => runtimeClosure(path, graph).map((each) => ({ path, each })));
  const bad = reached.filter(({ each }) => /^(node:|zod(\/|$))/.test(each.specifier) || (each.target !== undefined && isSchema(each.target)));
  return bad.map(({ path, each }) => `${path}: the workflow bundle may not contain ${each.target ?? each.specifier} (through ${each.from})`);
}

/** One cycle as a path, or undefined. Imports of types count: two files that need each other's words are one idea. */
function findCycle(graph: ReadonlyMap<string, readonly Import[]>): readonly string[] | undefined {
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): readonly string[] | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return undefined;
    done.add(path);
    for (const { target } of graph.get(path) ?? []) {
      const cycle = target === undefined ? undefined : visit(target, [...trail, path]);
      if (cycle) return cycle;
    }
    return undefined;
  };
  for (const path of graph.keys()) {
    const cycle = visit(path, []);
    if (cycle) return cycle;
  }
  return undefined;
}

/** Every broken rule as one sentence that starts with the file. */
export function checkBoundaries(files: readonly SourceFile[]): readonly string[] {
  const graph = new Map(files.map((file) => [file.path, importsOf(file)]));
  const imports = [...graph.values()].flat();
  const cycle = findCycle(graph);
  return [
    ...imports.flatMap((each) => checkOurs(each) ?? []),
    ...imports.flatMap((each) => checkPackage(each) ?? []),
    ...files.flatMap(checkText),
    ...files.flatMap(({ path }) => checkName(path) ?? []),
    ...checkWorkflowBundle(graph),
    ...(cycle ? [`${cycle[0]}: import cycle ${cycle.join(' → ')}`] : []),
  ];
}
