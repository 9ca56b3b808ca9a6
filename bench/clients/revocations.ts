import type { Language } from '../../test/clients/languages.ts';
import { startProviderApi } from '../../test/clients/support/provider-api.ts';
import { countFailures, withClient } from './client-under-test.ts';

export interface Revocations {
  readonly calls: number;
  /** Calls that the API refused in the end. */
  readonly failed: number;
  readonly revoked: number;
  readonly reports: number;
}

const hourMs = 3_600_000;
const revocationMs = 300_000;
const callMs = 10_000;
const callers = 10;

/**
 * An hour, by a clock that jumps, in which ten callers at once call an API every ten seconds, and the API revokes the token in
 * use every five minutes.
 */
export function measureRevocations(language: Language): Promise<Revocations> {
  return withClient(language, hourMs / 1_000, async ({ driver, service }) => {
    const api = await startProviderApi();
    const counts = { calls: 0, failed: 0, revoked: 0 };
    for (let atMs = 0; atMs < hourMs; atMs += callMs) {
      const last = api.requests.at(-1)?.fingerprint;
      if (atMs % revocationMs === 0 && last !== undefined) {
        api.revoke(last);
        counts.revoked += 1;
      }
      const { results } = await driver.send('request', { provider: 'prove', url: api.url, times: callers });
      counts.calls += callers;
      counts.failed += countFailures(results);
      await driver.send('advance', { ms: callMs });
    }
    await api.close();
    return { ...counts, reports: service.reports };
  });
}
