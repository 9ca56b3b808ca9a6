import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * Stands in for the SDK's chain of credential providers when the functions are bundled (`infra/bundling.ts`). Lambda puts
 * a function's credentials into the environment; the rest of the chain is a third of the bundle and never gets a turn.
 */
export const defaultProvider = fromEnv;
