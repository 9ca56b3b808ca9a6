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
  coverageThreshold: {
    global: { statements: 96, branches: 92, functions: 96, lines: 97 },
    // Off by default, and most of it is for faults; `global` is what is left.
    './functions/vend/tokens/token-store/': { statements: 90, branches: 82, functions: 97, lines: 94 },
  },
};
