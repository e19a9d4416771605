import { defineConfig } from 'vitest/config';

// Real counterparts (Samba, xmlsec1, MIT clients) are started by the suites that need them; two workers fit two cores.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/property-seed.ts'],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
    pool: 'forks',
  },
});
