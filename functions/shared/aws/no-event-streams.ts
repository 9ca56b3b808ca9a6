/**
 * Stands in for the SDK's event streams when the functions are bundled (`infra/bundling.ts`). The operations that they call have
 * none. Loaded on demand, event streams would keep the bundler from leaving out anything that they use. Lambda's client sets
 * them up for an operation that no function calls.
 */
export const eventStreamSerdeProvider = (): undefined => undefined;

export const resolveEventStreamSerdeConfig = <Config>(config: Config): Config => config;
