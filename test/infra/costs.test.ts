// The table of costs in docs/aws.md is the one that the script computes from its prices.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { costs, prices, table } from '../../infra/costs/costs.mjs';

describe('the costs', () => {
  it('in docs/aws.md are those that the script computes', () => {
    expect(readFileSync(join(import.meta.dirname, '../../docs/aws.md'), 'utf8')).toContain(table(prices()));
  });

  it('grow with the Deployments, by every part that depends on them', () => {
    const [few, many] = [10, 1000].map((deployments) => costs(deployments, 'lambda', prices()));
    for (const part of ['functions', 'workers', 'database', 'network', 'watching', 'rest']) expect(many?.[part]).toBeGreaterThan(few?.[part] ?? 0);
  });

  it('follow the prices', () => {
    const dear = { ...prices(), aurora: { perAcuHour: 1.2, perGbMonth: 1, perMillionIo: 2 } };
    expect(costs(100, 'fargate', dear)['database']).toBeCloseTo((costs(100, 'fargate', prices())['database'] ?? 0) * 10);
  });
});
