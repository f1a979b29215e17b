// Names made from free text (D14).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slugName } from '../../domain/scalar.schema.ts';
import { toSlug } from '../../domain/slug.ts';

describe('toSlug', () => {
  it.each([
    ['TopSpeedWindowing Example', 1, 'topspeedwindowing-example'],
    ['  Fraud  Détection! ', 1, 'fraud-detection'],
    ['Fraud Detection', 3, 'fraud-detection-3'],
    ['INSERT INTO x SELECT * FROM y', 1, 'insert-into-x-select-from-y'],
    ['日本語', 1, 'deployment'],
    ['---', 2, 'deployment-2'],
    [`${'a'.repeat(62)} b`, 1, 'a'.repeat(62)],
    ['a'.repeat(80), 12, `${'a'.repeat(60)}-12`],
  ])('makes of "%s" (%i) %s', (text, attempt, slug) => {
    expect(toSlug(text, attempt)).toBe(slug);
  });

  it('always makes a name that is accepted', () => {
    fc.assert(fc.property(fc.string(), fc.integer({ min: 1, max: 1000 }), (text, attempt) => slugName.safeParse(toSlug(text, attempt)).success));
  });
});
