import { asTokenError, type Reason, TokenError } from '../../shared/runtime/errors.ts';

/** Why a request cannot be served, whatever the provider does. */
export type RequestReason =
  | 'caller_over_limit'
  | 'unknown_resource'
  | 'unknown_provider'
  | 'method_not_allowed'
  | 'body_too_large'
  | 'body_not_a_form'
  | 'body_malformed'
  | 'field_repeated'
  | 'field_in_query'
  | 'grant_type_unsupported'
  | 'scope_malformed'
  | 'scope_not_allowed'
  | 'min_ttl_malformed'
  | 'fingerprint_malformed';

export interface RequestErrorOptions {
  /** The methods that the resource has; becomes the `allow` header (RFC 9110 §15.5.6). */
  readonly allow?: string;
  /** Whole seconds until the request can be served. */
  readonly retryAfterSeconds?: number;
}

/** The caller has to change its request, or to send fewer. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly reason: RequestReason;
  readonly allow: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(reason: RequestReason, { allow, retryAfterSeconds }: RequestErrorOptions = {}) {
    super(reason);
    this.reason = reason;
    this.allow = allow;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export type VendError = RequestError | TokenError;

/** What a caller reads. `error` is RFC 6749 §5.2's code where it has one for the case. */
export interface ErrorAnswer {
  readonly status: number;
  readonly error: string;
  readonly description: string;
}

const badRequest = (description: string, status = 400): ErrorAnswer => ({
  status,
  error: 'invalid_request',
  description,
});
const invalidScope = (description: string): ErrorAnswer => ({ status: 400, error: 'invalid_scope', description });
const unavailable = (description: string): ErrorAnswer => ({
  status: 503,
  error: 'temporarily_unavailable',
  description,
});
const serverError = (description: string): ErrorAnswer => ({ status: 500, error: 'server_error', description });

const notAToken: ErrorAnswer = {
  status: 502,
  error: 'provider_error',
  description: 'The provider answered something that is not a token.',
};
const unreadableSecret = serverError("The provider's secret cannot be read; the service's log names the cause.");
const unusableSecret = serverError("The provider's secret cannot be used; the service's log names the cause.");
const failingSecrets = unavailable('Secrets Manager does not answer; try again later.');
const failingProvider = unavailable('The provider is throttling or failing; try again later.');
const unreachableProvider = unavailable('The provider cannot be reached; try again later.');

/** Every error that a caller can get, by its reason. */
const answers: Readonly<Record<Reason | RequestReason, ErrorAnswer>> = {
  caller_over_limit: {
    status: 429,
    error: 'temporarily_unavailable',
    description: 'This caller sends more requests than it may; keep tokens for their expires_in.',
  },
  unknown_resource: badRequest('There is no such resource.', 404),
  unknown_provider: { status: 404, error: 'unknown_provider', description: 'There is no such provider.' },
  method_not_allowed: {
    status: 405,
    error: 'method_not_allowed',
    description: 'The resource does not have this method; see the allow header.',
  },
  body_too_large: badRequest('The body is larger than 8192 bytes.', 413),
  body_not_a_form: badRequest('The body must be application/x-www-form-urlencoded.', 415),
  body_malformed: badRequest('The body is not a form in UTF-8.'),
  field_repeated: badRequest('A field is given more than once.'),
  field_in_query: badRequest('Fields belong in the body, not in the query string (RFC 6749 section 3.2).'),
  grant_type_unsupported: {
    status: 400,
    error: 'unsupported_grant_type',
    description: 'grant_type must be client_credentials.',
  },
  scope_malformed: invalidScope('scope is a list of space-separated scope tokens (RFC 6749 section 3.3).'),
  scope_not_allowed: invalidScope('This provider does not allow a scope that was asked for.'),
  scope_refused: invalidScope('The provider refused the scope.'),
  min_ttl_malformed: badRequest('min_ttl must be whole seconds from 0 to 86400.'),
  fingerprint_malformed: badRequest('rejected_token_sha256 must be 64 lower-case hexadecimal digits.'),

  secret_not_found: unreadableSecret,
  secret_deleted: unreadableSecret,
  secret_access_denied: unreadableSecret,
  secret_kms_access_denied: unreadableSecret,
  secret_kms_key_unusable: unreadableSecret,
  secret_decryption_failed: unreadableSecret,
  secret_throttled: failingSecrets,
  secret_timeout: failingSecrets,
  secret_unavailable: failingSecrets,
  secret_not_text: unusableSecret,
  secret_not_json: unusableSecret,
  secret_not_an_object: unusableSecret,
  secret_field_missing: unusableSecret,
  secret_field_unusable: unusableSecret,
  secret_not_filled_in: unusableSecret,

  credentials_refused: {
    status: 502,
    error: 'provider_rejected_credentials',
    description: 'The provider refused the client credentials.',
  },
  request_refused: notAToken,
  unexpected_status: notAToken,
  answer_malformed: notAToken,
  answer_too_large: notAToken,
  answer_encoded: notAToken,
  not_a_json_object: notAToken,
  access_token_missing: notAToken,
  access_token_unusable: notAToken,
  token_type_unusable: notAToken,
  expires_in_unusable: notAToken,
  scope_unusable: notAToken,
  token_already_expired: {
    status: 502,
    error: 'provider_error',
    description: 'The token that the provider answered has already expired.',
  },
  provider_throttled: failingProvider,
  provider_unavailable: failingProvider,
  provider_asked_to_wait: unavailable('The provider asked us to wait; try again later.'),
  connection_failed: unreachableProvider,
  tls_failed: unreachableProvider,
  provider_timeout: { status: 504, error: 'provider_timeout', description: 'The provider did not answer in time.' },
  too_many_scope_sets: unavailable('Too many different scope sets of this provider are in use; try again later.'),
  fleet_exchange_running: unavailable('The token is still being obtained; try again later.'),
  unexpected: serverError('Something went wrong in the service itself; its log names the cause.'),
};

export function describeError({ reason }: VendError): ErrorAnswer {
  return answers[reason];
}

/** Anything thrown, as an error that a caller may read. */
export function asVendError(error: unknown): VendError {
  return error instanceof RequestError ? error : asTokenError(error);
}

/** What the log says of an error: our own words and numbers. */
export function errorFields(error: VendError): Readonly<Record<string, string | number>> {
  const details = error instanceof TokenError ? error.details : undefined;
  return { error: describeError(error).error, reason: error.reason, ...details };
}
