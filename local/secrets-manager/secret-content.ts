import { invalidParameter } from './secrets-manager-error.ts';

/** As in the API's JSON: text, or bytes in Base64. */
export type SecretContent = { readonly SecretString: string } | { readonly SecretBinary: string };

export interface ContentInput {
  /** Id of the new version. */
  readonly ClientRequestToken?: string | undefined;
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: string | undefined;
}

/**
 * @returns undefined when the request gives no content
 * @throws SecretsManagerError `InvalidParameterException`
 */
export function readContent({
  ClientRequestToken,
  SecretString,
  SecretBinary,
}: ContentInput): SecretContent | undefined {
  checkToken(ClientRequestToken);
  if (SecretString !== undefined && SecretBinary !== undefined) {
    throw invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  if (SecretString !== undefined) return { SecretString };
  return SecretBinary === undefined ? undefined : { SecretBinary };
}

/** @throws SecretsManagerError `InvalidParameterException` */
export function checkToken(token: string | undefined): void {
  if (token === undefined || (token.length >= 32 && token.length <= 64)) return;
  throw invalidParameter('ClientRequestToken must be 32-64 characters long.');
}

export function isSameContent(a: SecretContent | undefined, b: SecretContent | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
