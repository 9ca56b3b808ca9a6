import type { LogRecord } from '../../shared/runtime/log.ts';
import { type CreateMetricFields, metricNames } from '../../shared/runtime/metrics.ts';
import type { Fallback } from './obtain-token.ts';
import type { CurrentVersion } from './secret-reader.ts';

const dayMs = 86_400_000;

/** Callers suffer nothing, but somebody has to look: AWSCURRENT is refused, and another version serves. */
export function fallbackRecord({ provider, stage, secretVersion }: Fallback, metric: CreateMetricFields): LogRecord {
  return {
    level: 'warn',
    message: 'credentials-fallback',
    secretVersion,
    ...metric(metricNames.credentialsFallback, 1, { provider, stage }),
  };
}

/** How old the credentials are that were read. A metric for an alarm: nothing else makes anybody rotate them. */
export function credentialAgeRecord(current: CurrentVersion, metric: CreateMetricFields): LogRecord {
  const { secretId, versionId, ageMs } = current;
  const line: LogRecord = { level: 'info', message: 'credentials-read', secretId, secretVersion: versionId };
  if (ageMs === undefined) return line;
  const days = Math.floor((10 * ageMs) / dayMs) / 10;
  return { ...line, ...metric(metricNames.credentialAgeDays, days, { secretId }) };
}
