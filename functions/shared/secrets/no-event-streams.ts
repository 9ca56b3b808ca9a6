/**
 * Stands in for the SDK's event streams when the functions are bundled (`infra/bundling.ts`). Secrets Manager has none, and
 * that they are loaded on demand keeps the bundler from leaving out anything that they use. Lambda's client sets them up for
 * an operation that no function calls.
 */
export const eventStreamSerdeProvider = (): undefined => undefined;

export const resolveEventStreamSerdeConfig = <Config>(config: Config): Config => config;
