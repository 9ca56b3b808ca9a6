import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createLog } from '../shared/runtime/log.ts';
import { createMetricFields } from '../shared/runtime/metrics.ts';
import type { Config } from '../shared/settings/config.ts';
import type { CallApi } from './api-client.ts';
import { createRunProbes } from './probe.ts';
import { createLogProbes } from './probe-log.ts';
import type { ProbeResult } from './probe-result.ts';

export interface ProbeFunctionDeps {
  readonly config: Config;
  readonly call: CallApi;
  readonly secretsManager: Pick<SecretsManagerClient, 'send'>;
  readonly lambda: Pick<LambdaClient, 'send'>;
  /** Of the vending function's alias. */
  readonly vendingFunctionArn: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Takes each log line with its line feed. */
  readonly write: (line: string) => void;
  /** A dimension of the metrics. */
  readonly functionName: string;
}

/** For the operator's command. A schedule does not read it. */
export interface ProbeReport {
  readonly results: readonly ProbeResult[];
}

/** Never throws because of what it finds: the metrics tell, and a second run at once would find the same. */
export type ProbeHandler = (event: unknown, context: { getRemainingTimeInMillis(): number }) => Promise<ProbeReport>;

/** As long as a caller may have to wait for a provider that needs several seconds, and not longer. */
const timeoutMs = 10_000;
/** Reserved from the invocation's time, so that what was found is still logged. */
const logReserveMs = 2_000;

/** Wires the prober. Between two runs it keeps only which scopes work, never a token. */
export function createProbeHandler(deps: ProbeFunctionDeps): ProbeHandler {
  const { config, call, now, random, sleep } = deps;
  const runProbes = createRunProbes({
    call,
    now,
    random,
    sleep,
    timeoutMs,
    providers: config.providers,
    secrets: { client: deps.secretsManager },
    vendingFunction: { client: deps.lambda, arn: deps.vendingFunctionArn },
  });
  const log = createLog(deps.write, config.logLevel, now);
  const logProbes = createLogProbes(log, createMetricFields(deps.functionName, now));
  return async function handle(_event, context) {
    const startedAtMs = now();
    const results = await runProbes(startedAtMs + context.getRemainingTimeInMillis() - logReserveMs);
    logProbes(results, Math.round(now() - startedAtMs));
    return { results };
  };
}
