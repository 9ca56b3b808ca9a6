import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmBase,
  type AlarmProps,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import { AlarmTopics, type AlarmTopicsProps, type Severity } from './alarm-topics.ts';

/** What somebody reads who is told of an alarm. Markdown. */
export interface AlarmText {
  /** What it means, in one or two sentences. */
  readonly meaning: string;
  /** The first command to run. */
  readonly firstCommand: string;
  /** Heading of its entry in docs/runbook.md. Default: severity and name. */
  readonly entry?: string;
}

/** An alarm goes off above the threshold unless it says otherwise. What missing data means has to be said each time. */
export type AlarmOptions = AlarmText &
  Omit<AlarmProps, 'alarmName' | 'alarmDescription' | 'comparisonOperator' | 'treatMissingData'> &
  Required<Pick<AlarmProps, 'treatMissingData'>> &
  Partial<Pick<AlarmProps, 'comparisonOperator'>>;

/** Goes off while all of `parts` do. */
export interface CombinedAlarmOptions extends AlarmText {
  readonly parts: readonly AlarmBase[];
  /** While this one is on, nobody is told of the other, and for a while after. */
  readonly suppressedBy?: { readonly alarm: AlarmBase; readonly forAnother: Duration };
}

export interface AlarmsProps extends AlarmTopicsProps {
  /** Where docs/runbook.md can be read. */
  readonly runbookUrl: string | undefined;
}

/**
 * All alarms of an environment are made here: `token-vending-{environment}-{severity}-{name}`, with a description that says what to
 * do, and a message to the severity's target both when it goes off and when it is over.
 */
export class Alarms extends Construct {
  private readonly props: AlarmsProps;
  private readonly topics: AlarmTopics;
  private readonly made = new Map<string, AlarmBase>();

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.props = props;
    this.topics = new AlarmTopics(this, 'Topics', props);
  }

  /** Those that somebody is told of, by severity and name, in the order in which they were added. */
  matching(pattern: RegExp): readonly AlarmBase[] {
    return [...this.made].flatMap(([name, alarm]) => (pattern.test(name) ? [alarm] : []));
  }

  /** @param name lower-case words with hyphens, such as `credentials-old` */
  addAlarm(severity: Severity, name: string, options: AlarmOptions): Alarm {
    const alarm = this.createAlarm(severity, name, options);
    this.notify(severity, name, alarm);
    return alarm;
  }

  /** A part of a combined alarm. Nobody is told of it. */
  addPart(severity: Severity, name: string, options: AlarmOptions): Alarm {
    return this.createAlarm(severity, name, options);
  }

  addCombinedAlarm(
    severity: Severity,
    name: string,
    { parts, suppressedBy, ...text }: CombinedAlarmOptions,
  ): AlarmBase {
    const alarm = new CompositeAlarm(this, `${severity}-${name}`, {
      compositeAlarmName: this.nameOf(severity, name),
      alarmDescription: this.describe(severity, name, text),
      alarmRule: AlarmRule.allOf(...parts.map((part) => AlarmRule.fromAlarm(part, AlarmState.ALARM))),
      ...(suppressedBy && {
        actionsSuppressor: suppressedBy.alarm,
        actionsSuppressorWaitPeriod: Duration.minutes(1),
        actionsSuppressorExtensionPeriod: suppressedBy.forAnother,
      }),
    });
    this.notify(severity, name, alarm);
    return alarm;
  }

  private createAlarm(
    severity: Severity,
    name: string,
    { meaning, firstCommand, entry, ...props }: AlarmOptions,
  ): Alarm {
    const text = { meaning, firstCommand, ...(entry !== undefined && { entry }) };
    const alarm = new Alarm(this, `${severity}-${name}`, {
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      ...props,
      alarmName: this.nameOf(severity, name),
      alarmDescription: this.describe(severity, name, text),
    });
    return alarm;
  }

  private nameOf(severity: Severity, name: string): string {
    return `token-vending-${this.props.environmentName}-${severity}-${name}`;
  }

  private describe(severity: Severity, name: string, { meaning, firstCommand, entry }: AlarmText): string {
    const heading = entry ?? `${severity}-${name}`;
    const { runbookUrl } = this.props;
    const where = runbookUrl === undefined ? `docs/runbook.md, ${heading}` : `[Runbook](${runbookUrl}#${heading})`;
    return `${meaning}\n\nFirst:\n\n\`${firstCommand}\`\n\n${where}`;
  }

  private notify(severity: Severity, name: string, alarm: AlarmBase): void {
    this.made.set(`${severity}-${name}`, alarm);
    const topic = this.topics.bySeverity.get(severity);
    if (topic === undefined) return;
    alarm.addAlarmAction(new SnsAction(topic));
    alarm.addOkAction(new SnsAction(topic));
  }
}
