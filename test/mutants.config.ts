// The tests that mutation testing runs for each mutant: the fast ones of the domain. The laws and the model check are left out: they take
// long, and what they alone would notice should have a sentence of its own.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/domain/**/*.test.ts'],
    exclude: ['test/domain/model.test.ts', 'test/domain/**/*laws.test.ts'],
    pool: 'threads',
  },
});
