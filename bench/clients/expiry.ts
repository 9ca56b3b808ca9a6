import type { Language } from '../../test/clients/languages.ts';
import { countFailures, withClient } from './client-under-test.ts';

export interface Expiry {
  readonly callers: number;
  /** That reached the vending service when the token had expired. */
  readonly requests: number;
  readonly failed: number;
}

const lifetimeSeconds = 3600;

/** Lets so many callers ask at once for a token that has just expired. */
export function measureExpiry(language: Language, callers: number): Promise<Expiry> {
  return withClient(language, lifetimeSeconds, async ({ driver, service }) => {
    await driver.send('getToken', { provider: 'prove' });
    await driver.send('advance', { ms: lifetimeSeconds * 1_000 });
    const before = service.requests;
    const { results } = await driver.send('getToken', { provider: 'prove', times: callers });
    return { callers, requests: service.requests - before, failed: countFailures(results) };
  });
}
