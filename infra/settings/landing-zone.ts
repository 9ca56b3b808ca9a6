import * as v from 'valibot';

const matching = (pattern: RegExp, what: string) => v.pipe(v.string('must be a string'), v.regex(pattern, what));

const keyArn = matching(
  /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/(mrk-[0-9a-f]{32}|[0-9a-f-]{36})$/,
  'must be the ARN of a KMS key (not of an alias)',
);

/** What a platform team may ask of every stack: its own keys, its tags, its place for logs. */
export const landingZoneEntries = {
  /** Your own KMS keys instead of those that the stack creates; docs/deploy.md says what their policies must allow. */
  kmsKeys: v.optional(
    v.strictObject({
      /** Encrypts client secrets and shared tokens. */
      secretsArn: v.optional(keyArn),
      /** Encrypts logs and alarm messages. */
      logsArn: v.optional(keyArn),
    }),
    {},
  ),
  /** For everything that can be tagged, besides `service` and `environment`. IAM user guide, tag naming limits. */
  tags: v.optional(
    v.record(
      matching(
        /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u,
        'must be a tag key: up to 128 letters, digits, spaces and _.:/=+-@',
      ),
      matching(
        /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u,
        'must be a tag value: up to 256 letters, digits, spaces and _.:/=+-@',
      ),
    ),
    {},
  ),
  /** Sends every log line on as well. CloudWatch Logs has two such subscriptions per log group. */
  logSubscription: v.optional(
    v.strictObject({
      /** A Kinesis data stream, a Firehose stream, a Lambda function, or a CloudWatch Logs destination of another account. */
      destinationArn: matching(
        /^arn:aws[a-z-]*:(kinesis:[a-z0-9-]+:\d{12}:stream\/|firehose:[a-z0-9-]+:\d{12}:deliverystream\/|lambda:[a-z0-9-]+:\d{12}:function:|logs:[a-z0-9-]+:\d{12}:destination:).+$/,
        'must be the ARN of a Kinesis or Firehose stream, a Lambda function or a CloudWatch Logs destination',
      ),
      /** Only lines that match. Default: all. CloudWatch Logs user guide, filter pattern syntax. */
      filterPattern: v.optional(
        v.pipe(v.string('must be a string'), v.maxLength(1024, 'must be at most 1024 characters')),
        '',
      ),
    }),
  ),
};

export type LogSubscriptionSettings = v.InferOutput<typeof landingZoneEntries.logSubscription>;
