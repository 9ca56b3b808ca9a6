import { randomBytes } from 'node:crypto';

export interface ClientSecretPair {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The credentials of one client that a provider accepts. */
export class CredentialList {
  #newest: ClientSecretPair;
  #accepted: readonly ClientSecretPair[];

  constructor({ clientId, clientSecret }: ClientSecretPair) {
    this.#newest = { clientId, clientSecret };
    this.#accepted = [this.#newest];
  }

  accepts(clientId: string | null, clientSecret: string | null): boolean {
    return this.#accepted.some((pair) => pair.clientId === clientId && pair.clientSecret === clientSecret);
  }

  /** From now on it accepts only these. */
  replaceBy(only: ClientSecretPair): void {
    this.#newest = only;
    this.#accepted = [only];
  }

  /** Makes a new secret for the client. The previous one stays accepted if they should overlap. */
  renew(isOverlapping: boolean): ClientSecretPair {
    const made = { clientId: this.#newest.clientId, clientSecret: randomBytes(24).toString('base64url') };
    this.#accepted = isOverlapping ? [this.#newest, made] : [made];
    this.#newest = made;
    return made;
  }
}
