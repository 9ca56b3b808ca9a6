import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  LogQueryWidget,
  MathExpression,
  Metric,
  SingleValueWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { metricNames } from '../../functions/shared/runtime/metrics.ts';
import type { VendingApi } from '../api/vending-api.ts';
import type { VendingFunction } from '../functions/vending-function.ts';
import type { ParsedEnvironment } from '../settings/environment.ts';
import type { Alarms } from './alarms.ts';
import { objective } from './caller-alarms.ts';
import type { FunctionMetric } from './function-metrics.ts';
import type { LogMetrics } from './log-metrics.ts';
import { logGroupOf, savedQueries } from './saved-queries.ts';

export interface DashboardProps {
  readonly environment: ParsedEnvironment;
  readonly api: VendingApi;
  readonly vend: VendingFunction;
  readonly vendMetric: FunctionMetric;
  readonly logMetrics: LogMetrics;
  readonly alarms: Alarms;
}

const width = 24;
const minutes = Duration.minutes(5);

/** One page per environment. Each section has its alarms on the left, beside what they are about. */
export class Dashboard extends Construct {
  private readonly props: DashboardProps;
  private readonly dashboard: CloudWatchDashboard;

  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    this.props = props;
    const { environment } = props;
    this.dashboard = new CloudWatchDashboard(this, 'Dashboard', {
      dashboardName: `token-vending-${environment.name}`,
      defaultInterval: Duration.hours(3),
    });
    this.addIsItUp();
    this.addProviders();
    this.addCallers();
    this.addCredentials();
    this.addCosts();
  }

  private addIsItUp(): void {
    const { logMetrics, api } = this.props;
    const failed = (period: Duration) => logMetrics.metric('VendFailed', 'Sum', period);
    const vends = (period: Duration) => logMetrics.metric('VendFailed', 'SampleCount', period);
    const month = Duration.days(30);
    const budget = new MathExpression({
      expression: `100 * (1 - FILL(failed, 0) / (${Math.round((1 - objective) * 1e6) / 1e6} * vends))`,
      usingMetrics: { failed: failed(month), vends: vends(month) },
      period: month,
      label: 'budget left, %',
    });
    this.addSection('Is it up?', /callers-fail|slow-answers|probe|function-crashes|own-fault|canary/, [
      new SingleValueWidget({
        title: `Budget, ${100 * objective} %, 30 days`,
        metrics: [budget],
        start: '-P30D',
        setPeriodToTimeRange: true,
        width: 4,
        height: 6,
      }),
      this.graph('Vends', [vends(minutes).with({ label: 'vends' })], 7, [failed(minutes).with({ label: 'failed' })]),
      this.graph(
        'Answer, ms',
        ['p50', 'p99'].map((stat) => api.metric('latency', stat, minutes)),
        7,
      ),
    ]);
  }

  private addProviders(): void {
    const { environment, vend } = this.props;
    const own = `TokenVending/${environment.name}`;
    const embedded = (name: string, dimension: string, statistic: string) =>
      searchFor('TokenVending', name, ['function', dimension], statistic, { function: vend.functionName });
    this.addSection('By provider', /provider|exchanges-failing|token-store/, [
      this.graph('Vends', [searchFor(own, 'Vends', ['path'], 'Sum')], 6),
      this.graph('Vends without a token', [searchFor(own, 'VendErrors', ['provider', 'error'], 'Sum')], 6),
      this.graph('Answers from memory, refresh overdue', [searchFor(own, 'StaleAnswers', ['provider'], 'Sum')], 6),
    ]);
    this.dashboard.addWidgets(
      this.graph('Exchanges', [embedded(metricNames.exchangeFailed, 'provider', 'SampleCount')], 6),
      this.graph('Exchanges that failed', [embedded(metricNames.exchangeFailed, 'provider', 'Sum')], 6),
      this.graph('Exchange, ms (p90)', [embedded(metricNames.exchangeMilliseconds, 'provider', 'p90')], 6),
      this.graph('Age of the credentials, days', [embedded(metricNames.credentialAgeDays, 'secretId', 'Maximum')], 6),
    );
  }

  private addCallers(): void {
    const { environment, logMetrics, vend, vendMetric } = this.props;
    const refused: IMetric[] = [
      logMetrics.metric('Throttled', 'Sum', minutes),
      vend.alias.metricThrottles({ period: minutes, statistic: 'Sum' }),
      ...(environment.callerLimit === undefined ? [] : [vendMetric(metricNames.callerLimited, 'Sum', minutes)]),
    ];
    this.addSection('By caller', /throttled|caller-limited/, [
      this.query('topCallers', 7),
      this.query('errorsByReason', 6),
      this.graph('Refused with 429', refused, 5),
    ]);
  }

  private addCredentials(): void {
    const { logMetrics, vendMetric, environment } = this.props;
    const events: IMetric[] = [
      logMetrics.metric('SecretTouched', 'Sum', minutes),
      vendMetric(metricNames.credentialsFallback, 'Sum', minutes),
      vendMetric(metricNames.secretWithdrawn, 'Sum', minutes),
      ...(environment.tokenTable === undefined ? [] : [vendMetric(metricNames.tokenStoreFailed, 'Sum', minutes)]),
    ];
    this.addSection('Credentials', /credentials|secret|rotation/, [
      this.graph('What should not happen', events, 9),
      this.query('whoTouchedTheSecret', 9),
    ]);
  }

  private addCosts(): void {
    const { api, vend, environment } = this.props;
    const bytes = (log: 'vend' | 'access') =>
      new Metric({
        namespace: 'AWS/Logs',
        metricName: 'IncomingBytes',
        dimensionsMap: { LogGroupName: logGroupOf(environment.name, log) },
        statistic: 'Sum',
        period: Duration.hours(1),
        label: log,
      });
    const hour = { period: Duration.hours(1) };
    this.addSection('What costs', undefined, [
      this.graph('Requests per hour', [api.metric('requests', 'Sum', hour.period)], 8),
      this.graph('Lambda, ms per hour', [vend.alias.metricDuration({ ...hour, statistic: 'Sum' })], 8),
      this.graph('Logs, bytes per hour', [bytes('vend'), bytes('access')], 8),
    ]);
  }

  private addSection(title: string, alarms: RegExp | undefined, widgets: IWidget[]): void {
    const { runbookUrl } = this.props.environment;
    const link = runbookUrl === undefined ? '' : ` [button:Runbook](${runbookUrl})`;
    this.dashboard.addWidgets(new TextWidget({ markdown: `## ${title}${link}`, width, height: 1 }));
    const status =
      alarms &&
      new AlarmStatusWidget({ title: 'Alarms', alarms: [...this.props.alarms.matching(alarms)], width: 6, height: 6 });
    this.dashboard.addWidgets(...(status === undefined ? [] : [status]), ...widgets);
  }

  private graph(title: string, left: IMetric[], size: number, right: IMetric[] = []): GraphWidget {
    return new GraphWidget({ title, left, right, width: size, height: 6, leftYAxis: { min: 0 } });
  }

  private query(name: keyof typeof savedQueries, size: number): LogQueryWidget {
    const { title, log, query } = savedQueries[name];
    return new LogQueryWidget({
      title,
      logGroupNames: [logGroupOf(this.props.environment.name, log)],
      queryLines: [...query],
      width: size,
      height: 6,
    });
  }
}

/** A line for each combination of the dimensions' values that there is: a new provider needs no change. */
function searchFor(
  namespace: string,
  metricName: string,
  dimensions: readonly string[],
  statistic: string,
  fixed: Readonly<Record<string, string>> = {},
): MathExpression {
  const schema = [JSON.stringify(namespace), ...dimensions].join(',');
  const conditions = Object.entries({ MetricName: metricName, ...fixed }).map(([name, value]) => `${name}="${value}"`);
  return new MathExpression({
    expression: `SEARCH('{${schema}} ${conditions.join(' ')}', '${statistic}', 300)`,
    usingMetrics: {},
    label: '',
    period: minutes,
  });
}
