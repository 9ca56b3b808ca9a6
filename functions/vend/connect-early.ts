import { createEarlyDeps } from '../shared/runtime/early-deps.ts';
import { secretsManagerUrl } from '../shared/secrets/secrets-manager-url.ts';

// Loaded before everything else: while the processor loads the AWS SDK, the handshakes are on their way.

/** @throws ConfigError, which ends the cold start with an error that names every mistake in the settings */
export const early = createEarlyDeps();

early.http.connect(secretsManagerUrl(process.env));
// With several providers nobody knows yet which one the first caller wants.
const [provider, ...others] = early.config.providers.values();
if (provider !== undefined && others.length === 0) early.http.connect(provider.tokenUrl);
