import { setTimeout } from 'node:timers/promises';
import { createApiClient } from '../functions/probe/api-client.ts';
import { createRunProbes } from '../functions/probe/probe.ts';
import type { ProbeResult } from '../functions/probe/probe-result.ts';
import { describeError } from './operator-error.ts';
import { askDeployedProber } from './probe/deployed-prober.ts';
import { exitCodes, type ProbeOptions, parseProbeOptions, usage } from './probe/options.ts';
import { findDeployedTarget, findLocalTarget } from './probe/probe-target.ts';
import { describeResults, exitCodeOf, withoutOwnRights } from './probe/report.ts';

/** As long as the deployed prober has. */
const runMs = 240_000;

async function probeFromHere(options: ProbeOptions): Promise<readonly ProbeResult[]> {
  const find = options.environment === 'local' ? findLocalTarget : findDeployedTarget;
  const { isCaller, ...target } = await find(options);
  const runProbes = createRunProbes({
    ...target,
    call: createApiClient(target),
    now: Date.now,
    random: Math.random,
    sleep: (ms) => setTimeout(ms),
    timeoutMs: options.timeoutMs,
  });
  const results = await runProbes(Date.now() + runMs);
  return isCaller ? results : withoutOwnRights(results);
}

async function run(args: readonly string[]): Promise<number> {
  const options = parseProbeOptions(args);
  if (options === undefined) {
    process.stdout.write(usage);
    return exitCodes.passed;
  }
  const results = options.isDeployed ? await askDeployedProber(options.environment) : await probeFromHere(options);
  process.stdout.write(options.isJson ? `${JSON.stringify({ results })}\n` : describeResults(results));
  return exitCodeOf(results);
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${describeError(error, 'AWS')}\n`);
  process.exitCode = exitCodes.cannotRun;
}
