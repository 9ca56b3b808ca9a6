import { setTimeout } from 'node:timers/promises';
import {
  type CloudWatchLogsClient,
  GetQueryResultsCommand,
  ResourceNotFoundException,
  StartQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { OperatorError } from '../operator-error.ts';

/** Field → value, without the fields that a row lacks. */
export type Row = Readonly<Record<string, string | undefined>>;

export interface Query {
  readonly logGroup: string;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
}

const pollMs = 500;
const timeoutMs = 10 * 60_000;

/**
 * Runs a query of CloudWatch Logs Insights to its end.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html
 *
 * @throws OperatorError if there is no such log group, or the query does not complete
 */
export async function runQuery(client: CloudWatchLogsClient, { logGroup, text, fromMs, toMs }: Query): Promise<Row[]> {
  const command = new StartQueryCommand({
    logGroupName: logGroup,
    queryString: text,
    startTime: Math.floor(fromMs / 1000),
    endTime: Math.ceil(toMs / 1000),
  });
  const { queryId } = await client.send(command).catch((error: unknown) => {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    throw new OperatorError(`There is no log group ${logGroup} in this account and region.`);
  });
  const giveUpAtMs = Date.now() + timeoutMs;
  for (;;) {
    const { status, results = [] } = await client.send(new GetQueryResultsCommand({ queryId }));
    if (status === 'Complete') {
      return results.map((row) => Object.fromEntries(row.map(({ field = '', value }) => [field, value])));
    }
    const isRunning = status === 'Running' || status === 'Scheduled' || status === 'Unknown';
    if (!isRunning || Date.now() > giveUpAtMs) {
      throw new OperatorError(
        `The query of ${logGroup} did not complete (${status}). Try again with a shorter --since.`,
      );
    }
    await setTimeout(pollMs);
  }
}

/** @returns milliseconds since 1970, of a time as Insights writes it: `2026-12-01 02:46:19.000` (UTC), or a number */
export function parseTime(value = ''): number {
  return /^[\d.eE+]+$/.test(value) ? Number(value) : Date.parse(`${value.replace(' ', 'T')}Z`);
}
