// Tests run on the Node that runs in Lambda, as ES modules; types are stripped, not compiled (see test/support/strip-types.js).
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/support/strip-types.js' },
  setupFilesAfterEnv: ['<rootDir>/test/support/loopback-only.ts'],
  testTimeout: 30_000,
  // A worker keeps every module that its tests have loaded, of which the CDK is large. Beyond this it is replaced: collecting
  // garbage would take longer than the tests.
  maxWorkers: '100%',
  workerIdleMemoryLimit: '1GB',
  // Applies only with --coverage, which `npm test` gives: a run of single files must not fail for what it leaves out.
  // Istanbul, jest's default, rather than V8's counters, which count comments as statements and double the processor time of
  // the tests (`test/functions test/faults`: 13 s without, 15 s with Istanbul, 28 s with V8).
  collectCoverageFrom: ['functions/**/*.ts'],
  coverageReporters: ['text-summary'],
  // What runs only in other processes counts as not covered: the entry points, and what the operator's commands call.
  coverageThreshold: { global: { statements: 94, branches: 89, functions: 95, lines: 96 } },
};
