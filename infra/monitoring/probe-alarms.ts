import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { metricNames } from '../../functions/shared/runtime/metrics.ts';
import { type ProbeFunction, probeInterval } from '../functions/probe-function.ts';
import type { Alarms } from './alarms.ts';
import { createFunctionMetric } from './function-metrics.ts';

/** Alarms on what the prober finds. Every run writes both metrics, as 0 where all is well. */
export function addProbeAlarms(alarms: Alarms, { lambda }: ProbeFunction, environmentName: string): void {
  const metric = createFunctionMetric(alarms, lambda.functionName);
  const firstCommand = `aws logs tail /token-vending/${environmentName}/probe --since 30m --filter-pattern '{ $.message = "probe" }'`;
  alarms.addAlarm('page', 'probe-failed', {
    meaning: 'The prober gets no token, or not as documented, in two of three runs; or it does not run at all.',
    firstCommand,
    metric: metric(metricNames.probeFailed, 'Sum', probeInterval),
    threshold: 0,
    // One request that was lost is no outage.
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
    treatMissingData: TreatMissingData.BREACHING,
  });
  alarms.addAlarm('page', 'probe-not-refused', {
    meaning: 'Something that must be refused was not: an unsigned request, a foreign one, or a direct way to a secret.',
    firstCommand,
    metric: metric(metricNames.probeRefusalMissing, 'Sum', probeInterval),
    threshold: 0,
    evaluationPeriods: 1,
    // `probe-failed` tells of a prober that does not run.
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
}
