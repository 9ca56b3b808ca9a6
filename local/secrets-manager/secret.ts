import { isSameContent, type SecretContent } from './secret-content.ts';
import { invalidParameter, SecretsManagerError } from './secrets-manager-error.ts';

export interface Version {
  readonly id: string;
  /** Undefined between RotateSecret, which labels a version AWSPENDING, and the PutSecretValue of its content. */
  content: SecretContent | undefined;
  readonly createdAtSeconds: number;
  /** Staging labels; each is on one version of a secret at a time. */
  readonly stages: Set<string>;
}

export interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly createdAtSeconds: number;
  readonly versions: Map<string, Version>;
  description: string | undefined;
  changedAtSeconds: number;
  /** When its deletion was requested. */
  deletedAtSeconds: number | undefined;
  rotationFunctionArn: string | undefined;
  lastRotatedAtSeconds: number | undefined;
}

export const current = 'AWSCURRENT';
export const pending = 'AWSPENDING';
const previous = 'AWSPREVIOUS';

/** The version that has the label. */
export function findByStage(secret: Secret, stage: string): Version | undefined {
  return [...secret.versions.values()].find((version) => version.stages.has(stage));
}

/** A label is on one version at a time. The version that loses AWSCURRENT becomes AWSPREVIOUS. */
export function moveStage(secret: Secret, stage: string, to: Version): void {
  const from = findByStage(secret, stage);
  if (from === to) return;
  from?.stages.delete(stage);
  to.stages.add(stage);
  if (stage === current && from !== undefined) moveStage(secret, previous, from);
}

/**
 * Adds a version. A repeated request, recognized by its token, changes nothing, not even labels that have moved since.
 *
 * @throws SecretsManagerError if a version with other content has this token
 */
export function putVersion(
  secret: Secret,
  id: string,
  content: SecretContent,
  stages: readonly string[],
  nowSeconds: number,
): Version {
  const known = secret.versions.get(id);
  if (known !== undefined && known.content === undefined) {
    known.content = content;
    return known;
  }
  if (known !== undefined) {
    if (isSameContent(known.content, content)) return known;
    const message = `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`;
    throw new SecretsManagerError('ResourceExistsException', message);
  }
  const isFirst = secret.versions.size === 0;
  const version = { id, content, createdAtSeconds: nowSeconds, stages: new Set<string>() };
  secret.versions.set(id, version);
  secret.changedAtSeconds = nowSeconds;
  for (const stage of stages) moveStage(secret, stage, version);
  if (isFirst) moveStage(secret, current, version);
  return version;
}

/** @throws SecretsManagerError unless the version that would lose the label is the one that the caller expects */
export function assertStageIsMovable(
  secret: Secret,
  stage: string,
  { to, from }: { to: string | undefined; from: string | undefined },
): void {
  const holder = findByStage(secret, stage);
  if (to === undefined && from === undefined) {
    throw invalidParameter('Specify at least one of MoveToVersionId and RemoveFromVersionId.');
  }
  if (to === undefined && stage === current) {
    const message = `You can only move staging label ${current} to a different secret version. It can't be completely removed.`;
    throw invalidParameter(message);
  }
  if (holder === undefined) {
    if (from !== undefined) throw invalidParameter(`Staging label ${stage} is not attached to version ${from}.`);
  } else if (holder.id !== from && (from !== undefined || holder.id !== to)) {
    const message = `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder.id}, so you must explicitly reference that version in RemoveFromVersionId.`;
    throw invalidParameter(message);
  }
}

/** What both DescribeSecret and ListSecrets return. */
export function describeSecret(secret: Secret): object {
  return {
    ARN: secret.arn,
    Name: secret.name,
    Description: secret.description,
    CreatedDate: secret.createdAtSeconds,
    LastChangedDate: secret.changedAtSeconds,
    DeletedDate: secret.deletedAtSeconds,
    RotationEnabled: secret.rotationFunctionArn !== undefined,
    RotationLambdaARN: secret.rotationFunctionArn,
    LastRotatedDate: secret.lastRotatedAtSeconds,
  };
}

/** Version id → labels. A version without labels is deprecated and not listed. */
export function stagesByVersion(secret: Secret): Record<string, string[]> {
  const staged = [...secret.versions.values()].filter((version) => version.stages.size > 0);
  return Object.fromEntries(staged.map((version) => [version.id, [...version.stages]]));
}
