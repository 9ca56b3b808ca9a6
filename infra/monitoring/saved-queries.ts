import { CfnQueryDefinition } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

interface SavedQuery {
  readonly title: string;
  readonly log: 'vend' | 'access' | 'events';
  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html */
  readonly query: readonly string[];
}

/** What somebody asks the logs at three in the morning. Two of them have a place to fill in. */
export const savedQueries = {
  fingerprintToCallers: {
    title: 'Who got the token with this fingerprint',
    log: 'vend',
    query: [
      'filter message = "vend" and fingerprint = "SHA-256-OF-THE-TOKEN"',
      'stats count(*) as vends, min(@timestamp) as first, max(@timestamp) as last by callerArn, callerAccount, provider, secretVersion',
    ],
  },
  errorsByReason: {
    title: 'Errors by reason',
    log: 'vend',
    query: [
      'filter message = "vend" and status >= 400',
      'stats count(*) as vends, count_distinct(callerArn) as callers by provider, status, error, reason',
      'sort vends desc',
    ],
  },
  topCallers: {
    title: 'Top callers',
    log: 'access',
    query: [
      'filter resource like "/tokens/"',
      'stats count(*) as requests by callerArn, path, status',
      'sort requests desc',
      'limit 10',
    ],
  },
  slowestVends: {
    title: 'Slowest vends',
    log: 'access',
    query: [
      // The access log has its numbers as text.
      'fields milliseconds * 1 as total, functionMilliseconds * 1 as inFunction',
      'filter resource like "/tokens/"',
      'sort total desc',
      'display @timestamp, total, inFunction, status, path, callerArn, requestId',
      'limit 20',
    ],
  },
  exchangesPerProvider: {
    title: 'Exchanges per provider',
    log: 'vend',
    query: [
      'filter message = "exchange"',
      'stats count(*) as exchanges, sum(ExchangeFailed) as failed, avg(milliseconds) as average, pct(milliseconds, 90) as p90 by provider, outcome',
      'sort exchanges desc',
    ],
  },
  whatACallerDid: {
    title: 'What a caller did',
    log: 'access',
    query: [
      'filter callerArn like "PART-OF-THE-ARN"',
      'stats count(*) as requests, min(@timestamp) as first, max(@timestamp) as last by method, path, status, error, sourceIp',
      'sort requests desc',
    ],
  },
  whoTouchedTheSecret: {
    title: 'Who touched a secret or its key',
    log: 'events',
    query: [
      'filter source = "aws.secretsmanager" or source = "aws.kms"',
      'display detail.eventTime, detail.eventName, detail.userIdentity.arn, detail.sourceIPAddress, detail.errorCode',
      'sort @timestamp desc',
    ],
  },
} as const satisfies Readonly<Record<string, SavedQuery>>;

export const logGroupOf = (environmentName: string, log: SavedQuery['log']) =>
  `/token-vending/${environmentName}/${log}`;

/** The queries, in the console's list under the environment's name. They cost what they scan, when somebody runs one. */
export function saveQueries(scope: Construct, environmentName: string): void {
  for (const [id, { title, log, query }] of Object.entries<SavedQuery>(savedQueries)) {
    new CfnQueryDefinition(scope, `Query-${id}`, {
      name: `token-vending/${environmentName}/${title}`,
      logGroupNames: [logGroupOf(environmentName, log)],
      queryString: query.join('\n| '),
    });
  }
}
