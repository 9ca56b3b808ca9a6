import { Duration } from 'aws-cdk-lib';
import { type Alarm, type AlarmBase, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { VendingApi } from '../api/vending-api.ts';
import type { Alarms } from './alarms.ts';
import type { LogMetrics } from './log-metrics.ts';

/** The share of vends that are answered with a token, or with an error that is the caller's own. */
export const objective = 0.999;

interface Burn {
  readonly name: string;
  /** How many times as fast as the objective allows. */
  readonly rate: number;
  readonly longHours: number;
  readonly shortMinutes: number;
  /** Fewer failures than this are no outage, however few vends there are. */
  readonly minFailures: number;
  readonly meaning: string;
}

/**
 * Two windows each: the long one says that it matters, the short one that it goes on, so that the alarm is over soon after the
 * outage. The rates are those of Google's SRE workbook (Alerting on SLOs): 2 % of a month's budget in an hour, 5 % in six.
 */
const fast: Burn = {
  name: 'callers-fail-fast',
  rate: 14.4,
  longHours: 1,
  shortMinutes: 5,
  minFailures: 3,
  meaning: 'Callers get no tokens: in the last hour more than 1.44 % of the vends failed (5xx), and they still fail.',
};
const slow: Burn = {
  name: 'callers-fail-slowly',
  rate: 6,
  longHours: 6,
  shortMinutes: 30,
  minFailures: 5,
  meaning:
    'Some callers get no tokens: in the last 6 hours more than 0.6 % of the vends failed (5xx), and they still fail.',
};

/** The alarms on what callers notice. */
export function addCallerAlarms(alarms: Alarms, metrics: LogMetrics, api: VendingApi, environmentName: string): void {
  const firstCommand = `aws logs tail /token-vending/${environmentName}/vend --since 15m --filter-pattern '{ $.status >= 500 }'`;

  function addBurnAlarm(burn: Burn, suppressor?: AlarmBase): AlarmBase {
    const entry = `page-${burn.name}`;
    const common = { entry, firstCommand, evaluationPeriods: 1 };
    const share = Math.round(burn.rate * (1 - objective) * 1e6) / 1e6;
    const long = alarms.addPart('page', `${burn.name}-${burn.longHours}h`, {
      ...common,
      meaning: `Half of ${entry}, which says whether it goes on. Notifies nobody.`,
      metric: longWindow(burn, share),
      threshold: 0,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    const short = alarms.addPart('page', `${burn.name}-${burn.shortMinutes}m`, {
      ...common,
      meaning: `Half of ${entry}, which says whether it matters. Notifies nobody.`,
      metric: metrics.metric('VendFailed', 'Average', Duration.minutes(burn.shortMinutes)),
      threshold: share,
      // Where nobody vends, nothing says that it is over.
      treatMissingData: TreatMissingData.IGNORE,
    });
    const suppressedBy = suppressor && { alarm: suppressor, forAnother: Duration.minutes(burn.shortMinutes) };
    const text = { meaning: burn.meaning, firstCommand, parts: [long, short] as Alarm[] };
    return alarms.addCombinedAlarm('page', burn.name, { ...text, ...(suppressedBy && { suppressedBy }) });
  }

  function longWindow({ longHours, minFailures }: Burn, share: number): MathExpression {
    const period = Duration.hours(longHours);
    return new MathExpression({
      // Without a division: it would have no value where there are no vends.
      expression: `IF(failed >= ${minFailures} AND failed > ${share} * vends, 1, 0)`,
      usingMetrics: {
        failed: metrics.metric('VendFailed', 'Sum', period),
        vends: metrics.metric('VendFailed', 'SampleCount', period),
      },
      period,
      label: 'failing',
    });
  }

  addBurnAlarm(slow, addBurnAlarm(fast));
  alarms.addAlarm('ticket', 'slow-answers', {
    meaning:
      'The slowest answers took more than 3 s for 15 minutes (99th percentile, callers’ own network not included).',
    firstCommand: `aws logs tail /token-vending/${environmentName}/vend --since 15m --filter-pattern '{ $.milliseconds > 3000 }'`,
    metric: api.metric('latency', 'p99', Duration.minutes(5)),
    threshold: 3000,
    evaluationPeriods: 3,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
}
