import { Duration } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { metricNames } from '../../functions/shared/runtime/metrics.ts';
import type { ParsedEnvironment } from '../settings/environment.ts';
import type { Alarms } from './alarms.ts';
import type { FunctionMetric } from './function-metrics.ts';
import type { LogMetrics } from './log-metrics.ts';

export interface CredentialAlarmsProps {
  readonly environment: ParsedEnvironment;
  readonly vendMetric: FunctionMetric;
  readonly logMetrics: LogMetrics;
  /** Undefined where there is no secret to rotate. */
  readonly rotate: LambdaFunction | undefined;
}

/** Alarms on faults that callers do not notice, because they are served anyway. */
export function addCredentialAlarms(alarms: Alarms, props: CredentialAlarmsProps): void {
  const { environment, vendMetric, logMetrics, rotate } = props;
  const { name, credentialMaxAgeDays, tokenTable } = environment;
  const tail = (log: string, pattern: string) =>
    `aws logs tail /token-vending/${name}/${log} --since 1h --filter-pattern '{ ${pattern} }'`;
  const once = { threshold: 0, evaluationPeriods: 1, treatMissingData: TreatMissingData.NOT_BREACHING };
  const vendLine = (message: string) => tail('vend', `$.message = "${message}"`);
  alarms.addAlarm('ticket', 'credentials-fallback', {
    ...once,
    meaning: 'A provider refuses AWSCURRENT, and another version of the secret serves. Callers notice nothing.',
    firstCommand: vendLine('credentials-fallback'),
    metric: vendMetric(metricNames.credentialsFallback, 'Sum', Duration.minutes(5)),
  });
  alarms.addAlarm('ticket', 'secret-withdrawn', {
    ...once,
    meaning:
      'A secret is deleted, forbidden, or its key cannot be used. What instances remember serves for 15 minutes; then vends fail.',
    firstCommand: vendLine('secret-stale'),
    metric: vendMetric(metricNames.secretWithdrawn, 'Sum', Duration.minutes(1)),
  });
  alarms.addAlarm('ticket', 'credentials-old', {
    meaning: `Client credentials are older than ${credentialMaxAgeDays} days.`,
    firstCommand: vendLine('credentials-read'),
    metric: vendMetric(metricNames.credentialAgeDays, 'Maximum', Duration.hours(1)),
    threshold: credentialMaxAgeDays,
    evaluationPeriods: 1,
    // An age is recorded when a secret is read. An hour without a read makes no credentials younger.
    treatMissingData: TreatMissingData.IGNORE,
  });
  alarms.addAlarm('ticket', 'secret-touched', {
    ...once,
    meaning:
      'Somebody other than the functions read a secret, or changed who may read it, or deleted it or its key (tried to, where the event has an `errorCode`).',
    firstCommand: `aws logs tail /token-vending/${name}/events --since 1h`,
    metric: logMetrics.metric('SecretTouched', 'Sum', Duration.minutes(5)),
  });
  if (rotate !== undefined) {
    alarms.addAlarm('ticket', 'rotation-failed', {
      ...once,
      meaning: 'A rotation failed. The live credentials have not changed.',
      firstCommand: tail('rotate', '$.outcome = "failed"'),
      // A step that fails throws, so this counts crashes and timeouts as well.
      metric: rotate.metricErrors({ period: Duration.minutes(1) }),
    });
  }
  if (tokenTable !== undefined) {
    alarms.addAlarm('ticket', 'token-store-failing', {
      meaning:
        'The token table cannot be used: each instance obtains its own tokens, and providers get more exchanges.',
      firstCommand: vendLine('token-store-failed'),
      metric: vendMetric(metricNames.tokenStoreFailed, 'Sum', Duration.minutes(5)),
      threshold: 0,
      // One request that timed out is no outage.
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
