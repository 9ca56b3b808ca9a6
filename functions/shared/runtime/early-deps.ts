import { type Config, readConfig } from '../settings/config.ts';
import { createClock } from './clock.ts';
import { createHttpClient, type HttpClient } from './http-client.ts';

/** What a function can have before the AWS SDK is loaded. */
export interface EarlyDeps {
  readonly config: Config;
  readonly http: HttpClient;
  /** Milliseconds since 1970; never goes back. For ages and expiries. */
  readonly now: () => number;
  /** The wall clock as it is. For what others compare with their own clocks. */
  readonly wallClock: () => number;
}

/**
 * As Lambda has them: it sets `LAMBDA_TASK_ROOT` to the folder of the code.
 *
 * @throws ConfigError that names every mistake in the settings
 */
export function createEarlyDeps(): EarlyDeps {
  const now = createClock();
  return {
    config: readConfig(process.env['LAMBDA_TASK_ROOT'] ?? '.'),
    http: createHttpClient(now),
    now,
    wallClock: Date.now,
  };
}
