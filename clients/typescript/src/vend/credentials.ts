import { VendingError } from '../vending-error.ts';
import { oneLine } from './one-line.ts';
import type { Credentials, CredentialsSource } from './signer.ts';

/** The caller's AWS credentials: given, or from the AWS SDK's chain, which is loaded when it is first needed. */
export function createReadCredentials(source: CredentialsSource | undefined): () => Promise<Credentials> {
  const read = source === undefined ? createReadFromChain() : asFunction(source);
  return async () => {
    try {
      return await read();
    } catch (cause) {
      const reason = cause instanceof Error ? oneLine(cause.message) : 'unknown';
      const description = `There are no AWS credentials to sign with: ${reason}`;
      throw new VendingError({ error: 'no_credentials', description }, { cause });
    }
  };
}

function asFunction(source: CredentialsSource): () => Promise<Credentials> {
  return typeof source === 'function' ? source : async () => source;
}

function createReadFromChain(): () => Promise<Credentials> {
  // The chain keeps credentials until shortly before they expire.
  let chain: Promise<() => Promise<Credentials>> | undefined;
  return async () => {
    chain ??= import('@aws-sdk/credential-providers').then(({ fromNodeProviderChain }) => fromNodeProviderChain());
    return (await chain)();
  };
}
