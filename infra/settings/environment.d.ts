import * as v from 'valibot';
import type { ParsedProvider } from './parse-provider-entries.ts';
import type { ProviderEntry } from './preset.ts';
/** The schema of one entry of `environments.ts`, except its providers. */
export declare const environmentSchema: v.StrictObjectSchema<{
    /** AWS account to deploy to. Default: the one that the AWS credentials belong to. */
    readonly account: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, string>]>, undefined>;
    /** AWS region. Default: the one that the AWS configuration names. */
    readonly region: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, string>]>, undefined>;
    /** Validated by the functions' own parser, in `parse-environments.ts`. */
    readonly providers: v.CustomSchema<Readonly<Record<string, ProviderEntry>>, v.ErrorMessage<v.CustomIssue> | undefined>;
    /**
     * `http`: an HTTP API, at less than a third of a REST API's price per request. It has no callers of other accounts, no private
     * endpoint, no web ACL, no X-Ray, and its own 403s are `{"message":"Forbidden"}`.
     */
    readonly api: v.OptionalSchema<v.PicklistSchema<["rest", "http"], "must be rest or http">, "rest">;
    /** `PRIVATE` answers only through the VPC endpoints (`execute-api`) that it names. */
    readonly endpoint: v.OptionalSchema<v.VariantSchema<"type", [v.StrictObjectSchema<{
        readonly type: v.LiteralSchema<"REGIONAL", undefined>;
    }, undefined>, v.StrictObjectSchema<{
        readonly type: v.LiteralSchema<"PRIVATE", undefined>;
        readonly vpcEndpointIds: v.SchemaWithPipe<readonly [v.ArraySchema<v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, string>]>, undefined>, v.MinLengthAction<string[], 1, "must name at least one VPC endpoint">]>;
    }, undefined>], undefined>, {
        readonly type: "REGIONAL";
    }>;
    /**
     * The functions' way out through NAT gateways, for providers that allow only known addresses: a new VPC, or one that is there.
     * It costs money around the clock.
     */
    readonly vpc: v.OptionalSchema<v.LazySchema<v.StrictObjectSchema<{
        readonly vpcId: v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, "must be the id of a VPC, vpc-…">]>;
        readonly availabilityZones: v.SchemaWithPipe<readonly [v.ArraySchema<v.StringSchema<"must be a string">, undefined>, v.MinLengthAction<string[], 1, "must name at least one">]>;
        readonly privateSubnetIds: v.SchemaWithPipe<readonly [v.ArraySchema<v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, `must be an id, ${string}-…`>]>, undefined>, v.MinLengthAction<string[], 1, "must name at least one">]>;
        readonly routeTableIds: v.OptionalSchema<v.SchemaWithPipe<readonly [v.ArraySchema<v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, `must be an id, ${string}-…`>]>, undefined>, v.MinLengthAction<string[], 1, "must name at least one">]>, undefined>;
    }, undefined> | v.StrictObjectSchema<{
        readonly new: v.StrictObjectSchema<{
            readonly natGateways: v.PicklistSchema<[1, 2, 3], "must be 1, 2 or 3">;
        }, undefined>;
    }, undefined>>, undefined>;
    readonly callers: v.OptionalSchema<v.ArraySchema<v.StrictObjectSchema<{
        /** IAM users, roles or whole accounts (`arn:aws:iam::111122223333:root`). API Gateway accepts no wildcard. */
        readonly principalArns: v.OptionalSchema<v.ArraySchema<v.SchemaWithPipe<readonly [v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, string>]>, v.RegexAction<string, "must not hold a wildcard">]>, undefined>, readonly []>;
        /** Every account of these organizations (`o-…`), except this stack's own, which needs no entry. */
        readonly organizationIds: v.OptionalSchema<v.ArraySchema<v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, string>]>, undefined>, readonly []>;
        /** The providers that they may use; names of this environment's providers. */
        readonly providers: v.SchemaWithPipe<readonly [v.ArraySchema<v.StringSchema<"must be a string">, undefined>, v.MinLengthAction<string[], 1, "must name at least one provider">]>;
    }, undefined>, undefined>, readonly []>;
    /**
     * Policies for several providers, `TokenVending-{environment}-vend-{name}`, besides the one per provider: a role can have only
     * 10 managed policies.
     */
    readonly callerPolicies: v.OptionalSchema<v.RecordSchema<v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, string>]>, v.SchemaWithPipe<readonly [v.ArraySchema<v.StringSchema<"must be a string">, undefined>, v.MinLengthAction<string[], 1, "must name at least one provider">]>, undefined>, {}>;
    /** A regional web ACL (AWS WAF) for the API, which sees every request before IAM does. It costs money per request. */
    readonly webAclArn: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, string>]>, undefined>;
    /** For the whole API: the steady rate, and how many requests may arrive at once. Beyond that API Gateway answers 429. */
    readonly throttling: v.OptionalSchema<v.StrictObjectSchema<{
        readonly requestsPerSecond: v.SchemaWithPipe<readonly [v.NumberSchema<"must be a number">, v.IntegerAction<number, "must be a whole number">, v.MinValueAction<number, number, `must be at least ${number}`>, v.MaxValueAction<number, number, `must be at most ${number}`>]>;
        readonly burst: v.SchemaWithPipe<readonly [v.NumberSchema<"must be a number">, v.IntegerAction<number, "must be a whole number">, v.MinValueAction<number, number, `must be at least ${number}`>, v.MaxValueAction<number, number, `must be at most ${number}`>]>;
    }, undefined>, {
        readonly requestsPerSecond: 100;
        readonly burst: 200;
    }>;
    /** Memory of the vending function in MiB. Its share of a processor grows with it. */
    readonly memoryMb: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<"must be a number">, v.IntegerAction<number, "must be a whole number">, v.MinValueAction<number, number, `must be at least ${number}`>, v.MaxValueAction<number, number, `must be at most ${number}`>]>, 512>;
    /** Maximum number of concurrent instances, reserved from the account's limit. Default: the account's limit. */
    readonly reservedConcurrency: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<"must be a number">, v.IntegerAction<number, "must be a whole number">, v.MinValueAction<number, number, `must be at least ${number}`>, v.MaxValueAction<number, number, `must be at most ${number}`>]>, undefined>;
    /** Number of instances that are always warm. They cost money around the clock. */
    readonly provisionedConcurrency: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<"must be a number">, v.IntegerAction<number, "must be a whole number">, v.MinValueAction<number, number, `must be at least ${number}`>, v.MaxValueAction<number, number, `must be at most ${number}`>]>, undefined>;
    /**
     * `warn` leaves out what is written for each successful vend: the function's line and Lambda's REPORT line (duration,
     * memory). Errors and metrics are always written, and the API's access log has a line per request.
     */
    readonly logLevel: v.OptionalSchema<v.PicklistSchema<["info", "warn"], "must be info or warn">, "info">;
    readonly logRetentionDays: v.OptionalSchema<v.PicklistSchema<readonly [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], `must be one of ${string}`>, 90>;
    /** Where alarms go: to an email address, for which a topic is created, or to an existing SNS topic. */
    readonly alarms: v.OptionalSchema<v.StrictObjectSchema<{
        readonly email: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, string>]>, undefined>;
        readonly topicArn: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, string>]>, undefined>;
    }, undefined>, {}>;
    /**
     * Where tokens are kept. `memory`: each instance obtains its own. `dynamodb` deploys the table through which instances will
     * share them; the vending function does not use it yet.
     */
    readonly tokenStore: v.OptionalSchema<v.PicklistSchema<["memory", "dynamodb"], "must be memory or dynamodb">, "memory">;
    /** Client credentials older than this raise an alarm. */
    readonly credentialMaxAgeDays: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<"must be a number">, v.IntegerAction<number, "must be a whole number">, v.MinValueAction<number, number, `must be at least ${number}`>, v.MaxValueAction<number, number, `must be at most ${number}`>]>, 90>;
    /** `xray`: traces of API Gateway and Lambda, sampled. Off by default, because X-Ray costs money per trace. */
    readonly tracing: v.OptionalSchema<v.PicklistSchema<["off", "xray"], "must be off or xray">, "off">;
    /** Who may read the secrets besides the functions: IAM ARNs, `*` and `?` allowed. IAM decides who may write them. */
    readonly secretAdministratorArns: v.OptionalSchema<v.ArraySchema<v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, string>]>, undefined>, readonly []>;
    /**
     * The role that CloudFormation deploys with: its handlers read a secret when they update it. Default: the execution role of
     * `cdk bootstrap`, with the app's bootstrap qualifier.
     */
    readonly executionRoleArn: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, string>]>, undefined>;
    /** `retain`: secrets, keys and logs outlive the stack, and it is protected from deletion. */
    readonly removal: v.OptionalSchema<v.PicklistSchema<["retain", "destroy"], "must be retain or destroy">, "retain">;
    /** `canary`: a tenth of the traffic for 5 minutes, rolled back when an error alarm goes off. */
    readonly deployment: v.OptionalSchema<v.PicklistSchema<["canary", "all-at-once"], "must be canary or all-at-once">, "canary">;
    /**
     * API Gateway writes access logs with one role per account and region. `create` sets it; `existing` leaves it alone, for
     * accounts where another team manages it.
     */
    readonly apiGatewayLogRole: v.OptionalSchema<v.PicklistSchema<["create", "existing"], "must be create or existing">, "create">;
}, undefined>;
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
