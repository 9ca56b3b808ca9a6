import { createHash } from 'node:crypto';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createCloudWatchLogs } from '../../operator/tracing/cloudwatch-logs.ts';
import { parseTraceOptions } from '../../operator/tracing/options.ts';
import { describeTrace } from '../../operator/tracing/report.ts';
import { traceToken } from '../../operator/tracing/trace-token.ts';
import { type InsightsServer, startInsightsServer } from '../support/insights-server.ts';
import { runOperator } from './run-command.ts';

// Against a log of a deployed environment. In the local stack: leak-response.test.ts.

const token = 'canary-leaked-token';
const hash = createHash('sha256').update(token);
const fingerprint = hash.copy().digest('hex');
const other = createHash('sha256').update('other').digest('hex');
const obtainedAtMs = Math.floor(Date.now() / 1000) * 1000 - 1_200_000;
const at = (seconds: number) => new Date(obtainedAtMs + 1000 * seconds).toISOString();
const callerOf = (name: string) => `arn:aws:sts::111122223333:assumed-role/${name}/session`;
const [provider, secretVersion] = ['prove', 'version-1'];

const exchange = { timestamp: at(0), message: 'exchange', outcome: 'token', fingerprint, provider, secretVersion };
const vend = (seconds: number, name: string, fields: object = {}) => ({
  ...{ timestamp: at(seconds), message: 'vend', status: 200, callerArn: callerOf(name) },
  ...{ provider, secretVersion, fingerprint, ...fields },
});
const answered = (seconds: number, name: string, path = '/v1/tokens/prove', status = '200') => ({
  ...{ timestamp: at(seconds), path, status, callerArn: callerOf(name) },
});

let insights: InsightsServer;
beforeAll(async () => {
  insights = await startInsightsServer();
  insights.groups.set('/token-vending/dev/vend', [
    { ...exchange, expiresInSeconds: 3600 },
    vend(0, 'orders'),
    vend(60, 'orders'),
    vend(61, 'billing'),
    vend(62, 'stranger', { fingerprint: other }),
  ]);
  insights.groups.set('/token-vending/quiet/vend', [
    { ...exchange, expiresInSeconds: 600 },
    vend(0, 'orders', { level: 'warn', source: 'memory-stale' }),
  ]);
  insights.groups.set('/token-vending/quiet/access', [
    answered(-1, 'before'),
    answered(0, 'orders'),
    answered(10, 'billing'),
    answered(20, 'other', '/v1/tokens/prove-eu'),
    answered(30, 'refused', '/v1/tokens/prove', '403'),
    answered(601, 'after'),
  ]);
});
afterAll(() => insights.close());

const dev = (args: readonly string[], stdin?: string) => {
  const env = { AWS_ENDPOINT_URL: insights.url, AWS_REGION: 'us-east-1' };
  const keys = { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' };
  return runOperator('trace', ['--env', 'dev', ...args], stdin, { env: { ...env, ...keys } });
};

describe('trace', () => {
  test('tells who got the token on stdin, how often and when, and where it came from', async () => {
    const { code, output } = await dev([], `Authorization: Bearer ${token}\n`);
    expect({ code, output }).toEqual({
      code: 0,
      output: `Token ${fingerprint} (SHA-256)
Obtained from prove at ${at(0)}, valid until ${at(3600)}, with version version-1 of the secret
It went to
  ${callerOf('orders')}
    2 times, from ${at(0)} to ${at(60)} (prove, version version-1)
  ${callerOf('billing')}
    at ${at(61)} (prove, version version-1)
`,
    });
    expect(output).not.toContain('canary');
    expect(new Set(insights.asked.map(([group]) => group))).toEqual(new Set(['/token-vending/dev/vend']));
  });

  test.each([
    ['hex', fingerprint.toUpperCase()],
    ['base64, as in GitHub’s audit log', hash.copy().digest('base64')],
  ])('takes a fingerprint in %s, and prints JSON', async (_form, text) => {
    const { code, output } = await dev(['--fingerprint', text, '--json']);
    expect([code, JSON.parse(output)]).toEqual([
      0,
      {
        fingerprint,
        obtained: [{ at: at(0), provider, secretVersion, expiresInSeconds: 3600 }],
        vended: [
          { callerArn: callerOf('orders'), provider, secretVersion, times: 2, first: at(0), last: at(60) },
          { callerArn: callerOf('billing'), provider, secretVersion, times: 1, first: at(61), last: at(61) },
        ],
        mayHave: [],
      },
    ]);
  });

  test('ends with 3 where the token is not found, or not in the time that is looked at', async () => {
    expect(await dev([], 'canary-another')).toMatchObject({ code: 3, output: expect.stringContaining('Not found') });
    expect((await dev(['--since', '5m'], token)).code).toBe(3);
  });

  test.each<[string, readonly string[], string, string]>([
    ['no token', [], '', 'There is no token on stdin'],
    ['white space in it', [], 'canary 1', 'There is no token on stdin, or it holds white space'],
    ['a token on the command line', ['canary'], '', 'an argument without an option'],
    ['a fingerprint that is none', ['--fingerprint', 'canary'], '', '--fingerprint must be'],
    ['a time that is none', ['--since', 'canary'], '', '--since must be'],
    ['an unknown environment', ['--env', 'other'], token, 'There is no environment "other"'],
    ['an environment that is not deployed', ['--env', 'staging'], token, 'no log group /token-vending/staging/vend'],
  ])('ends with 1 for %s, and quotes nothing', async (_case, args, stdin, message) => {
    const { code, output } = await dev(args, stdin);
    expect([code, output]).toEqual([1, expect.stringContaining(message)]);
    expect(output).not.toContain('canary');
  });

  test('ends with 1 where the query does', async () => {
    insights.endWith('Failed');
    expect(await dev([], token)).toMatchObject({ code: 1, output: expect.stringContaining('(Failed)') });
    insights.endWith('Complete');
  });
});

test('without a line per vend, the access log tells who may have it', async () => {
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  const client = new CloudWatchLogsClient({ endpoint: insights.url, region: 'us-east-1', credentials });
  const logs = createCloudWatchLogs(client, 'quiet', { sinceMs: obtainedAtMs - 60_000, hasEveryVend: false });
  const trace = await traceToken(logs, fingerprint, Date.now());
  expect(trace.vended.map(({ callerArn }) => callerArn)).toEqual([callerOf('orders')]);
  expect(trace.mayHave?.map(({ callerArn }) => callerArn)).toEqual([callerOf('orders'), callerOf('billing')]);
  expect(describeTrace(trace, 'quiet')).toContain(`may have it\n  ${callerOf('orders')}\n    at ${at(0)} (prove)\n`);
  client.destroy();
});

test.each([
  ['90m', 90 * 60_000],
  ['12h', 12 * 3_600_000],
  ['7d', 7 * 86_400_000],
  ['2026-11-30T00:00Z', 86_400_000],
])('--since %s', (since, agoMs) => {
  const nowMs = Date.parse('2026-12-01T00:00Z');
  expect(parseTraceOptions(['--env', 'dev', '--since', since], nowMs)?.sinceMs).toBe(nowMs - agoMs);
});
