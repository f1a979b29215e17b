// Which row of the scenario tables is tested where: from the rows of the stage, and from the names of plain tests that begin with a row's id.
// Reads test files as text; plays nothing.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { ALL_ROWS } from './rows/all.ts';
import { CANNOT_APPLY, NOT_YET } from './rows/without-a-test.ts';
import { modesOf } from './stage/row.ts';

const GROUPS: readonly (readonly [string, number, string])[] = [
  ['A', 26, 'Upgrade matrix and restore source'],
  ['B', 11, 'Controller crash and idempotency'],
  ['C', 11, 'Observation faults'],
  ['D', 15, 'Failure and recovery'],
  ['E', 13, 'Suspend, cancel, delete, finish'],
  ['F', 10, 'Savepoints'],
  ['G', 11, 'Spec, validation, configuration'],
];

/** A1 … G11, in order. */
export const ROW_IDS: readonly string[] = GROUPS.flatMap(([group, count]) => Array.from({ length: count }, (_, i) => `${group}${i + 1}`));

export interface Entry {
  readonly id: string;
  readonly title: string;
  /** A world with its modes, or the file of a plain test. */
  readonly where: string;
}

const TESTS = join(import.meta.dirname, '..');
const NAMED_TEST = /\b(?:it|test)(?:\.\w+(?:\([^)]*\))?)*\(\s*(['"`])([A-I]\d+)[: ]\s*(.+?)\1,/g;

/** Every test of a row. */
export function entries(): readonly Entry[] {
  const rows = ALL_ROWS.map((row) => ({
    id: row.id,
    title: row.title,
    where: row.on.map((world) => `${world} (${modesOf(row, world).join(', ')})`).join(', '),
  }));
  return [...rows, ...readdirSync(TESTS, { recursive: true, encoding: 'utf8' }).filter(isTest).toSorted().flatMap(plainTests)];
}

const isTest = (path: string): boolean => path.endsWith('.test.ts');

function plainTests(path: string): readonly Entry[] {
  const where = `\`test/${relative(TESTS, join(TESTS, path)).split(sep).join('/')}\``;
  return [...readFileSync(join(TESTS, path), 'utf8').matchAll(NAMED_TEST)].map(([, , id = '', title = '']) => ({ id, title, where }));
}

/** docs/scenarios.md. */
export function toDocument(found: readonly Entry[]): string {
  const lines = [
    '# Scenarios',
    '',
    'What the Deployment manager has to survive, and the test that shows it: generated from the tests (`npx vitest run --project unit test/scenarios -u`).',
    'A row is played on the simulated Flink with a real Temporal server and store; many are played on real Flink by the same code (`test/scenarios/rows`).',
    'After every row the laws of `test/scenarios/stage/laws.ts` are checked: one job, recorded first, never empty by accident, exact restore, explained.',
  ];
  for (const [group, count, title] of GROUPS) {
    lines.push('', `## ${group}. ${title}`, '', '| row | test | where |', '|---|---|---|');
    for (let i = 1; i <= count; i += 1) lines.push(...linesOf(`${group}${i}`, found));
  }
  return `${lines.join('\n')}\n`;
}

function linesOf(id: string, found: readonly Entry[]): readonly string[] {
  const tests = found.filter((entry) => entry.id === id).map(({ title, where }) => `| ${id} | ${title.replaceAll('|', '\\|')} | ${where} |`);
  if (tests.length > 0) return tests;
  const reason = CANNOT_APPLY[id];
  if (reason !== undefined) return [`| ${id} | cannot apply: ${reason} | |`];
  return NOT_YET.includes(id) ? [`| ${id} | not yet | |`] : [];
}
