// The table of costs in docs/aws.md is the one that the script computes from its prices.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const table = execFileSync(process.execPath, [join(ROOT, 'infra/costs/costs.mjs')], { encoding: 'utf8' }).trim();

/** Dollars of one line: idle, 10, 100 and 1,000 Deployments. */
function amounts(line: string): readonly number[] {
  const cells = line.split('|').slice(2, -1);
  return cells.map((cell) => Number(cell.replaceAll('*', '')));
}

describe('the costs', () => {
  it('in docs/aws.md are those that the script computes', () => {
    expect(readFileSync(join(ROOT, 'docs/aws.md'), 'utf8')).toContain(table);
  });

  it('never fall with more Deployments, and are more than the sum of nothing', () => {
    const lines = table.split('\n').slice(2);
    expect(lines.length).toBe(10);
    for (const line of lines) {
      const dollars = amounts(line);
      expect(
        dollars.toSorted((a, b) => a - b),
        line,
      ).toEqual(dollars);
      expect(Math.min(...dollars), line).toBeGreaterThan(0);
    }
  });
});
