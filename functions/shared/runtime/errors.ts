/**
 * The HTTP status of every error a caller can get. The codes are RFC 6749 §5.2's where it has one for the case.
 * `invalid_request` is 400 unless the error says otherwise (413, 415).
 */
const statusOf = {
  invalid_request: 400,
  invalid_scope: 400,
  unsupported_grant_type: 400,
  unknown_provider: 404,
  method_not_allowed: 405,
  server_error: 500,
  provider_error: 502,
  provider_rejected_credentials: 502,
  temporarily_unavailable: 503,
  provider_timeout: 504,
} as const;

export type ErrorCode = keyof typeof statusOf;

export interface VendErrorOptions {
  /** Overrides the status that belongs to the code. */
  readonly status?: number;
  /** Whole seconds that the provider asked us to wait; becomes the `retry-after` header. */
  readonly retryAfterSeconds?: number | undefined;
  /** Whether the same request may well succeed a moment later; false unless said. */
  readonly isRetryable?: boolean;
  /** The methods that the resource has; becomes the `allow` header (RFC 9110 §15.5.6). */
  readonly allow?: string;
  /** A stable word for the log, finer than the code, such as `secret_not_found`. Never foreign text. */
  readonly reason?: string;
  /** What the log may say beyond the reason: our own names and numbers, never a secret's or an answer's content. */
  readonly details?: Readonly<Record<string, string | number>>;
}

/** The only error a vend throws on purpose. `message` is the `error_description` that the caller reads. */
export class VendError extends Error {
  override readonly name = 'VendError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly retryAfterSeconds: number | undefined;
  readonly isRetryable: boolean;
  readonly allow: string | undefined;
  readonly reason: string | undefined;
  readonly details: Readonly<Record<string, string | number>>;

  constructor(code: ErrorCode, description: string, options: VendErrorOptions = {}) {
    super(description);
    this.code = code;
    this.status = options.status ?? statusOf[code];
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.isRetryable = options.isRetryable ?? false;
    this.allow = options.allow;
    this.reason = options.reason;
    this.details = options.details ?? {};
  }
}

export function providerTimeout(): VendError {
  return new VendError('provider_timeout', 'The provider did not answer in time.', { reason: 'provider_timeout' });
}

/**
 * Whatever was thrown, as an error that a caller may read. Of a foreign error only the name and the places in the code
 * are kept: its message may quote what it was working on.
 */
export function asVendError(error: unknown): VendError {
  if (error instanceof VendError) return error;
  const isError = error instanceof Error;
  return new VendError('server_error', 'Something went wrong in the service itself; its log names the cause.', {
    reason: 'unexpected',
    details: {
      errorName: isError ? error.name : typeof error,
      at: isError ? stackFrames(error).slice(0, 5).join(' ') : '',
    },
  });
}

function stackFrames(error: Error): string[] {
  return (error.stack ?? '').split('\n').flatMap((line) => /^\s+at (.+)$/.exec(line)?.[1] ?? []);
}
