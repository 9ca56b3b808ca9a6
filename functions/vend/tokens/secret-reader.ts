import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { VendError } from '../../shared/runtime/errors.ts';
import {
  type ClientCredentials,
  type CredentialsKind,
  parseClientCredentials,
} from '../../shared/secrets/client-credentials.ts';
import { throwAsSecretError } from '../../shared/secrets/secret-error.ts';
import type { SecretStage } from '../../shared/secrets/secret-stage.ts';
import { SingleFlight } from './single-flight.ts';

/** How long a secret is taken from memory before it is read again. */
export const secretLifetimeMs = 5 * 60_000;
/** After a read that failed the last good value serves this long before the next try. */
export const staleSecretMs = 30_000;

export interface SecretRead {
  readonly credentials: ClientCredentials;
  /** The label by which this version was found. */
  readonly stage: SecretStage;
  /** How long Secrets Manager took; undefined when the value came from memory. */
  readonly readMs: number | undefined;
}

type OtherStage = Exclude<SecretStage, 'AWSCURRENT'>;

export interface SecretReader {
  /** Whether `read` would answer without asking Secrets Manager. */
  isInMemory(secretId: string, kind: CredentialsKind): boolean;
  /**
   * The AWSCURRENT version of a secret, from memory for 5 minutes. Concurrent reads of a secret share one call. When
   * Secrets Manager fails or the new value is malformed, the last good one serves.
   *
   * @throws VendError `server_error` (missing, forbidden or malformed secret) or `temporarily_unavailable`
   */
  read(secretId: string, kind: CredentialsKind): Promise<SecretRead>;
  /** The same, but past the memory: for when the provider refused what is in it. */
  readAfresh(secretId: string, kind: CredentialsKind): Promise<SecretRead>;
  /**
   * Another version, for when the provider refuses AWSCURRENT. Never from memory; concurrent reads share one call.
   *
   * @returns undefined where there is no such version, or it cannot be read or used
   */
  readStage(secretId: string, kind: CredentialsKind, stage: OtherStage): Promise<SecretRead | undefined>;
  /** Lets a version that works serve until the secret is next read, which stays due when it was. */
  keep(secretId: string, kind: CredentialsKind, read: SecretRead): void;
}

export interface SecretReaderDeps {
  readonly client: Pick<SecretsManagerClient, 'send'>;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
  /** Told when the last good value serves because a read failed. */
  readonly onStale: (error: VendError) => void;
  /** Told of each AWSCURRENT version that was really read. */
  readonly onRead: (current: CurrentVersion) => void;
}

export interface CurrentVersion {
  readonly secretId: string;
  readonly versionId: string;
  /** Milliseconds since the version was made; undefined where Secrets Manager does not say. */
  readonly ageMs: number | undefined;
}

interface HeldSecret extends Pick<SecretRead, 'credentials' | 'stage'> {
  readonly readAgainAtMs: number;
}

export function createSecretReader({ client, now, onStale, onRead }: SecretReaderDeps): SecretReader {
  // One entry a provider's secret and what it is read as: the settings bound it.
  const held = new Map<string, HeldSecret>();
  const reads = new SingleFlight<SecretRead>();
  const stageReads = new SingleFlight<SecretRead | undefined>();

  async function load(key: string, secretId: string, kind: CredentialsKind): Promise<SecretRead> {
    const readAtMs = now();
    try {
      const { credentials, createdAtMs } = await fetchVersion(client, secretId, kind, 'AWSCURRENT');
      held.set(key, { credentials, stage: 'AWSCURRENT', readAgainAtMs: readAtMs + secretLifetimeMs });
      const ageMs = createdAtMs === undefined ? undefined : Math.max(0, readAtMs - createdAtMs);
      onRead({ secretId, versionId: credentials.versionId, ageMs });
      return { credentials, stage: 'AWSCURRENT', readMs: now() - readAtMs };
    } catch (error) {
      const lastGood = held.get(key);
      if (lastGood === undefined || !(error instanceof VendError)) throw error;
      held.set(key, { ...lastGood, readAgainAtMs: now() + staleSecretMs });
      onStale(error);
      const { credentials, stage } = lastGood;
      return { credentials, stage, readMs: now() - readAtMs };
    }
  }

  async function loadStage(
    secretId: string,
    kind: CredentialsKind,
    stage: OtherStage,
  ): Promise<SecretRead | undefined> {
    const readAtMs = now();
    try {
      const { credentials } = await fetchVersion(client, secretId, kind, stage);
      return { credentials, stage, readMs: now() - readAtMs };
    } catch {
      // Most secrets have no such version. One that is there and cannot be used is no help either.
      return undefined;
    }
  }

  function readAfresh(secretId: string, kind: CredentialsKind): Promise<SecretRead> {
    const key = keyOf(secretId, kind);
    return reads.run(key, () => load(key, secretId, kind));
  }

  function getYoung(secretId: string, kind: CredentialsKind): HeldSecret | undefined {
    const secret = held.get(keyOf(secretId, kind));
    return secret !== undefined && now() < secret.readAgainAtMs ? secret : undefined;
  }

  return {
    isInMemory: (secretId, kind) => getYoung(secretId, kind) !== undefined,
    async read(secretId, kind) {
      const secret = getYoung(secretId, kind);
      if (secret === undefined) return readAfresh(secretId, kind);
      return { credentials: secret.credentials, stage: secret.stage, readMs: undefined };
    },
    readAfresh,
    readStage: (secretId, kind, stage) =>
      stageReads.run(`${stage} ${keyOf(secretId, kind)}`, () => loadStage(secretId, kind, stage)),
    keep(secretId, kind, { credentials, stage }) {
      const key = keyOf(secretId, kind);
      const secret = held.get(key);
      if (secret !== undefined) held.set(key, { ...secret, credentials, stage });
    },
  };
}

function keyOf(secretId: string, kind: CredentialsKind): string {
  return `${kind} ${secretId}`;
}

interface FetchedVersion {
  readonly credentials: ClientCredentials;
  readonly createdAtMs: number | undefined;
}

async function fetchVersion(
  client: Pick<SecretsManagerClient, 'send'>,
  secretId: string,
  kind: CredentialsKind,
  stage: SecretStage,
): Promise<FetchedVersion> {
  const command = new GetSecretValueCommand({ SecretId: secretId, VersionStage: stage });
  const answer = await client.send(command).catch(throwAsSecretError(secretId));
  const credentials = parseClientCredentials(secretId, answer.VersionId ?? 'unknown', answer.SecretString, kind);
  return { credentials, createdAtMs: answer.CreatedDate?.getTime() };
}
