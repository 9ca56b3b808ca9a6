import { randomBytes } from 'node:crypto';

export interface ClientSecretPair {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The credentials of one client that a provider accepts. */
export interface CredentialList {
  accept(clientId: string | null, clientSecret: string | null): boolean;
  /** From now on only these are accepted. */
  replaceBy(only: ClientSecretPair): void;
  /** Makes a new secret for the client. The previous one stays accepted if they should overlap. */
  renew(isOverlapping: boolean): ClientSecretPair;
}

export function createCredentialList({ clientId, clientSecret }: ClientSecretPair): CredentialList {
  let newest: ClientSecretPair = { clientId, clientSecret };
  let accepted: readonly ClientSecretPair[] = [newest];
  return {
    accept: (id, secret) => accepted.some((pair) => pair.clientId === id && pair.clientSecret === secret),
    replaceBy(only) {
      newest = only;
      accepted = [only];
    },
    renew(isOverlapping) {
      const made = { clientId: newest.clientId, clientSecret: randomBytes(24).toString('base64url') };
      accepted = isOverlapping ? [newest, made] : [made];
      newest = made;
      return made;
    },
  };
}
