export interface VendingErrorFields {
  /** Of the HTTP answer; undefined where there was none. */
  readonly status?: number | undefined;
  /**
   * A stable word: the service's own (`unknown_provider`, `temporarily_unavailable`, …), or of this package `network_error`,
   * `timeout`, `invalid_response` or `no_credentials`. Undefined where the answer names none.
   */
  readonly error?: string | undefined;
  /** For people. */
  readonly description: string;
  /** The header `x-amzn-requestid` (of an HTTP API `apigw-requestid`), by which the service's operators find the request. */
  readonly requestId?: string | undefined;
  /** Seconds after which asking again makes sense, where the answer said so. */
  readonly retryAfterSeconds?: number | undefined;
}

/** No token could be had. It holds nothing secret: neither a token nor what a request was signed with. */
export class VendingError extends Error {
  override readonly name = 'VendingError';
  readonly status: number | undefined;
  readonly error: string | undefined;
  readonly description: string;
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(fields: VendingErrorFields, options?: ErrorOptions) {
    super(describe(fields), options);
    this.status = fields.status;
    this.error = fields.error;
    this.description = fields.description;
    this.requestId = fields.requestId;
    this.retryAfterSeconds = fields.retryAfterSeconds;
  }
}

/** One line, such as `404 unknown_provider: There is no such provider. (request 1b2c…)`. */
function describe({ status, error, description, requestId }: VendingErrorFields): string {
  const code = [status, error].filter((part) => part !== undefined).join(' ');
  const request = requestId === undefined ? '' : ` (request ${requestId})`;
  return `${code === '' ? '' : `${code}: `}${description}${request}`;
}
