import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'packages/*/tests/**/*.slow.test.ts',
      'pipelines/*/tests/**/*.slow.test.ts',
      'tests/**/*.slow.test.ts',
    ],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 60_000,
    reporters: ['default', './tests/totals-reporter.ts'],
  },
});
