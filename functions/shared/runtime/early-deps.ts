import { type Config, parseConfig } from '../settings/config.ts';
import { createClock } from './clock.ts';
import { createHttpClient, type HttpClient } from './http-client.ts';

/** What a function can have before the AWS SDK is loaded. */
export interface EarlyDeps {
  readonly config: Config;
  readonly http: HttpClient;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
}

/** As Lambda has them. @throws ConfigError that names every mistake in the settings */
export function createEarlyDeps(): EarlyDeps {
  const now = createClock();
  return { config: parseConfig(process.env), http: createHttpClient(now), now };
}
