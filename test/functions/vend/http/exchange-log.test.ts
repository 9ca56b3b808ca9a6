import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Exchange, ExchangedToken } from '../../../../functions/shared/exchange/exchange.ts';
import { TokenError } from '../../../../functions/shared/runtime/errors.ts';
import { createLog } from '../../../../functions/shared/runtime/log.ts';
import { createMetricFields } from '../../../../functions/shared/runtime/metrics.ts';
import { parseProviders } from '../../../../functions/shared/settings/config.ts';
import { withExchangeLog } from '../../../../functions/vend/http/exchange-log.ts';
import { answerJson, answerToken } from '../../../support/scripted-provider.ts';
import { provider, useVending, vending } from '../../../support/vending-setup.ts';

useVending();

const exchangeLines = (): Record<string, unknown>[] =>
  vending.logLines.map((line) => JSON.parse(line)).filter(({ message }) => message === 'exchange');

const common = {
  message: 'exchange',
  timestamp: expect.any(String),
  lambdaRequestId: 'lambda-request',
  requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
  provider: 'prove',
  secretVersion: expect.any(String),
  function: 'the-function',
  _aws: {
    Timestamp: expect.any(Number),
    CloudWatchMetrics: [
      {
        Namespace: 'TokenVending',
        Dimensions: [['function'], ['function', 'provider']],
        Metrics: [
          { Name: 'ExchangeFailed', Unit: 'Count' },
          { Name: 'ExchangeMilliseconds', Unit: 'Milliseconds' },
        ],
      },
    ],
  },
};

describe('the log line of an exchange', () => {
  test('names the token by its fingerprint only, and the invocation that obtained it', async () => {
    provider.answerWith((response, request, count) => {
      vending.clock.advanceSeconds(0.25);
      return answerToken()(response, request, count);
    });
    await vending.vend();
    expect(exchangeLines()).toEqual([
      {
        ...common,
        level: 'info',
        outcome: 'token',
        fingerprint: createHash('sha256').update('token-1').digest('hex'),
        expiresInSeconds: 3599,
        milliseconds: 250,
        ExchangeFailed: 0,
        ExchangeMilliseconds: 250,
      },
    ]);
    expect(vending.logLines.join()).not.toContain('token-1');
  });

  test('says what the provider refused, also where a caller notices nothing', async () => {
    await vending.vend();
    provider.answerWith(answerJson(403, { message: 'Forbidden' }));
    vending.clock.advanceSeconds(2700);
    expect((await vending.vend()).headers['x-token-source']).toBe('memory-stale');
    expect(exchangeLines()[1]).toEqual({
      ...common,
      level: 'warn',
      outcome: 'provider_error',
      reason: 'unexpected_status',
      providerStatus: 403,
      milliseconds: 0,
      ExchangeFailed: 1,
      ExchangeMilliseconds: 0,
    });
  });

  test('is written for each try of a vend that is retried', async () => {
    provider.answerWith((response, request, count) =>
      (count === 1 ? answerJson(500, {}) : answerToken())(response, request, count),
    );
    expect((await vending.vend()).status).toBe(200);
    expect(exchangeLines().map(({ outcome }) => outcome)).toEqual(['temporarily_unavailable', 'token']);
  });

  test('is not written for a vend from memory', async () => {
    await vending.vend();
    await vending.vend();
    expect(exchangeLines()).toHaveLength(1);
  });
});

describe('at the log level "warn" and before the first invocation', () => {
  const lines: Record<string, unknown>[] = [];
  const [prove] = parseProviders({ prove: { tokenUrl: 'https://a.example/token', secretId: 's' } }, 'p').values();

  async function logged(exchange: Exchange): Promise<Record<string, unknown> | undefined> {
    lines.length = 0;
    const log = createLog(
      (line) => lines.push(JSON.parse(line)),
      'warn',
      () => 0,
    );
    const metric = createMetricFields('f', () => 0);
    const deps = { log, metric, invocation: () => undefined, now: () => 0 };
    const credentials = { versionId: 'v1' } as Parameters<Exchange>[1];
    await withExchangeLog(exchange, deps)(prove as Parameters<Exchange>[0], credentials, [], 0).catch(() => undefined);
    return lines[0];
  }

  test('an exchange that went well is written all the same', async () => {
    const token = { fingerprint: 'f1', expiresAtMs: undefined } as ExchangedToken;
    expect(await logged(async () => token)).toMatchObject({ level: 'info', outcome: 'token', fingerprint: 'f1' });
  });

  test('so is one that failed', async () => {
    const line = await logged(() => Promise.reject(new TokenError('provider_timeout')));
    expect(line).toMatchObject({ level: 'warn', outcome: 'provider_timeout', secretVersion: 'v1' });
  });
});
