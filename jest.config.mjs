// Native ES modules: local/run-tests.ts sets --experimental-vm-modules.
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // They need real pods: npm run test:real.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/real/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  // Longer than anything that a test waits for (test/support/eventually.ts), which says what there was instead.
  testTimeout: 300_000,
  // Of a small machine: a third makes it hardly quicker, and every wait long.
  maxWorkers: 2,
  // Of test.concurrent in one file: these wait for dead workers to be missed.
  maxConcurrency: 6,
  testSequencer: '<rootDir>/jest.test-order.mjs',
};
