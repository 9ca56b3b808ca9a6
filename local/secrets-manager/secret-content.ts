import { invalidParameter } from './secrets-manager-error.ts';

/** As it stands in the API's JSON: text, or bytes in Base64. */
export type SecretContent = { readonly SecretString: string } | { readonly SecretBinary: string };

export interface ContentInput {
  /** Id of the version to be. */
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
  if (ClientRequestToken !== undefined && (ClientRequestToken.length < 32 || ClientRequestToken.length > 64)) {
    throw invalidParameter('ClientRequestToken must be 32-64 characters long.');
  }
  if (SecretString !== undefined && SecretBinary !== undefined) {
    throw invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  if (SecretString !== undefined) return { SecretString };
  return SecretBinary === undefined ? undefined : { SecretBinary };
}

export function isSameContent(a: SecretContent, b: SecretContent | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
