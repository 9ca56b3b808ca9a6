/** The secret cannot be read, or cannot be used. */
export const secretReasons = [
  'secret_not_found',
  'secret_deleted',
  'secret_access_denied',
  'secret_kms_access_denied',
  'secret_kms_key_unusable',
  'secret_decryption_failed',
  'secret_throttled',
  'secret_timeout',
  'secret_unavailable',
  'secret_not_text',
  'secret_not_json',
  'secret_not_an_object',
  'secret_field_missing',
  'secret_field_unusable',
  'secret_not_filled_in',
] as const;

/** The provider answered, but not with a token. */
export const answerReasons = [
  'request_refused',
  'unexpected_status',
  'answer_malformed',
  'answer_too_large',
  'answer_encoded',
  'not_a_json_object',
  'access_token_missing',
  'access_token_unusable',
  'token_type_unusable',
  'expires_in_unusable',
  'scope_unusable',
  'token_already_expired',
] as const;

/** The provider cannot answer now. */
export const outageReasons = [
  'provider_timeout',
  'provider_throttled',
  'provider_unavailable',
  'provider_asked_to_wait',
  'connection_failed',
  'tls_failed',
] as const;

export type SecretReason = (typeof secretReasons)[number];

/** Why there is no token: one stable word for the log. It never quotes a provider, a secret or a token. */
export type Reason =
  | SecretReason
  | (typeof answerReasons)[number]
  | (typeof outageReasons)[number]
  /** The provider refused the client credentials. */
  | 'credentials_refused'
  /** The provider refused the scopes. */
  | 'scope_refused'
  /** This instance holds tokens for as many scope sets of the provider as it may. */
  | 'too_many_scope_sets'
  /** Another instance is still obtaining the token for the whole fleet. */
  | 'fleet_exchange_running'
  /** Our own fault. */
  | 'unexpected';

export interface TokenErrorOptions {
  /** Whole seconds until the next try can succeed, as far as we know. */
  readonly retryAfterSeconds?: number | undefined;
  /** Whether the same request may succeed at once; false unless given. */
  readonly isRetryable?: boolean;
  /** How long nothing is tried again, where that has been decided already: by another instance, for the fleet. */
  readonly backOffMs?: number | undefined;
  /** What the log may say beyond the reason: our own names and numbers. */
  readonly details?: Readonly<Record<string, string | number>>;
}

/** The only error that obtaining a token throws on purpose. It knows nothing of HTTP. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
  readonly reason: Reason;
  readonly retryAfterSeconds: number | undefined;
  readonly isRetryable: boolean;
  readonly backOffMs: number | undefined;
  readonly details: Readonly<Record<string, string | number>>;

  constructor(reason: Reason, options: TokenErrorOptions = {}) {
    super(reason);
    this.reason = reason;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.isRetryable = options.isRetryable ?? false;
    this.backOffMs = options.backOffMs;
    this.details = options.details ?? {};
  }

  /** The same error for someone who comes while no new try is made. */
  withRetryAfter(retryAfterSeconds: number): TokenError {
    return new TokenError(this.reason, { retryAfterSeconds, isRetryable: this.isRetryable, details: this.details });
  }
}

export function isSecretReason(reason: Reason): reason is SecretReason {
  return (secretReasons as readonly string[]).includes(reason);
}

/** Whether the provider answered, but not with a token. */
export function isAnswerReason(reason: Reason): boolean {
  return (answerReasons as readonly Reason[]).includes(reason);
}

/** Whether the provider cannot answer now. */
export function isOutageReason(reason: Reason): boolean {
  return (outageReasons as readonly string[]).includes(reason);
}

/** Whether a word is what one instance's exchange says to all of them. What lies in an instance or its secret is not. */
export function isExchangeReason(reason: unknown): reason is Reason {
  return exchangeReasons.includes(reason as Reason);
}

const exchangeReasons: readonly Reason[] = [...answerReasons, ...outageReasons, 'credentials_refused', 'scope_refused'];

/**
 * Turns anything thrown into a TokenError. Of a foreign error only its name and the places in the code are kept: its
 * message may quote what it was working on.
 */
export function asTokenError(error: unknown): TokenError {
  if (error instanceof TokenError) return error;
  const isError = error instanceof Error;
  return new TokenError('unexpected', {
    details: {
      errorName: isError ? error.name : typeof error,
      at: isError ? stackFrames(error).slice(0, 5).join(' ') : '',
    },
  });
}

function stackFrames(error: Error): string[] {
  return (error.stack ?? '').split('\n').flatMap((line) => /^\s+at (.+)$/.exec(line)?.[1] ?? []);
}
