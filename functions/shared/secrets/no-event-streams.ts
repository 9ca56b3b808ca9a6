/**
 * Stands in for the SDK's event streams when the functions are bundled (`infra/bundling.ts`). Secrets Manager has none, and
 * that they are loaded on demand keeps the bundler from leaving out anything that they use.
 */
export {};
