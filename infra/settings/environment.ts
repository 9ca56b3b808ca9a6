import * as v from 'valibot';
import { landingZoneEntries } from './landing-zone.ts';
import type { ParsedProvider } from './parse-provider-entries.ts';
import type { ProviderEntry } from './preset.ts';
import { vpcSchema } from './vpc.ts';

const wholeNumber = (min: number, max: number) =>
  v.pipe(
    v.number('must be a number'),
    v.integer('must be a whole number'),
    v.minValue(min, `must be at least ${min}`),
    v.maxValue(max, `must be at most ${max}`),
  );

const matching = (pattern: RegExp, what: string) => v.pipe(v.string('must be a string'), v.regex(pattern, what));

// CloudWatch Logs accepts no other number: API reference, PutRetentionPolicy.
const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const region = matching(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region such as us-east-1');
const accountId = matching(/^\d{12}$/, 'must be 12 digits');
const principalArn = matching(
  /^arn:aws[a-z-]*:(iam|sts)::\d{12}:(root|(user|role|assumed-role)\/.+)$/,
  'must be the ARN of an IAM user, role or account',
);
/** As in `aws:PrincipalArn`: for an assumed role this is the role's ARN, so a session's ARN would never match. */
const principalArnPattern = matching(
  /^arn:aws[a-z-]*:iam::[\d*?]+:(root|(user|role)\/.+)$/,
  "must be the ARN of an IAM user or role (of an assumed role: the role's)",
);
const policyName = matching(/^[a-z][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits or hyphens, a letter first');

/** Callers from outside the account, or inside it without their own policy. */
const callers = v.strictObject({
  /** IAM users, roles or whole accounts (`arn:aws:iam::111122223333:root`). API Gateway accepts no wildcard. */
  principalArns: v.optional(v.array(v.pipe(principalArn, v.regex(/^[^*?]+$/, 'must not hold a wildcard'))), []),
  /** Every account of these organizations (`o-…`), except this stack's own, which needs no entry. */
  organizationIds: v.optional(v.array(matching(/^o-[a-z0-9]{10,32}$/, 'must be an organization id, o-…')), []),
  /** The providers that they may use; names of this environment's providers. */
  providers: v.pipe(v.array(v.string('must be a string')), v.minLength(1, 'must name at least one provider')),
});

/** One of these. The topic's policy must let CloudWatch publish. */
const alarmTarget = v.strictObject({
  /** AWS sends a mail that has to be confirmed. */
  email: v.optional(matching(/^[^\s@]+@[^\s@]+$/, 'must be an e-mail address')),
  /** An existing SNS topic. */
  topicArn: v.optional(matching(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:.+$/, 'must be the ARN of an SNS topic')),
  /** A channel of a workspace that is authorized in Amazon Q Developer in chat applications (once AWS Chatbot). */
  slack: v.optional(
    v.strictObject({
      workspaceId: matching(/^T[A-Z0-9]+$/, 'must be the id of a workspace, T…'),
      channelId: matching(/^[CG][A-Z0-9]+$/, 'must be the id of a channel, C…'),
    }),
  ),
});
const alarmTargets = v.strictObject({ page: v.optional(alarmTarget), ticket: v.optional(alarmTarget) });
const noAlarms = v.literal('none', "must be { page, ticket } or 'none'");
// By what is given, so that a mistake inside it is named.
const alarms = v.lazy(
  (input): v.GenericSchema<AlarmTargets | 'none'> =>
    typeof input === 'object' && input !== null && !Array.isArray(input) ? alarmTargets : noAlarms,
);

/** Where alarms of one severity go. */
export type AlarmTarget = v.InferOutput<typeof alarmTarget>;

export type AlarmTargets = v.InferOutput<typeof alarmTargets>;

/** The schema of one entry of `environments.ts`, except its providers. */
export const environmentSchema = v.strictObject({
  /** AWS account to deploy to. Default: the one that the AWS credentials belong to. */
  account: v.optional(accountId),
  /** AWS region. Default: the one that the AWS configuration names. */
  region: v.optional(region),
  /** Validated by the functions' own parser, in `parse-environments.ts`. */
  providers: v.custom<Readonly<Record<string, ProviderEntry>>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'must be an object of provider name → preset',
  ),
  /**
   * `http`: an HTTP API, at less than a third of a REST API's price per request. It has no callers of other accounts, no private
   * endpoint, no web ACL, no X-Ray, and its own 403s are `{"message":"Forbidden"}`.
   */
  api: v.optional(v.picklist(['rest', 'http'], 'must be rest or http'), 'rest'),
  /** `PRIVATE` answers only through the VPC endpoints (`execute-api`) that it names. */
  endpoint: v.optional(
    v.variant('type', [
      v.strictObject({ type: v.literal('REGIONAL') }),
      v.strictObject({
        type: v.literal('PRIVATE'),
        vpcEndpointIds: v.pipe(
          v.array(matching(/^vpce-[0-9a-f]+$/, 'must be a VPC endpoint id, vpce-…')),
          v.minLength(1, 'must name at least one VPC endpoint'),
        ),
      }),
    ]),
    { type: 'REGIONAL' },
  ),
  /** A host name of your own for the API. Its certificate is in ACM, in the environment's account and region. */
  domain: v.optional(
    v.strictObject({
      name: matching(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/, 'must be a host name in lower case'),
      certificateArn: matching(
        /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/.+$/,
        'must be the ARN of a certificate in ACM',
      ),
      /** In Route 53, of the same account: gets a record for the name. Otherwise an output says what the name must point to. */
      hostedZone: v.optional(
        v.strictObject({
          id: matching(/^Z[A-Z0-9]{1,31}$/, 'must be the id of a hosted zone, Z…'),
          name: v.string('must be a string'),
        }),
      ),
      /** Whether the API's own address, `execute-api`, no longer answers. Off, so that callers can move one by one. */
      isOnlyAddress: v.optional(v.boolean('must be true or false'), false),
    }),
  ),
  /**
   * The functions' way out through NAT gateways, for providers that allow only known addresses: a new VPC, or one that is there.
   * It costs money around the clock.
   */
  vpc: v.optional(vpcSchema),
  callers: v.optional(v.array(callers), []),
  /**
   * Policies for several providers, `TokenVending-{environment}-vend-{name}`, besides the one per provider: a role can have only
   * 10 managed policies.
   */
  callerPolicies: v.optional(
    v.record(
      policyName,
      v.pipe(v.array(v.string('must be a string')), v.minLength(1, 'must name at least one provider')),
    ),
    {},
  ),
  /** A regional web ACL (AWS WAF) for the API, which sees every request before IAM does. It costs money per request. */
  webAclArn: v.optional(
    matching(
      /^arn:aws[a-z-]*:wafv2:[a-z0-9-]+:\d{12}:regional\/webacl\/.+$/,
      'must be the ARN of a regional web ACL (WAFv2)',
    ),
  ),
  /** For the whole API: the steady rate, and how many requests may arrive at once. Beyond that API Gateway answers 429. */
  throttling: v.optional(
    v.strictObject({ requestsPerSecond: wholeNumber(1, 1_000_000), burst: wholeNumber(1, 1_000_000) }),
    { requestsPerSecond: 100, burst: 200 },
  ),
  /**
   * For each caller (a role with all its sessions, or a user), in each instance of the function: beyond it 429. `webAcl: 'create'`
   * adds a web ACL that refuses a session far over it before it uses up the API's `throttling`. That costs money per request.
   */
  callerLimit: v.optional(
    v.strictObject({
      requestsPerSecond: wholeNumber(1, 1_000_000),
      burst: wholeNumber(1, 1_000_000),
      webAcl: v.optional(v.picklist(['none', 'create'], 'must be none or create'), 'none'),
    }),
  ),
  /** Memory of the vending function in MiB. Its share of a processor grows with it. */
  memoryMb: v.optional(wholeNumber(128, 10_240), 512),
  /** Maximum number of concurrent instances, reserved from the account's limit. Default: the account's limit. */
  reservedConcurrency: v.optional(wholeNumber(1, 100_000)),
  /** Number of instances that are always warm. They cost money around the clock. */
  provisionedConcurrency: v.optional(wholeNumber(1, 100_000)),
  /**
   * `warn` leaves out what is written for each successful vend: the function's line and Lambda's REPORT line (duration,
   * memory). Errors and metrics are always written, and the API's access log has a line per request.
   */
  logLevel: v.optional(v.picklist(['info', 'warn'], 'must be info or warn'), 'info'),
  logRetentionDays: v.optional(v.picklist(retentionDays, `must be one of ${retentionDays.join(', ')}`), 90),
  /**
   * Who is told of alarms: `page` while callers fail, `ticket` for what can wait until morning. One target takes both.
   * `none`: nobody. An environment that is retained has to say.
   */
  alarms: v.optional(alarms),
  /** Where docs/runbook.md can be read; alarms link to their entries in it. */
  runbookUrl: v.optional(matching(/^https:\/\/[^\s#()]+$/, 'must be an https: URL without a fragment')),
  /**
   * Where tokens are kept. `memory`: each instance obtains its own. `dynamodb`: instances also share them through a table, so that
   * one exchange serves all. It costs cents a month (docs/deploy.md).
   */
  tokenStore: v.optional(v.picklist(['memory', 'dynamodb'], 'must be memory or dynamodb'), 'memory'),
  /**
   * A function that every five minutes vends a token of each provider as a caller does, and tries what must be refused. Switch
   * it on when the secrets are filled.
   */
  prober: v.optional(v.boolean('must be true or false'), false),
  /** Client credentials older than this raise an alarm. */
  credentialMaxAgeDays: v.optional(wholeNumber(1, 3650), 90),
  /** `xray`: traces of API Gateway and Lambda, sampled. Off by default, because X-Ray costs money per trace. */
  tracing: v.optional(v.picklist(['off', 'xray'], 'must be off or xray'), 'off'),
  /** Regions to which the secrets are replicated, for an environment there that says `replicaOf`. */
  replicaRegions: v.optional(v.array(region), []),
  /**
   * The name of an environment in another region whose secrets, replicated to this one, are used here. This one has no rotation
   * function: secrets are filled and rotated there.
   */
  replicaOf: v.optional(v.string('must be a string')),
  /** Who may read the secrets besides the functions: IAM ARNs, `*` and `?` allowed. IAM decides who may write them. */
  secretAdministratorArns: v.optional(v.array(principalArnPattern), []),
  /**
   * The role that CloudFormation deploys with: its handlers read a secret when they update it. Default: the execution role of
   * `cdk bootstrap`, with the app's bootstrap qualifier.
   */
  executionRoleArn: v.optional(principalArnPattern),
  /** `retain`: secrets, keys and logs outlive the stack, and it is protected from deletion. */
  removal: v.optional(v.picklist(['retain', 'destroy'], 'must be retain or destroy'), 'retain'),
  /** `canary`: a tenth of the traffic for 5 minutes, rolled back when an error alarm goes off. */
  deployment: v.optional(v.picklist(['canary', 'all-at-once'], 'must be canary or all-at-once'), 'canary'),
  /**
   * API Gateway writes access logs with one role per account and region. `create` sets it; `existing` leaves it alone, for
   * accounts where another team manages it.
   */
  apiGatewayLogRole: v.optional(v.picklist(['create', 'existing'], 'must be create or existing'), 'create'),
  ...landingZoneEntries,
});

/** An environment as written in `environments.ts`. */
export type Environment = v.InferInput<typeof environmentSchema>;

/** An environment with every default filled in. */
export type EnvironmentSettings = v.InferOutput<typeof environmentSchema>;

/** A validated environment, from which the stack is built. */
export interface ParsedEnvironment extends Omit<EnvironmentSettings, 'providers'> {
  readonly name: string;
  /** Provider name → provider. */
  readonly providers: ReadonlyMap<string, ParsedProvider>;
  /** The name of the table of `tokenStore: 'dynamodb'`. */
  readonly tokenTable: string | undefined;
}

/** Callers of `EnvironmentSettings.callers`. */
export type CallerSettings = EnvironmentSettings['callers'][number];
