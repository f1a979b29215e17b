// Mutation testing of the decision, on demand: `npm run mutants`, or one file with `npm run mutants -- --mutate domain/learn.ts`.
export default {
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutants.config.ts', related: false },
  mutate: ['domain/**/*.ts', '!domain/**/*.schema.ts'],
  coverageAnalysis: 'perTest',
  concurrency: 2,
  timeoutMS: 60_000,
  thresholds: { high: 95, low: 90, break: 85 },
  reporters: ['clear-text', 'json', 'html'],
  jsonReporter: { fileName: 'coverage/mutants.json' },
  htmlReporter: { fileName: 'coverage/mutants.html' },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  tempDirName: 'coverage/mutants',
  ignorePatterns: ['.drey', 'docs', 'infra', 'bench', 'test/e2e'],
  // TypeScript 7 has no API that could rewrite it, and nothing reads it in the sandbox.
  tsconfigFile: 'none',
  allowConsoleColors: false,
  plugins: ['@stryker-mutator/vitest-runner'],
};
