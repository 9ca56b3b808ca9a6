import { randomUUID } from 'node:crypto';
import { type RotationFunction, Rotations } from './rotations.ts';
import {
  assertStageIsMovable,
  current,
  describeSecret,
  findByStage,
  moveStage,
  putVersion,
  type Secret,
  stagesByVersion,
  type Version,
} from './secret.ts';
import { newArn, SecretCatalog } from './secret-catalog.ts';
import { type ContentInput, isSameContent, readContent, type SecretContent } from './secret-content.ts';
import { invalidParameter, invalidRequest, SecretsManagerError, valueNotFound } from './secrets-manager-error.ts';
import type { Operation, OperationInput } from './secrets-manager-requests.ts';

/**
 * Secrets Manager's state and rules: versions, and the staging labels that move between them. Each method is the operation of
 * that name, with the AWS API's JSON as argument and result. Each throws SecretsManagerError.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/
 */
export class SecretStore implements Record<Operation, (input: never) => object> {
  readonly #secrets = new SecretCatalog();
  readonly #now: () => number;
  readonly #rotations: Rotations;
  readonly rotationFunction: RotationFunction | undefined;

  /** @param rotationFunction without it nothing can be rotated */
  constructor(now: () => number, rotationFunction?: RotationFunction) {
    this.#now = now;
    this.rotationFunction = rotationFunction;
    this.#rotations = new Rotations(rotationFunction, now);
  }

  CreateSecret(input: OperationInput<'CreateSecret'>): object {
    const content = readContent(input);
    const known = this.#secrets.search(input.Name);
    if (known !== undefined) assertIsRepeated(known, input, content);
    const secret = known ?? this.#secrets.add(input.Name, input.Description, this.#nowSeconds());
    const version = content && this.#put(secret, input, content, [current]);
    return { ARN: secret.arn, Name: secret.name, VersionId: version?.id };
  }

  GetSecretValue({ SecretId, VersionId, VersionStage }: OperationInput<'GetSecretValue'>): object {
    const secret = this.#secrets.find(SecretId);
    const stage = VersionStage ?? current;
    const version = VersionId === undefined ? findByStage(secret, stage) : secret.versions.get(VersionId);
    if (version?.content === undefined) {
      throw valueNotFound(VersionId === undefined ? `staging label: ${stage}` : `VersionId: ${VersionId}`);
    }
    if (VersionStage !== undefined && !version.stages.has(VersionStage)) {
      throw invalidRequest('You provided a VersionStage that is not associated to the provided VersionId.');
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

  PutSecretValue(input: OperationInput<'PutSecretValue'>): object {
    const secret = this.#secrets.find(input.SecretId);
    const content = readContent(input);
    if (content === undefined) throw invalidRequest('You must provide either SecretString or SecretBinary.');
    const { id, stages } = this.#put(secret, input, content, input.VersionStages ?? [current]);
    return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: [...stages] };
  }

  UpdateSecret(input: OperationInput<'UpdateSecret'>): object {
    const secret = this.#secrets.find(input.SecretId);
    const content = readContent(input);
    const version = content && this.#put(secret, input, content, [current]);
    if (input.Description !== undefined) secret.description = input.Description;
    return { ARN: secret.arn, Name: secret.name, VersionId: version?.id };
  }

  DescribeSecret({ SecretId }: OperationInput<'DescribeSecret'>): object {
    const secret = this.#secrets.find(SecretId, true);
    return { ...describeSecret(secret), VersionIdsToStages: stagesByVersion(secret) };
  }

  ListSecrets({ Filters = [], IncludePlannedDeletion = false }: OperationInput<'ListSecrets'>): object {
    const secrets = this.#secrets
      .list()
      .filter(({ deletedAtSeconds }) => IncludePlannedDeletion || deletedAtSeconds === undefined)
      .filter(({ name }) => Filters.every(({ Values }) => Values.some((value) => name.startsWith(value))));
    return {
      SecretList: secrets.map((secret) => ({
        ...describeSecret(secret),
        SecretVersionsToStages: stagesByVersion(secret),
      })),
    };
  }

  UpdateSecretVersionStage(input: OperationInput<'UpdateSecretVersionStage'>): object {
    const { VersionStage: stage, MoveToVersionId: to, RemoveFromVersionId: from } = input;
    const secret = this.#secrets.find(input.SecretId);
    const target = to === undefined ? undefined : secret.versions.get(to);
    if (to !== undefined && target === undefined) throw valueNotFound(`VersionId: ${to}`);
    assertStageIsMovable(secret, stage, { to, from });
    if (target === undefined) findByStage(secret, stage)?.stages.delete(stage);
    else moveStage(secret, stage, target);
    secret.changedAtSeconds = this.#nowSeconds();
    return { ARN: secret.arn, Name: secret.name };
  }

  RotateSecret(input: OperationInput<'RotateSecret'>): object {
    const secret = this.#secrets.find(input.SecretId);
    return { ARN: secret.arn, Name: secret.name, VersionId: this.#rotations.rotate(secret, input) };
  }

  DeleteSecret(input: OperationInput<'DeleteSecret'>): object {
    const isForced = input.ForceDeleteWithoutRecovery === true;
    const windowDays = readRecoveryWindow(isForced, input.RecoveryWindowInDays);
    const nowSeconds = this.#nowSeconds();
    // ForceDeleteWithoutRecovery removes it at once.
    if (isForced && this.#secrets.search(input.SecretId) === undefined) {
      return { ARN: newArn(input.SecretId), Name: input.SecretId, DeletionDate: nowSeconds };
    }
    const secret = this.#secrets.find(input.SecretId, isForced);
    secret.deletedAtSeconds = nowSeconds;
    if (isForced) this.#secrets.remove(secret);
    return { ARN: secret.arn, Name: secret.name, DeletionDate: nowSeconds + windowDays * 86_400 };
  }

  RestoreSecret({ SecretId }: OperationInput<'RestoreSecret'>): object {
    const secret = this.#secrets.find(SecretId, true);
    secret.deletedAtSeconds = undefined;
    return { ARN: secret.arn, Name: secret.name };
  }

  #put(secret: Secret, input: ContentInput, content: SecretContent, stages: readonly string[]): Version {
    return putVersion(secret, input.ClientRequestToken ?? randomUUID(), content, stages, this.#nowSeconds());
  }

  #nowSeconds(): number {
    return this.#now() / 1000;
  }
}

/** A repeated request, recognized by its token, succeeds again. Any other fails because the name is taken. */
function assertIsRepeated(secret: Secret, input: ContentInput, content: SecretContent | undefined): void {
  if (secret.deletedAtSeconds !== undefined) {
    throw invalidRequest(
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  }
  const known = secret.versions.get(input.ClientRequestToken ?? '');
  if (known !== undefined && isSameContent(known.content, content)) return;
  const message = `The operation failed because the secret ${secret.name} already exists.`;
  throw new SecretsManagerError('ResourceExistsException', message);
}

function readRecoveryWindow(isForced: boolean, days: number | undefined): number {
  if (isForced && days !== undefined) {
    throw invalidParameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
  }
  if (days !== undefined && !(days >= 7 && days <= 30)) {
    throw invalidParameter('The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).');
  }
  return isForced ? 0 : (days ?? 30);
}
