import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type ClientCredentials, type CredentialsKind, parseClientCredentials } from './client-credentials.ts';
import { VendError } from './errors.ts';
import { SingleFlight } from './single-flight.ts';

/** How long a secret is taken from memory before it is read again. */
export const secretLifetimeMs = 5 * 60_000;
/** After a read that failed the last good value serves this long before the next try. */
export const staleSecretMs = 30_000;

export interface SecretRead {
  readonly credentials: ClientCredentials;
  /** How long Secrets Manager took; undefined when the value came from memory. */
  readonly readMs: number | undefined;
}

export interface SecretReader {
  /**
   * The AWSCURRENT version of a secret, from memory for 5 minutes. Concurrent reads of a secret share one call. When
   * Secrets Manager fails or the new value is malformed, the last good one serves.
   *
   * @throws VendError `server_error` (missing, forbidden or malformed secret) or `temporarily_unavailable`
   */
  read(secretId: string, kind: CredentialsKind): Promise<SecretRead>;
  /** The same, but past the memory: for when the provider refused what is in it. */
  readAfresh(secretId: string, kind: CredentialsKind): Promise<SecretRead>;
}

export interface SecretReaderDeps {
  readonly client: Pick<SecretsManagerClient, 'send'>;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
  /** Told when the last good value serves because a read failed. */
  readonly onStale: (error: VendError) => void;
}

export function createSecretReader({ client, now, onStale }: SecretReaderDeps): SecretReader {
  // One entry a provider's secret and what it is read as: the settings bound it.
  const held = new Map<string, { readonly credentials: ClientCredentials; readonly readAgainAtMs: number }>();
  const reads = new SingleFlight<SecretRead>();

  async function load(key: string, secretId: string, kind: CredentialsKind): Promise<SecretRead> {
    const readAtMs = now();
    try {
      const credentials = await fetchCurrent(client, secretId, kind);
      held.set(key, { credentials, readAgainAtMs: readAtMs + secretLifetimeMs });
      return { credentials, readMs: now() - readAtMs };
    } catch (error) {
      const lastGood = held.get(key);
      if (lastGood === undefined || !(error instanceof VendError)) throw error;
      held.set(key, { ...lastGood, readAgainAtMs: now() + staleSecretMs });
      onStale(error);
      return { credentials: lastGood.credentials, readMs: now() - readAtMs };
    }
  }

  function readAfresh(secretId: string, kind: CredentialsKind): Promise<SecretRead> {
    const key = keyOf(secretId, kind);
    return reads.run(key, () => load(key, secretId, kind));
  }

  return {
    async read(secretId, kind) {
      const secret = held.get(keyOf(secretId, kind));
      const isFresh = secret !== undefined && now() < secret.readAgainAtMs;
      return isFresh ? { credentials: secret.credentials, readMs: undefined } : readAfresh(secretId, kind);
    },
    readAfresh,
  };
}

function keyOf(secretId: string, kind: CredentialsKind): string {
  return `${kind} ${secretId}`;
}

async function fetchCurrent(
  client: Pick<SecretsManagerClient, 'send'>,
  secretId: string,
  kind: CredentialsKind,
): Promise<ClientCredentials> {
  const answer = await client.send(new GetSecretValueCommand({ SecretId: secretId })).catch((error: unknown) => {
    throw asVendError(secretId, error);
  });
  return parseClientCredentials(secretId, answer.VersionId ?? 'unknown', answer.SecretString, kind);
}

/** Errors that asking again a moment later cannot mend: the deployment or the secret itself is wrong. */
const lastingErrors: Readonly<Record<string, string>> = {
  ResourceNotFoundException: 'secret_not_found',
  InvalidRequestException: 'secret_deleted',
  AccessDeniedException: 'secret_access_denied',
  DecryptionFailure: 'secret_decryption_failed',
};

const passingErrors: Readonly<Record<string, string>> = {
  ThrottlingException: 'secret_throttled',
  TimeoutError: 'secret_timeout',
};

function asVendError(secretId: string, error: unknown): VendError {
  // The SDK's messages quote what the service said; only this much of them is looked at, and nothing is repeated.
  const { name: errorName, message } = error instanceof Error ? error : { name: typeof error, message: '' };
  const details = { secretId, errorName };
  const isKms = errorName === 'AccessDeniedException' && /\bKMS\b/.test(message);
  const lasting = isKms ? 'secret_kms_access_denied' : lastingErrors[errorName];
  if (lasting !== undefined) {
    const description = "The provider's secret cannot be read; the service's log names the cause.";
    return new VendError('server_error', description, { reason: lasting, details });
  }
  const reason = passingErrors[errorName] ?? 'secret_unavailable';
  return new VendError('temporarily_unavailable', 'The secret store does not answer; try again later.', {
    reason,
    details,
  });
}
