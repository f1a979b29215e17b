// Holds the tests against the tables of scenarios: no row is forgotten, and docs/scenarios.md says what is tested where.
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { entries, ROW_IDS, toDocument } from './ledger.ts';
import { CANNOT_APPLY, NOT_YET } from './rows/without-a-test.ts';

const found = entries();
const tested = new Set(found.map(({ id }) => id));

it('has a test or a reason for every row, except those that are still to come', () => {
  const excused = new Set([...Object.keys(CANNOT_APPLY), ...NOT_YET]);
  if (NOT_YET.length > 0) process.stderr.write(`scenario rows still without a test: ${NOT_YET.join(' ')}\n`);
  expect(ROW_IDS.filter((id) => !tested.has(id) && !excused.has(id))).toEqual([]);
});

it('excuses no row that has a test, and knows every id', () => {
  expect([...Object.keys(CANNOT_APPLY), ...NOT_YET].filter((id) => tested.has(id))).toEqual([]);
  expect([...tested, ...Object.keys(CANNOT_APPLY), ...NOT_YET].filter((id) => !ROW_IDS.includes(id))).toEqual([]);
});

it('gives every test of a row a name of its own', () => {
  const names = found.map(({ id, title, where }) => `${id} ${title} ${where}`);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

it('has at least 25 rows on real Flink 1.20.0, and upgrades on 2.3.0', () => {
  expect(found.filter(({ where }) => where.includes('real 1.20.0')).length).toBeGreaterThanOrEqual(25);
  expect(found.filter(({ id, where }) => id.startsWith('A') && where.includes('real 2.3.0')).length).toBeGreaterThanOrEqual(5);
});

it('is what docs/scenarios.md says', async () => {
  await expect(toDocument(found)).toMatchFileSnapshot(join(import.meta.dirname, '..', '..', 'docs', 'scenarios.md'));
});
