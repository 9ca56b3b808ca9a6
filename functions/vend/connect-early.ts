import { guessServiceUrl } from '../shared/aws/service-endpoint.ts';
import { createEarlyDeps } from '../shared/runtime/early-deps.ts';

// Loaded before everything else: while the processor loads the AWS SDK, the handshakes are on their way.

/** @throws ConfigError, which ends the cold start with an error that names every mistake in the settings */
export const early = createEarlyDeps();

const { config, http } = early;
http.connect(guessServiceUrl(process.env, 'secretsmanager'));
if (config.tokenStore !== undefined) http.connect(guessServiceUrl(process.env, 'dynamodb'));
// With several providers nobody knows yet which one the first caller wants; with a token store, most instances want none.
const [provider, ...others] = config.providers.values();
const isOnly = provider !== undefined && others.length === 0;
if (isOnly && config.tokenStore === undefined) http.connect(provider.tokenUrl);
