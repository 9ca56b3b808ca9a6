import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { VendingApi } from '../api/vending-api.ts';
import type { ProbeFunction } from '../functions/probe-function.ts';
import type { RotationFunction } from '../functions/rotation-function.ts';
import type { VendingFunction } from '../functions/vending-function.ts';
import type { ClientSecrets } from '../secrets/client-secrets.ts';
import type { ParsedEnvironment } from '../settings/environment.ts';
import { Alarms } from './alarms.ts';
import { addCallerAlarms } from './caller-alarms.ts';
import { addCredentialAlarms } from './credential-alarms.ts';
import { Dashboard } from './dashboard.ts';
import type { EncryptedLogs } from './encrypted-logs.ts';
import { EventLog } from './event-log.ts';
import { addFunctionAlarms } from './function-alarms.ts';
import { createFunctionMetric } from './function-metrics.ts';
import { LogMetrics } from './log-metrics.ts';
import { addProbeAlarms } from './probe-alarms.ts';
import { addProviderAlarms } from './provider-alarms.ts';
import { saveQueries } from './saved-queries.ts';
import { SecretWatch } from './secret-watch.ts';

export interface MonitoringProps {
  readonly environment: ParsedEnvironment;
  readonly logs: EncryptedLogs;
  /** The vending function's log. */
  readonly vendLog: ILogGroup;
  readonly accessLog: ILogGroup;
  readonly api: VendingApi;
  readonly vend: VendingFunction;
  readonly secrets: ClientSecrets;
  /** Undefined where there is no secret to rotate. */
  readonly rotation: RotationFunction | undefined;
  readonly prober: ProbeFunction | undefined;
}

/** Everything that watches an environment. It only composes. */
export class Monitoring extends Construct {
  /** The alarms that roll back a release. */
  readonly gate: readonly Alarm[];
  /** For whatever else wants one. */
  readonly alarms: Alarms;
  readonly events: EventLog;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { environment, logs, vendLog, accessLog, api, vend, secrets, rotation, prober } = props;
    const { name, providers } = environment;
    this.events = new EventLog(this, 'Events', { environmentName: name, logGroup: logs.createLogGroup('events') });
    // The prober is denied each secret in every run, and pages if it is not.
    const readers = [vend, rotation, prober].flatMap((reader) => reader?.role ?? []);
    const watched = { environmentName: environment.replicaOf ?? name, secrets, readers };
    new SecretWatch(this, 'SecretWatch', { ...watched, events: this.events });
    const logMetrics = new LogMetrics(this, 'Metrics', {
      environmentName: name,
      vend: vendLog,
      access: accessLog,
      events: this.events.logGroup,
    });
    const vendMetric = createFunctionMetric(this, vend.functionName);
    const { alarms: targets, runbookUrl } = environment;
    this.alarms = new Alarms(this, 'Alarms', { environmentName: name, alarms: targets, key: logs.key, runbookUrl });
    addCallerAlarms(this.alarms, logMetrics, api, name);
    addProviderAlarms(this.alarms, { environmentName: name, providers: providers.keys(), vendMetric, logMetrics });
    this.gate = addFunctionAlarms(this.alarms, logMetrics, vend.alias, vendMetric, environment);
    if (prober !== undefined) addProbeAlarms(this.alarms, prober, name);
    addCredentialAlarms(this.alarms, { environment, vendMetric, logMetrics, rotate: rotation?.lambda });
    new Dashboard(this, 'Dashboard', { environment, api, vend, vendMetric, logMetrics, alarms: this.alarms });
    saveQueries(this, name);
  }
}
