import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { TokenError } from '../../shared/runtime/errors.ts';
import {
  type ClientCredentials,
  credentialsKind,
  parseClientCredentials,
  type SecretStage,
} from '../../shared/secrets/client-credentials.ts';
import { isCertain, throwAsSecretError } from '../../shared/secrets/secret-errors.ts';
import type { Provider } from '../../shared/settings/provider-settings.ts';
import { SingleFlight } from './single-flight.ts';

/** How long a secret is taken from memory before it is read again. */
export const secretLifetimeMs = 5 * 60_000;
/** After a failed read, the last good value serves this long before the next try. */
export const staleSecretMs = 30_000;
/** How long the last good value serves at most once Secrets Manager has said that there is none, or that we may not read it. */
export const withdrawnSecretMs = 15 * 60_000;
/** The SDK's two tries and what lies between them. */
const readBudgetMs = 6_000;

export interface SecretRead {
  readonly credentials: ClientCredentials;
  /** The label by which this version was found. */
  readonly stage: SecretStage;
  /** How long Secrets Manager took; undefined when the value came from memory. */
  readonly readMs: number | undefined;
}

/** What of a provider's settings says where its secret is and what it has to hold. */
export type SecretSource = Pick<Provider, 'secretId' | 'clientAuth'>;

export interface CurrentVersion {
  readonly secretId: string;
  readonly versionId: string;
  /** Milliseconds since the version was made; undefined where Secrets Manager does not say. */
  readonly ageMs: number | undefined;
}

export interface SecretReaderDeps {
  readonly client: Pick<SecretsManagerClient, 'send'>;
  /** Milliseconds since 1970; never goes back. */
  readonly now: () => number;
  /** Called when the last good value serves because a read failed. */
  readonly onStale: (error: TokenError) => void;
  /** Called for each AWSCURRENT version that was really read. */
  readonly onRead: (current: CurrentVersion) => void;
}

interface HeldSecret {
  readonly credentials: ClientCredentials;
  /** When it was asked for, with success. */
  readonly readAtMs: number;
  readonly readAgainAtMs: number;
  /** Since when Secrets Manager says that it is gone or forbidden. */
  readonly withdrawnSinceMs: number | undefined;
}

/** Reads client credentials, and keeps the current ones in memory. Concurrent reads of a secret share one call. */
export class SecretReader {
  /** One entry per secret and kind of credentials: the settings bound it. */
  readonly #held = new Map<string, HeldSecret>();
  readonly #reads: SingleFlight<SecretRead>;
  readonly #stageReads: SingleFlight<SecretRead | undefined>;
  readonly #deps: SecretReaderDeps;

  constructor(deps: SecretReaderDeps) {
    this.#deps = deps;
    this.#reads = new SingleFlight(deps.now, readBudgetMs);
    this.#stageReads = new SingleFlight(deps.now, readBudgetMs);
  }

  /** Whether `read` would answer without asking Secrets Manager. */
  isInMemory(source: SecretSource): boolean {
    return this.#getYoung(source) !== undefined;
  }

  /** How long ago what is held was really read, in milliseconds; undefined where nothing is held. */
  ageMs(source: SecretSource): number | undefined {
    const held = this.#held.get(keyOf(source));
    return held === undefined ? undefined : this.#deps.now() - held.readAtMs;
  }

  /**
   * The AWSCURRENT version, from memory for 5 minutes. When Secrets Manager fails or the new value is malformed, the last
   * good one serves; when it says that there is none or that we may not read it, for 15 minutes at most.
   *
   * @throws TokenError with a `SecretReason`
   */
  async read(source: SecretSource): Promise<SecretRead> {
    const held = this.#getYoung(source);
    if (held === undefined) return this.readAfresh(source);
    return { credentials: held.credentials, stage: 'AWSCURRENT', readMs: undefined };
  }

  /** The same, but past the memory: for when the provider refused what is in it. */
  readAfresh(source: SecretSource): Promise<SecretRead> {
    return this.#reads.run(keyOf(source), () => this.#readCurrent(source));
  }

  /**
   * Another version, for when the provider refuses AWSCURRENT. Never from memory.
   *
   * @returns undefined where there is no such version, or it cannot be read or used
   */
  readStage(source: SecretSource, stage: Exclude<SecretStage, 'AWSCURRENT'>): Promise<SecretRead | undefined> {
    return this.#stageReads.run(`${stage} ${keyOf(source)}`, async () => {
      const readAtMs = this.#deps.now();
      try {
        const { credentials } = await fetchVersion(this.#deps.client, source, stage);
        return { credentials, stage, readMs: this.#deps.now() - readAtMs };
      } catch {
        // Most secrets have no such version. One that is there and cannot be used does not help either.
        return undefined;
      }
    });
  }

  #getYoung(source: SecretSource): HeldSecret | undefined {
    const held = this.#held.get(keyOf(source));
    return held !== undefined && this.#deps.now() < held.readAgainAtMs ? held : undefined;
  }

  async #readCurrent(source: SecretSource): Promise<SecretRead> {
    const { client, now, onRead } = this.#deps;
    const readAtMs = now();
    try {
      const { credentials, createdAtMs } = await fetchVersion(client, source, 'AWSCURRENT');
      const readAgainAtMs = readAtMs + secretLifetimeMs;
      this.#hold(source, { credentials, readAtMs, readAgainAtMs, withdrawnSinceMs: undefined });
      const ageMs = createdAtMs === undefined ? undefined : Math.max(0, readAtMs - createdAtMs);
      onRead({ secretId: source.secretId, versionId: credentials.versionId, ageMs });
      return { credentials, stage: 'AWSCURRENT', readMs: now() - readAtMs };
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      return { credentials: this.#lastGood(source, error), stage: 'AWSCURRENT', readMs: now() - readAtMs };
    }
  }

  /** @throws the error, where there is no last good value or it has served for too long */
  #lastGood(source: SecretSource, error: TokenError): ClientCredentials {
    const nowMs = this.#deps.now();
    const held = this.#held.get(keyOf(source));
    const withdrawnSinceMs = isCertain(error.reason) ? (held?.withdrawnSinceMs ?? nowMs) : held?.withdrawnSinceMs;
    const isOver = withdrawnSinceMs !== undefined && nowMs - withdrawnSinceMs >= withdrawnSecretMs;
    if (held === undefined || isOver) {
      this.#held.delete(keyOf(source));
      throw error;
    }
    this.#hold(source, { ...held, readAgainAtMs: nowMs + staleSecretMs, withdrawnSinceMs });
    this.#deps.onStale(error);
    return held.credentials;
  }

  #hold(source: SecretSource, held: HeldSecret): void {
    this.#held.set(keyOf(source), held);
  }
}

function keyOf(source: SecretSource): string {
  return `${credentialsKind(source)} ${source.secretId}`;
}

interface FetchedVersion {
  readonly credentials: ClientCredentials;
  readonly createdAtMs: number | undefined;
}

async function fetchVersion(
  client: Pick<SecretsManagerClient, 'send'>,
  source: SecretSource,
  stage: SecretStage,
): Promise<FetchedVersion> {
  const { secretId } = source;
  const command = new GetSecretValueCommand({ SecretId: secretId, VersionStage: stage });
  const answer = await client.send(command).catch(throwAsSecretError(secretId));
  const credentials = parseClientCredentials(
    secretId,
    answer.VersionId ?? 'unknown',
    answer.SecretString,
    credentialsKind(source),
  );
  return { credentials, createdAtMs: answer.CreatedDate?.getTime() };
}
