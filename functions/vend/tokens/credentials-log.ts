import type { TokenError } from '../../shared/runtime/errors.ts';
import type { LogRecord } from '../../shared/runtime/log.ts';
import { type CreateMetricFields, metricNames } from '../../shared/runtime/metrics.ts';
import { isCertain } from '../../shared/secrets/secret-errors.ts';
import type { Fallback } from './obtain-token.ts';
import type { CurrentVersion } from './secret-reader.ts';

const dayMs = 86_400_000;

/** Callers notice nothing, but somebody has to look: AWSCURRENT is refused, and another version serves. */
export function fallbackRecord({ provider, stage, secretVersion }: Fallback, metric: CreateMetricFields): LogRecord {
  return {
    level: 'warn',
    message: 'credentials-fallback',
    secretVersion,
    ...metric({ [metricNames.credentialsFallback]: 1 }, { provider, stage }),
  };
}

/** How old the credentials are. A metric for an alarm: nothing else reminds anybody to rotate them. */
export function credentialAgeRecord(current: CurrentVersion, metric: CreateMetricFields): LogRecord {
  const { secretId, versionId, ageMs } = current;
  const line: LogRecord = { level: 'info', message: 'credentials-read', secretId, secretVersion: versionId };
  if (ageMs === undefined) return line;
  const days = Math.floor((10 * ageMs) / dayMs) / 10;
  return { ...line, ...metric({ [metricNames.credentialAgeDays]: days }, { secretId }) };
}

/**
 * The last good value of a secret serves because it could not be read. Where Secrets Manager says for certain that it is gone or
 * forbidden, it serves for 15 minutes only: a metric for an alarm.
 */
export function staleSecretRecord({ reason, details }: TokenError, metric: CreateMetricFields): LogRecord {
  const line: LogRecord = { level: 'warn', message: 'secret-stale', reason, ...details };
  const secretId = String(details['secretId']);
  return isCertain(reason) ? { ...line, ...metric({ [metricNames.secretWithdrawn]: 1 }, { secretId }) } : line;
}

/** The table cannot be used: for 10 s this instance obtains its own tokens. A metric for an alarm. */
export function storeFailureRecord(errorName: string, metric: CreateMetricFields): LogRecord {
  return { level: 'warn', message: 'token-store-failed', errorName, ...metric({ [metricNames.tokenStoreFailed]: 1 }) };
}
