// The three kinds of tests. `unit` needs nothing, `parts` needs PostgreSQL and Temporal, `e2e` needs real Flink.
import { defineConfig } from 'vitest/config';

const files = 'test/setup/temporary-files.ts';
const temporal = 'test/setup/temporal.ts';

export default defineConfig({
  test: {
    pool: 'forks',
    // Vitest leaves one core to itself, which on two leaves one.
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.parts.test.ts', 'test/e2e/**'],
          globalSetup: [files],
          testTimeout: 20_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['test/**/*.parts.test.ts'],
          globalSetup: [files, temporal, 'test/setup/python.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.e2e.test.ts'],
          globalSetup: [files, temporal],
          testTimeout: 180_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
