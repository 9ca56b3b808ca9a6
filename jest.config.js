// Tests run on the Node that runs in Lambda, as ES modules; types are stripped, not compiled (see test/support/strip-types.js).
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/support/strip-types.js' },
  setupFilesAfterEnv: ['<rootDir>/test/support/loopback-only.ts'],
  testTimeout: 30_000,
  // Counted only where --coverage is given, as `npm test` does: a run of single files must not fail for what it leaves out.
  // Jest's default, Istanbul, and not V8's counters: those double the processor time of the tests (13 s of
  // `test/functions test/faults` become 28 s, with Istanbul 15 s) and count comments as statements.
  collectCoverageFrom: ['functions/**/*.ts'],
  coverageReporters: ['text-summary'],
  coverageThreshold: { global: { statements: 95, branches: 91, functions: 96, lines: 97 } },
};
