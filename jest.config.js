// Tests run on the Node that runs in Lambda, as ES modules; types are stripped, not compiled (see test/support/strip-types.js).
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/support/strip-types.js' },
  setupFilesAfterEnv: ['<rootDir>/test/support/loopback-only.ts'],
  testTimeout: 30_000,
};
