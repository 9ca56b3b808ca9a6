import type { Exchange } from '../../shared/exchange/exchange.ts';
import type { Log, LogLevel } from '../../shared/runtime/log.ts';
import { type CreateMetricFields, metricNames } from '../../shared/runtime/metrics.ts';
import { asVendError, errorFields } from './errors.ts';

/** The ids of an invocation: Lambda's, and API Gateway's of the request that it answers. */
export interface InvocationIds {
  readonly lambdaRequestId: string | undefined;
  readonly requestId: string | undefined;
}

export interface ExchangeLogDeps {
  readonly log: Log;
  readonly metric: CreateMetricFields;
  /** The invocation that is running; undefined before the first. */
  readonly invocation: () => InvocationIds | undefined;
  /** Milliseconds since 1970; never goes back. */
  readonly now: () => number;
}

/**
 * Writes one log line per exchange, whatever the log level: with it a token's fingerprint leads to its provider and its
 * secret's version where no line per vend is written. A token appears only as its fingerprint.
 */
export function withExchangeLog(exchange: Exchange, { log, metric, invocation, now }: ExchangeLogDeps): Exchange {
  return async function loggedExchange(provider, credentials, scopes, deadlineMs) {
    const startedAtMs = now();
    const ids = invocation();
    const write = (level: LogLevel, fields: Readonly<Record<string, string | number | undefined>>) => {
      const milliseconds = Math.round(now() - startedAtMs);
      const secretVersion = credentials.versionId;
      const values = {
        [metricNames.exchangeFailed]: level === 'info' ? 0 : 1,
        [metricNames.exchangeMilliseconds]: milliseconds,
      };
      log({
        level,
        message: 'exchange',
        ...ids,
        ...fields,
        secretVersion,
        milliseconds,
        ...metric(values, { provider: provider.name }),
      });
    };
    try {
      const token = await exchange(provider, credentials, scopes, deadlineMs);
      const { fingerprint, expiresAtMs } = token;
      const expiresInSeconds = expiresAtMs === undefined ? undefined : Math.floor((expiresAtMs - now()) / 1000);
      write('info', { outcome: 'token', fingerprint, expiresInSeconds });
      return token;
    } catch (thrown) {
      const { error: outcome, ...details } = errorFields(asVendError(thrown));
      write('warn', { outcome, ...details });
      throw thrown;
    }
  };
}
