import { randomBytes } from 'node:crypto';
import { accountId, region } from '../gateway/callers.ts';
import type { Secret, Version } from './secret.ts';
import { invalidRequest, secretNotFound } from './secrets-manager-error.ts';

/** All secrets. */
export class SecretCatalog {
  readonly #byName = new Map<string, Secret>();

  add(name: string, description: string | undefined, nowSeconds: number): Secret {
    const secret = {
      name,
      arn: newArn(name),
      createdAtSeconds: nowSeconds,
      versions: new Map<string, Version>(),
      description,
      changedAtSeconds: nowSeconds,
      deletedAtSeconds: undefined,
      rotationFunctionArn: undefined,
      lastRotatedAtSeconds: undefined,
    };
    this.#byName.set(name, secret);
    return secret;
  }

  remove({ name }: Secret): void {
    this.#byName.delete(name);
  }

  list(): readonly Secret[] {
    return [...this.#byName.values()];
  }

  /** @param secretId a name, an ARN, or an ARN without its random end */
  search(secretId: string): Secret | undefined {
    return this.list().find(
      ({ name, arn }) => secretId === name || secretId === arn || secretId === arn.slice(0, arn.lastIndexOf('-')),
    );
  }

  /**
   * @param secretId as in `search`
   * @throws SecretsManagerError if it does not exist or, unless allowed, is scheduled for deletion
   */
  find(secretId: string, isDeletedFine = false): Secret {
    const secret = this.search(secretId);
    if (secret === undefined) throw secretNotFound();
    if (secret.deletedAtSeconds === undefined || isDeletedFine) return secret;
    throw invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");
  }
}

export function newArn(name: string): string {
  return `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-${randomBytes(3).toString('hex')}`;
}
