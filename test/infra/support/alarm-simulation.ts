import type { Template } from 'aws-cdk-lib/assertions';
import { evaluateMetricMath, type Value } from './metric-math.ts';

/** So many samples of a value in one minute. */
export interface Samples {
  readonly metric: string;
  /** Values of the dimensions, apart from the function's name. */
  readonly of?: string;
  readonly value: number;
  readonly count: number;
}

interface MetricStat {
  readonly Metric: {
    readonly MetricName: string;
    readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
  };
  readonly Stat: string;
  readonly Period: number;
}

interface AlarmProperties {
  readonly AlarmName: string;
  readonly Threshold: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly TreatMissingData: string;
  readonly ComparisonOperator: string;
  readonly Metrics?: readonly {
    readonly Id: string;
    readonly Expression?: string;
    readonly ReturnData?: boolean;
    readonly MetricStat?: MetricStat;
  }[];
  readonly MetricName?: string;
  readonly Dimensions?: MetricStat['Metric']['Dimensions'];
  readonly Statistic?: string;
  readonly ExtendedStatistic?: string;
  readonly Period?: number;
}

/** One alarm of a template over time: CloudWatch evaluates it each minute, over periods that end then. */
class SimulatedAlarm {
  isOn = false;
  private readonly alarm: AlarmProperties;

  constructor(alarm: AlarmProperties) {
    if (alarm.ComparisonOperator !== 'GreaterThanThreshold')
      throw new Error(`${alarm.ComparisonOperator} is not known here`);
    this.alarm = alarm;
  }

  /** @param minutes the samples of each minute until now */
  evaluate(minutes: readonly (readonly Samples[])[]): void {
    const { EvaluationPeriods: periods, DatapointsToAlarm: needed = periods, Threshold, TreatMissingData } = this.alarm;
    const values = Array.from({ length: periods }, (_, index) => this.valueOf(minutes, index));
    const known = values.filter((value) => value !== undefined);
    if (known.length === 0 && TreatMissingData === 'ignore') return;
    const missing = TreatMissingData === 'breaching' ? periods - known.length : 0;
    this.isOn = known.filter((value) => value > Threshold).length + missing >= needed;
  }

  private valueOf(minutes: readonly (readonly Samples[])[], index: number): Value {
    const { Metrics, MetricName, Dimensions, Statistic, ExtendedStatistic, Period } = this.alarm;
    if (Metrics === undefined) {
      const Metric = { MetricName: MetricName ?? '', Dimensions: Dimensions ?? [] };
      return statisticOf({ Metric, Stat: Statistic ?? ExtendedStatistic ?? '', Period: Period ?? 0 }, minutes, index);
    }
    const stats = Metrics.flatMap(({ Id, MetricStat: stat }) =>
      stat === undefined ? [] : [[Id, statisticOf(stat, minutes, index)] as const],
    );
    const [result] = Metrics.filter(({ Expression, ReturnData }) => Expression !== undefined && ReturnData !== false);
    return evaluateMetricMath(result?.Expression ?? '', new Map(stats));
  }
}

function statisticOf(
  { Metric, Stat, Period }: MetricStat,
  minutes: readonly (readonly Samples[])[],
  index: number,
): Value {
  const length = Period / 60;
  const end = minutes.length - index * length;
  const own = (Metric.Dimensions ?? []).filter(({ Name }) => Name !== 'function').map(({ Value: value }) => value);
  const samples = minutes
    .slice(Math.max(0, end - length), Math.max(0, end))
    .flat()
    .filter(({ metric, of, count }) => metric === Metric.MetricName && of === own[0] && count > 0);
  if (samples.length === 0) return undefined;
  const count = samples.reduce((sum, sample) => sum + sample.count, 0);
  const sum = samples.reduce((total, sample) => total + sample.value * sample.count, 0);
  if (Stat === 'Sum') return sum;
  if (Stat === 'SampleCount') return count;
  if (Stat === 'Average') return sum / count;
  if (Stat === 'Maximum') return Math.max(...samples.map(({ value }) => value));
  if (Stat === 'Minimum') return Math.min(...samples.map(({ value }) => value));
  throw new Error(`The statistic ${Stat} is not known here`);
}

export interface Notification {
  /** Without `token-vending-{environment}-`. */
  readonly alarm: string;
  readonly minute: number;
  readonly isOn: boolean;
}

/** Who would be told when, if the metrics had these samples minute by minute, starting with an alarm that is off. */
export function simulateAlarms(
  template: Template,
  samplesAt: (minute: number) => readonly Samples[],
  minuteCount: number,
): Notification[] {
  const simple = resourcesOf(template, 'AWS::CloudWatch::Alarm').filter(([, alarm]) =>
    canSimulate(alarm as unknown as AlarmProperties),
  );
  const alarms = new Map(simple.map(([id, alarm]) => [id, new SimulatedAlarm(alarm as unknown as AlarmProperties)]));
  const combined = resourcesOf(template, 'AWS::CloudWatch::CompositeAlarm');
  const told = new Map<string, boolean>();
  const lastOn = new Map<string, number>();
  const minutes: (readonly Samples[])[] = [];
  const notifications: Notification[] = [];
  const names = new Map([...simple, ...combined].map(([id, { AlarmName }]) => [id, String(AlarmName)]));
  const isPart = new Set(combined.flatMap(([, { AlarmRule }]) => referencesIn(AlarmRule)));

  function tell(id: string, isOn: boolean, minute: number): void {
    if (isPart.has(id) || (told.get(id) ?? false) === isOn) return;
    told.set(id, isOn);
    notifications.push({ alarm: (names.get(id) ?? '').replace(/^token-vending-[a-z]+-/, ''), minute, isOn });
  }

  for (let minute = 0; minute < minuteCount; minute += 1) {
    minutes.push(samplesAt(minute));
    for (const [id, alarm] of alarms) {
      alarm.evaluate(minutes);
      tell(id, alarm.isOn, minute);
    }
    for (const [id, { AlarmRule, ActionsSuppressor, ActionsSuppressorExtensionPeriod = 0 }] of combined) {
      const isOn = referencesIn(AlarmRule).every((part) => alarms.get(part)?.isOn === true);
      if (isOn) lastOn.set(id, minute);
      const [suppressor] = referencesIn(ActionsSuppressor);
      const since = minute - (lastOn.get(suppressor ?? '') ?? Number.NEGATIVE_INFINITY);
      if (suppressor === undefined || since * 60 > Number(ActionsSuppressorExtensionPeriod)) tell(id, isOn, minute);
    }
  }
  return notifications;
}

function canSimulate({ ExtendedStatistic, MetricName }: AlarmProperties): boolean {
  return ExtendedStatistic === undefined && MetricName !== 'Errors';
}

type Properties = Readonly<Record<string, unknown>>;

function resourcesOf(template: Template, type: string): [string, Properties][] {
  return Object.entries(template.findResources(type)).map(([id, { Properties }]) => [id, Properties]);
}

/** The logical ids in a rule, all of which have to be on: nothing but `AND` may be between them. */
function referencesIn(value: unknown): string[] {
  if (typeof value === 'string' && /\b(OR|NOT)\b/.test(value)) throw new Error(`${value} is not known here`);
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== 'object' || value === null) return [];
  const { 'Fn::GetAtt': attribute, ...others } = value as Record<string, unknown>;
  return Array.isArray(attribute) ? [String(attribute[0])] : Object.values(others).flatMap(referencesIn);
}
