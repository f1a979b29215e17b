// The README's table of settings is the one of `--help`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SETTINGS } from '../../app/settings.mjs';

it('the README lists every setting with its flag, default and meaning', () => {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
  const rows = SETTINGS.map(({ env, flag, byDefault, about }) => `| \`${env}\` | ${flag === undefined ? '' : `\`--${flag}\``} | ${byDefault} | ${about} |`);
  for (const row of rows) expect(readme).toContain(row);
});
