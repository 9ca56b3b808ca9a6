import { join } from 'node:path';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { fingerprintOf } from '../functions/shared/exchange/access-token.ts';
import { readLeakedToken } from './leaked-token.ts';
import { describeError } from './operator-error.ts';
import { findEnvironment } from './target.ts';
import { createCloudWatchLogs } from './tracing/cloudwatch-logs.ts';
import { readLogFile } from './tracing/log-file.ts';
import { exitCodes, parseTraceOptions, type TraceOptions, usage } from './tracing/options.ts';
import { asJson, describeTrace } from './tracing/report.ts';
import { isFound, traceToken, type VendingLogs } from './tracing/trace-token.ts';

async function findLogs({ environment, directory, sinceMs }: TraceOptions): Promise<VendingLogs> {
  if (environment === 'local') return readLogFile(join(directory, 'vend.log'), sinceMs);
  const { region, logLevel } = findEnvironment(environment);
  const requestHandler = { connectionTimeout: 5_000, requestTimeout: 20_000 };
  const client = new CloudWatchLogsClient({ ...(region !== undefined && { region }), requestHandler });
  return createCloudWatchLogs(client, environment, { sinceMs, hasEveryVend: logLevel === 'info' });
}

async function run(args: readonly string[]): Promise<number> {
  const nowMs = Date.now();
  const options = parseTraceOptions(args, nowMs);
  if (options === undefined) {
    process.stdout.write(usage);
    return exitCodes.found;
  }
  const logs = await findLogs(options);
  const trace = await traceToken(logs, options.fingerprint ?? fingerprintOf(await readLeakedToken()), nowMs);
  process.stdout.write(options.isJson ? asJson(trace) : describeTrace(trace, options.environment));
  return isFound(trace) ? exitCodes.found : exitCodes.notFound;
}

try {
  process.exit(await run(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${describeError(error, 'CloudWatch Logs')}\n`);
  process.exit(exitCodes.failed);
}
