import type { Log } from '../shared/runtime/log.ts';
import { type CreateMetricFields, metricNames } from '../shared/runtime/metrics.ts';
import type { Outcome, ProbeResult } from './probe-result.ts';

/** Writes a line per probe that has not passed, and one per run. The run's line shows that the prober is alive. */
export type LogProbes = (results: readonly ProbeResult[], milliseconds: number) => void;

export function createLogProbes(log: Log, metric: CreateMetricFields): LogProbes {
  return function logProbes(results, milliseconds) {
    for (const { probe, outcome, detail, milliseconds: ownMilliseconds } of results) {
      if (outcome === 'passed') continue;
      const name = outcome === 'not-refused' ? metricNames.probeRefusalMissing : metricNames.probeFailed;
      log({
        level: outcome === 'skipped' ? 'warn' : 'error',
        message: 'probe',
        outcome,
        detail,
        milliseconds: ownMilliseconds,
        ...(outcome === 'skipped' ? { probe } : metric({ [name]: 1 }, { probe })),
      });
    }
    const count = (outcome: Outcome) => results.filter((result) => result.outcome === outcome).length;
    log({
      level: 'info',
      message: 'probes',
      passed: count('passed'),
      failed: count('failed'),
      notRefused: count('not-refused'),
      milliseconds,
      // They add nothing to the sums. If they are missing, the prober has not run.
      ...metric({ [metricNames.probeFailed]: 0, [metricNames.probeRefusalMissing]: 0 }),
    });
  };
}
