import { AwsClient } from 'aws4fetch';
import { region, rootKey } from './account.ts';

/**
 * Reads the messages of a log group through CloudWatch Logs' API.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
export async function readLogGroup(url: string, logGroupName: string): Promise<string> {
  const root = new AwsClient({ ...rootKey, service: 'logs', region, retries: 0 });
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'Logs_20140328.FilterLogEvents' };
  const response = await root.fetch(url, { method: 'POST', headers, body: JSON.stringify({ logGroupName }) });
  if (!response.ok) throw new Error(`FilterLogEvents answered ${response.status}: ${await response.text()}`);
  const { events } = (await response.json()) as { events: readonly { message: string }[] };
  return events.map(({ message }) => message).join('\n');
}
