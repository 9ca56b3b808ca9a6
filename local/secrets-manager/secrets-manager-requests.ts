import * as v from 'valibot';
import { SecretsManagerError } from './secrets-manager-error.ts';

const secretId = v.pipe(v.string(), v.minLength(1, 'Member must have length greater than or equal to 1'));
const content = { SecretString: v.optional(v.string()), SecretBinary: v.optional(v.pipe(v.string(), v.base64())) };
const clientRequestToken = v.optional(v.string());
const secretName = v.pipe(
  v.string(),
  v.regex(
    /^[\w/+=.@!-]{1,512}$/,
    'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
  ),
);
const stages = v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(20));

/**
 * The members of each operation's request that the local Secrets Manager knows, and their types; others are ignored.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/
 */
export const requestSchemas = {
  CreateSecret: v.object({
    Name: secretName,
    Description: v.optional(v.string()),
    ClientRequestToken: clientRequestToken,
    ...content,
  }),
  DeleteSecret: v.object({
    SecretId: secretId,
    ForceDeleteWithoutRecovery: v.optional(v.boolean()),
    RecoveryWindowInDays: v.optional(v.number()),
  }),
  DescribeSecret: v.object({ SecretId: secretId }),
  GetSecretValue: v.object({
    SecretId: secretId,
    VersionId: v.optional(v.string()),
    VersionStage: v.optional(v.string()),
  }),
  ListSecrets: v.object({
    Filters: v.optional(v.array(v.object({ Key: v.literal('name'), Values: v.array(v.string()) }))),
    IncludePlannedDeletion: v.optional(v.boolean()),
  }),
  PutSecretValue: v.object({
    SecretId: secretId,
    VersionStages: v.optional(stages),
    ClientRequestToken: clientRequestToken,
    ...content,
  }),
  RestoreSecret: v.object({ SecretId: secretId }),
  RotateSecret: v.object({
    SecretId: secretId,
    ClientRequestToken: clientRequestToken,
    RotationLambdaARN: v.optional(v.string()),
    RotateImmediately: v.optional(v.boolean()),
  }),
  UpdateSecret: v.object({
    SecretId: secretId,
    Description: v.optional(v.string()),
    ClientRequestToken: clientRequestToken,
    ...content,
  }),
  UpdateSecretVersionStage: v.object({
    SecretId: secretId,
    VersionStage: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
    MoveToVersionId: v.optional(v.string()),
    RemoveFromVersionId: v.optional(v.string()),
  }),
};

export type Operation = keyof typeof requestSchemas;
export type OperationInput<O extends Operation> = v.InferInput<(typeof requestSchemas)[O]>;

/** @throws SecretsManagerError `SerializationException` for a wrong type, `ValidationException` for a wrong value */
export function parseInput(operation: Operation, body: Buffer | undefined): object {
  const result = v.safeParse(requestSchemas[operation], withoutNulls(parseJson(body)), { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const member = v.getDotPath(issue);
  // Something is missing, or has the right type but a value that is not allowed.
  if (issue.received === 'undefined' || issue.kind === 'validation') {
    const message = `1 validation error detected: '${member}' failed to satisfy constraint: ${issue.message}`;
    throw new SecretsManagerError('ValidationException', message);
  }
  throw new SecretsManagerError('SerializationException', `'${member}' must be a ${issue.expected}`);
}

function parseJson(body: Buffer | undefined): object {
  try {
    const input: unknown = JSON.parse(body?.toString('utf8') ?? '');
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input;
  } catch {
    // Falls through to the answer for anything that is not an object.
  }
  throw new SecretsManagerError('SerializationException', 'The body is not a JSON object.');
}

/** In AWS JSON, null is a member that was not given. */
function withoutNulls(input: object): object {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));
}
