import * as v from 'valibot';
import type { ParsedProvider } from './parse-provider-entries.ts';
import type { ProviderEntry } from './preset.ts';

const wholeNumber = (min: number, max: number) =>
  v.pipe(
    v.number('must be a number'),
    v.integer('must be a whole number'),
    v.minValue(min, `must be at least ${min}`),
    v.maxValue(max, `must be at most ${max}`),
  );

const matching = (pattern: RegExp, what: string) => v.pipe(v.string('must be a string'), v.regex(pattern, what));

// CloudWatch Logs takes no other number: API reference, PutRetentionPolicy.
const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const accountId = matching(/^\d{12}$/, 'must be 12 digits');
const principalArn = matching(
  /^arn:aws[a-z-]*:(iam|sts)::\d{12}:(root|(user|role|assumed-role)\/.+)$/,
  'must be the ARN of an IAM user, role or account',
);
/** As `aws:PrincipalArn` has it: for an assumed role the role's ARN, so that a session's would never match. */
const principalArnPattern = matching(
  /^arn:aws[a-z-]*:iam::[\d*?]+:(root|(user|role)\/.+)$/,
  "must be the ARN of an IAM user or role (of an assumed role: the role's)",
);
const policyName = matching(/^[a-z][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits or hyphens, a letter first');

/** Callers from outside the account, or inside it without a policy of their own. */
const callers = v.strictObject({
  /** IAM users, roles or whole accounts (`arn:aws:iam::111122223333:root`). No wildcard: API Gateway takes none. */
  principalArns: v.optional(v.array(v.pipe(principalArn, v.regex(/^[^*?]+$/, 'must not hold a wildcard'))), []),
  /** Every account of these organizations (`o-…`), except this stack's own, which needs no such entry. */
  organizationIds: v.optional(v.array(matching(/^o-[a-z0-9]{10,32}$/, 'must be an organization id, o-…')), []),
  /** For which providers; must be names of this environment's providers. */
  providers: v.pipe(v.array(v.string('must be a string')), v.minLength(1, 'must name at least one provider')),
});

/** The schema of one entry of `environments.ts`, providers aside. Defaults are written first. */
export const environmentSchema = v.strictObject({
  /** AWS account to deploy to. Left out: the one that the AWS credentials belong to. */
  account: v.optional(accountId),
  /** AWS region. Left out: the one that the AWS configuration names. */
  region: v.optional(matching(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region such as us-east-1')),
  /** Judged by the functions' own parser, in `parse-environments.ts`. */
  providers: v.custom<Readonly<Record<string, ProviderEntry>>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'must be an object of provider name → preset',
  ),
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
  callers: v.optional(v.array(callers), []),
  /**
   * Policies for several providers, `TokenVending-{environment}-vend-{name}`, beside the one per provider: a role takes 10
   * managed policies.
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
  /** Of the whole API: steady rate, and how many may arrive at once. Beyond it API Gateway answers 429. */
  throttling: v.optional(
    v.strictObject({ requestsPerSecond: wholeNumber(1, 1_000_000), burst: wholeNumber(1, 1_000_000) }),
    { requestsPerSecond: 100, burst: 200 },
  ),
  /** Memory of the vending function in MiB; its share of a processor grows with it. */
  memoryMb: v.optional(wholeNumber(128, 10_240), 512),
  /** At most so many instances at once, kept back from the account's limit. Left out: the account's limit. */
  reservedConcurrency: v.optional(wholeNumber(1, 100_000)),
  /** So many instances always warm; costs money around the clock. */
  provisionedConcurrency: v.optional(wholeNumber(1, 100_000)),
  /**
   * `warn` leaves out what is written of each vend that goes well: the function's line and Lambda's REPORT line (duration,
   * memory). Errors and metrics are always written, and the API's access log has a line per request.
   */
  logLevel: v.optional(v.picklist(['info', 'warn'], 'must be info or warn'), 'info'),
  logRetentionDays: v.optional(v.picklist(retentionDays, `must be one of ${retentionDays.join(', ')}`), 90),
  /** Where alarms go: an address, for which a topic is created, or an existing SNS topic. */
  alarms: v.optional(
    v.strictObject({
      email: v.optional(matching(/^[^\s@]+@[^\s@]+$/, 'must be an e-mail address')),
      topicArn: v.optional(matching(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:.+$/, 'must be the ARN of an SNS topic')),
    }),
    {},
  ),
  /**
   * Where tokens are kept. `memory`: each instance obtains its own. `dynamodb` deploys the table through which instances will
   * share them; the vending function does not use it yet.
   */
  tokenStore: v.optional(v.picklist(['memory', 'dynamodb'], 'must be memory or dynamodb'), 'memory'),
  /** Older client credentials raise an alarm. */
  credentialMaxAgeDays: v.optional(wholeNumber(1, 3650), 90),
  /** `xray`: traces of API Gateway and Lambda, sampled. Off by default, because X-Ray costs money per trace. */
  tracing: v.optional(v.picklist(['off', 'xray'], 'must be off or xray'), 'off'),
  /** Who may read the secrets besides the functions: IAM ARNs, `*` and `?` allowed. Writing them is left to IAM. */
  secretAdministratorArns: v.optional(v.array(principalArnPattern), []),
  /**
   * The role with which CloudFormation deploys: its handlers read a secret when they update it. Left out: the execution
   * role of `cdk bootstrap`, by the app's bootstrap qualifier.
   */
  executionRoleArn: v.optional(principalArnPattern),
  /** `retain`: secrets, keys and logs outlive the stack, and it is protected from deletion. */
  removal: v.optional(v.picklist(['retain', 'destroy'], 'must be retain or destroy'), 'retain'),
  /** `canary`: a tenth of the traffic for 5 minutes, rolled back when an error alarm goes off. */
  deployment: v.optional(v.picklist(['canary', 'all-at-once'], 'must be canary or all-at-once'), 'canary'),
  /**
   * API Gateway writes access logs with one role an account and region. `create` sets it; `existing` leaves it alone,
   * for accounts where somebody else looks after it.
   */
  apiGatewayLogRole: v.optional(v.picklist(['create', 'existing'], 'must be create or existing'), 'create'),
});

/** An environment as somebody writes it. */
export type Environment = v.InferInput<typeof environmentSchema>;

/** An environment with every default filled in. */
export type EnvironmentSettings = v.InferOutput<typeof environmentSchema>;

/** An environment that has been judged: what the stack is built from. */
export interface ParsedEnvironment extends Omit<EnvironmentSettings, 'providers'> {
  readonly name: string;
  /** Provider name → provider. */
  readonly providers: ReadonlyMap<string, ParsedProvider>;
  /** The name of the table of `tokenStore: 'dynamodb'`. */
  readonly tokenTable: string | undefined;
}

/** Callers of `EnvironmentSettings.callers`. */
export type CallerSettings = EnvironmentSettings['callers'][number];
