import type { ClientCredentials } from '../../../shared/secrets/client-credentials.ts';
import type { Provider } from '../../../shared/settings/provider-settings.ts';
import type { SecretReader } from '../secret-reader.ts';

/** An entry of another version makes an instance read its secret afresh, at most once in this time. */
export const freshVersionMs = 30_000;

interface OtherVersion {
  readonly versionId: string;
  readonly credentials: ClientCredentials | undefined;
  readonly readAtMs: number;
}

/** Finds the client credentials with which the fleet's entries of one provider were sealed. */
export class FleetVersions {
  readonly #secrets: SecretReader;
  readonly #provider: Provider;
  readonly #now: () => number;
  #triedAtMs = Number.NEGATIVE_INFINITY;
  #other: OtherVersion | undefined;

  constructor(secrets: SecretReader, provider: Provider, now: () => number) {
    this.#secrets = secrets;
    this.#provider = provider;
    this.#now = now;
  }

  /** The AWSCURRENT version: of these two the one that somebody else has seen, if it can be had. */
  async current(seenVersionId: string): Promise<ClientCredentials> {
    const held = await this.#secrets.read(this.#provider);
    const isKnown = held.credentials.versionId === seenVersionId || this.isFresh();
    if (isKnown || this.#now() - this.#triedAtMs < freshVersionMs) return held.credentials;
    this.#triedAtMs = this.#now();
    return (await this.#secrets.readAfresh(this.#provider)).credentials;
  }

  /** Whether the version held was AWSCURRENT a short while ago: only then does it say that another one is outdated. */
  isFresh(): boolean {
    const ageMs = this.#secrets.ageMs(this.#provider);
    return ageMs !== undefined && ageMs < freshVersionMs;
  }

  /** The credentials of this version, where AWSCURRENT is refused and another one serves. */
  async find(versionId: string, current: ClientCredentials): Promise<ClientCredentials | undefined> {
    if (versionId === current.versionId) return current;
    const known = this.#other;
    if (known?.versionId === versionId && this.#now() - known.readAtMs < freshVersionMs) return known.credentials;
    let credentials: ClientCredentials | undefined;
    for (const stage of ['AWSPENDING', 'AWSPREVIOUS'] as const) {
      const read = await this.#secrets.readStage(this.#provider, stage);
      if (read?.credentials.versionId === versionId) credentials = read.credentials;
    }
    this.#other = { versionId, credentials, readAtMs: this.#now() };
    return credentials;
  }
}
