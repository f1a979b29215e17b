// Migrations use nothing that a pooler, Aurora or PGlite would not have.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { migrations } from '../../store/migrations/all.ts';

const folder = new URL('../../store/migrations/', import.meta.url);
const files = readdirSync(folder).filter((file) => file !== 'all.ts');

it('lists every migration under the name of its file, in order', () => {
  expect(Object.keys(migrations)).toEqual(files.map((file) => file.replace(/\.ts$/, '')).toSorted());
});

it.each(files)('%s uses plain tables, columns and b-trees only', (file) => {
  const text = readFileSync(new URL(file, folder), 'utf8');
  expect(text).not.toMatch(/\b(listen|notify|trigger|extension|function|sequence|nextval|(small|big)?serial|identity|using gin|using gist|partition)\b/i);
  expect(text).not.toMatch(/\b(text|uuid|integer|jsonb|bigint)\s*\[\]/i);
});
