import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { OperatorError } from '../operator-error.ts';
import { parseTime, type Row, runQuery } from './insights.ts';
import type { Receipt, VendingLogs } from './trace-token.ts';

/** More callers than this would be cut off without a word: it is the most that Insights gives. */
const maxRows = 10_000;

const sums = 'stats count(*) as times, min(@timestamp) as firstMs, max(@timestamp) as lastMs';

/** The log groups of a deployed environment, by CloudWatch Logs Insights. */
export function createCloudWatchLogs(
  client: CloudWatchLogsClient,
  environment: string,
  { sinceMs, hasEveryVend }: { readonly sinceMs: number; readonly hasEveryVend: boolean },
): VendingLogs {
  const group = (name: string) => `/token-vending/${environment}/${name}`;
  const nowMs = Date.now();

  async function ask(logGroup: string, lines: readonly string[], fromMs = sinceMs, toMs = nowMs): Promise<Row[]> {
    const text = [...lines, `limit ${maxRows}`].join('\n| ');
    const rows = await runQuery(client, { logGroup, text, fromMs, toMs });
    if (rows.length < maxRows) return rows;
    throw new OperatorError(`There are more than ${maxRows} results. Try again with a shorter --since.`);
  }

  return {
    hasEveryVend,
    async readObtained(fingerprint) {
      const rows = await ask(group('vend'), [
        'fields @timestamp, provider, secretVersion, expiresInSeconds',
        `filter message in ["exchange", "preload"] and fingerprint = "${fingerprint}"`,
        'sort @timestamp asc',
      ]);
      return rows.map(({ '@timestamp': time, provider = '', secretVersion, expiresInSeconds }) => ({
        atMs: parseTime(time),
        provider,
        secretVersion,
        expiresInSeconds: expiresInSeconds === undefined ? undefined : Number(expiresInSeconds),
      }));
    },
    async readVended(fingerprint) {
      const rows = await ask(group('vend'), [
        `filter message = "vend" and fingerprint = "${fingerprint}"`,
        `${sums} by callerArn, provider, secretVersion`,
      ]);
      return rows.map((row) => asReceipt(row, row['provider']));
    },
    async readAnswered(provider, fromMs, toMs) {
      const lines = [`filter path like /\\/tokens\\/${provider}$/ and status = 200`, `${sums} by callerArn`];
      const rows = await ask(group('access'), lines, fromMs, toMs);
      return rows.map((row) => asReceipt(row, provider));
    },
  };
}

function asReceipt(
  { callerArn = 'unknown', secretVersion, times, firstMs, lastMs }: Row,
  provider = 'unknown',
): Receipt {
  return {
    callerArn,
    provider,
    secretVersion,
    times: Number(times),
    firstMs: parseTime(firstMs),
    lastMs: parseTime(lastMs),
  };
}
