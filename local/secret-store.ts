import { randomBytes, randomUUID } from 'node:crypto';
import type {
  CreateSecretRequest,
  DeleteSecretRequest,
  DescribeSecretRequest,
  DescribeSecretResponse,
  GetSecretValueRequest,
  ListSecretsRequest,
  PutSecretValueRequest,
  RotateSecretRequest,
  UpdateSecretRequest,
  UpdateSecretVersionStageRequest,
} from '@aws-sdk/client-secrets-manager';
import { accountId, region } from './callers.ts';

/** One of Secrets Manager's own exceptions; `name` is its type on the wire. */
export class SecretsManagerError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

interface Version {
  readonly id: string;
  readonly content: { readonly SecretString?: string; readonly SecretBinary?: unknown };
  readonly createdAtSeconds: number;
  readonly stages: Set<string>;
}

interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly createdAtSeconds: number;
  readonly versions: Map<string, Version>;
  description: string | undefined;
  changedAtSeconds: number;
  deletedAtSeconds: number | undefined;
}

const current = 'AWSCURRENT';
const previous = 'AWSPREVIOUS';

/**
 * Secrets Manager's state and rules: versions and the staging labels that move among them. Each method is the operation
 * of that name; what it takes and gives is the AWS API's JSON.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/
 */
export class SecretStore {
  readonly #secrets = new Map<string, Secret>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  CreateSecret(input: CreateSecretRequest): object {
    const name = input.Name ?? '';
    if (!/^[\w/+=.@-]{1,512}$/.test(name)) {
      throw new SecretsManagerError('InvalidParameterException', 'Invalid name. Must be a valid name.');
    }
    if (this.#secrets.has(name)) {
      const message = `The operation failed because the secret ${name} already exists.`;
      throw new SecretsManagerError('ResourceExistsException', message);
    }
    const nowSeconds = this.#nowSeconds();
    const secret: Secret = {
      name,
      arn: `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-${randomBytes(3).toString('hex')}`,
      createdAtSeconds: nowSeconds,
      versions: new Map(),
      description: input.Description,
      changedAtSeconds: nowSeconds,
      deletedAtSeconds: undefined,
    };
    this.#secrets.set(name, secret);
    if (!hasContent(input)) return { ARN: secret.arn, Name: name };
    return this.#putVersion(secret, input, [current]);
  }

  GetSecretValue(input: GetSecretValueRequest): object {
    const secret = this.#find(input.SecretId);
    const stage = input.VersionStage ?? (input.VersionId === undefined ? current : undefined);
    const version =
      input.VersionId === undefined ? holder(secret, stage ?? current) : secret.versions.get(input.VersionId);
    if (version === undefined || (stage !== undefined && !version.stages.has(stage))) {
      const what = input.VersionId === undefined ? `staging label: ${stage}` : `VersionId: ${input.VersionId}`;
      const message = `Secrets Manager can't find the specified secret value for ${what}`;
      throw new SecretsManagerError('ResourceNotFoundException', message);
    }
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: version.id,
      ...version.content,
      VersionStages: [...version.stages],
      CreatedDate: version.createdAtSeconds,
    };
  }

  PutSecretValue(input: PutSecretValueRequest): object {
    return this.#putVersion(this.#find(input.SecretId), input, input.VersionStages ?? [current]);
  }

  UpdateSecret(input: UpdateSecretRequest): object {
    const secret = this.#find(input.SecretId);
    if (input.Description !== undefined) secret.description = input.Description;
    return hasContent(input) ? this.#putVersion(secret, input, [current]) : { ARN: secret.arn, Name: secret.name };
  }

  DescribeSecret(input: DescribeSecretRequest): object {
    const { VersionIdsToStages, ...description } = this.#describe(this.#find(input.SecretId, true));
    return { ...description, VersionIdsToStages };
  }

  ListSecrets(input: ListSecretsRequest): object {
    const names = input.Filters?.find((filter) => filter.Key === 'name')?.Values ?? [''];
    const secrets = [...this.#secrets.values()].filter(
      (secret) => secret.deletedAtSeconds === undefined && names.some((name) => secret.name.startsWith(name)),
    );
    const SecretList = secrets.map((secret) => {
      const { VersionIdsToStages, ...description } = this.#describe(secret);
      return { ...description, SecretVersionsToStages: VersionIdsToStages };
    });
    return { SecretList };
  }

  UpdateSecretVersionStage(input: UpdateSecretVersionStageRequest): object {
    const secret = this.#find(input.SecretId);
    const stage = input.VersionStage ?? '';
    const from = holder(secret, stage);
    if (from !== undefined && from.id !== input.RemoveFromVersionId && from.id !== input.MoveToVersionId) {
      const message = `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${from.id}, so you must explicitly reference that version in RemoveFromVersionId.`;
      throw new SecretsManagerError('InvalidParameterException', message);
    }
    if (input.MoveToVersionId === undefined) from?.stages.delete(stage);
    else moveStage(secret, stage, requireVersion(secret, input.MoveToVersionId));
    secret.changedAtSeconds = this.#nowSeconds();
    return { ARN: secret.arn, Name: secret.name };
  }

  RotateSecret(input: RotateSecretRequest): object {
    this.#find(input.SecretId);
    throw new SecretsManagerError(
      'InvalidRequestException',
      'No Lambda rotation function ARN is associated with this secret.',
    );
  }

  DeleteSecret(input: DeleteSecretRequest): object {
    const secret = this.#find(input.SecretId, true);
    const windowDays = input.ForceDeleteWithoutRecovery === true ? 0 : (input.RecoveryWindowInDays ?? 30);
    secret.deletedAtSeconds = this.#nowSeconds();
    if (input.ForceDeleteWithoutRecovery === true) this.#secrets.delete(secret.name);
    return { ARN: secret.arn, Name: secret.name, DeletionDate: secret.deletedAtSeconds + windowDays * 86_400 };
  }

  RestoreSecret(input: { SecretId?: string }): object {
    const secret = this.#find(input.SecretId, true);
    secret.deletedAtSeconds = undefined;
    return { ARN: secret.arn, Name: secret.name };
  }

  #putVersion(secret: Secret, input: Omit<PutSecretValueRequest, 'SecretId'>, stages: readonly string[]): object {
    if (!hasContent(input)) {
      throw new SecretsManagerError('InvalidRequestException', 'You must provide either SecretString or SecretBinary.');
    }
    const id = input.ClientRequestToken ?? randomUUID();
    const content =
      input.SecretString === undefined ? { SecretBinary: input.SecretBinary } : { SecretString: input.SecretString };
    const known = secret.versions.get(id);
    if (known !== undefined && JSON.stringify(known.content) !== JSON.stringify(content)) {
      const message = `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`;
      throw new SecretsManagerError('ResourceExistsException', message);
    }
    const version = known ?? { id, content, createdAtSeconds: this.#nowSeconds(), stages: new Set<string>() };
    secret.versions.set(id, version);
    for (const stage of stages) moveStage(secret, stage, version);
    secret.changedAtSeconds = this.#nowSeconds();
    return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: [...version.stages] };
  }

  #describe(secret: Secret): Record<string, unknown> & Pick<DescribeSecretResponse, 'VersionIdsToStages'> {
    const staged = [...secret.versions.values()].filter((version) => version.stages.size > 0);
    return {
      ARN: secret.arn,
      Name: secret.name,
      Description: secret.description,
      CreatedDate: secret.createdAtSeconds,
      LastChangedDate: secret.changedAtSeconds,
      DeletedDate: secret.deletedAtSeconds,
      RotationEnabled: false,
      VersionIdsToStages: Object.fromEntries(staged.map((version) => [version.id, [...version.stages]])),
    };
  }

  /** By name, by ARN, or by ARN without its random end. */
  #find(secretId: string | undefined, isDeletedFine = false): Secret {
    const secret = [...this.#secrets.values()].find(
      ({ name, arn }) => secretId === name || secretId === arn || secretId === arn.slice(0, arn.lastIndexOf('-')),
    );
    if (secret === undefined) {
      throw new SecretsManagerError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    }
    if (secret.deletedAtSeconds !== undefined && !isDeletedFine) {
      const message = "You can't perform this operation on the secret because it was marked for deletion.";
      throw new SecretsManagerError('InvalidRequestException', message);
    }
    return secret;
  }

  #nowSeconds(): number {
    return this.#now() / 1000;
  }
}

function hasContent(input: { SecretString?: unknown; SecretBinary?: unknown }): boolean {
  return input.SecretString !== undefined || input.SecretBinary !== undefined;
}

function holder(secret: Secret, stage: string): Version | undefined {
  return [...secret.versions.values()].find((version) => version.stages.has(stage));
}

function requireVersion(secret: Secret, id: string): Version {
  const version = secret.versions.get(id);
  if (version === undefined) {
    const message = `Secrets Manager can't find the specified secret value for VersionId: ${id}`;
    throw new SecretsManagerError('ResourceNotFoundException', message);
  }
  return version;
}

/** A label is on one version at a time. Whoever loses AWSCURRENT becomes AWSPREVIOUS. */
function moveStage(secret: Secret, stage: string, to: Version): void {
  const from = holder(secret, stage);
  if (from === to) return;
  from?.stages.delete(stage);
  to.stages.add(stage);
  if (stage === current && from !== undefined) moveStage(secret, previous, from);
}
