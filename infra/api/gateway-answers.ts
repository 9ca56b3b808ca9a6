/**
 * API Gateway's own answers, by response type. The local gateway answers from the same table, byte for byte. OAuth clients read
 * `error` (RFC 6749 §5.2); `message` is AWS's own, which people search for.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
export const gatewayAnswers = {
  MISSING_AUTHENTICATION_TOKEN: {
    error: 'invalid_client',
    description: 'The request is not signed with AWS Signature Version 4, or the path does not exist.',
  },
  INVALID_SIGNATURE: {
    error: 'invalid_client',
    description: 'The signature is wrong or too old, or the access key is not valid.',
  },
  EXPIRED_TOKEN: {
    error: 'invalid_client',
    description: 'The AWS credentials that signed the request have expired.',
  },
  ACCESS_DENIED: {
    error: 'unauthorized_client',
    description: 'No IAM policy of the caller allows this request, or a policy denies it.',
  },
  WAF_FILTERED: {
    error: 'unauthorized_client',
    description: 'The web application firewall refused the request.',
  },
  THROTTLED: {
    error: 'temporarily_unavailable',
    description: 'Too many requests. Try again after a second.',
    retryAfterSeconds: 1,
  },
  BAD_REQUEST_BODY: { error: 'invalid_request', description: 'The body is malformed.' },
  BAD_REQUEST_PARAMETERS: { error: 'invalid_request', description: 'The request is malformed.' },
  REQUEST_TOO_LARGE: { error: 'invalid_request', description: 'The request is too large.' },
  RESOURCE_NOT_FOUND: { error: 'invalid_request', description: 'The path does not exist.' },
  UNSUPPORTED_MEDIA_TYPE: { error: 'invalid_request', description: 'The body must be a form.' },
  // AWS does not say which type an incomplete signature or an unknown access key has. Everything else is listed above.
  DEFAULT_4XX: {
    error: 'invalid_client',
    description: 'API Gateway refused the request before it reached the service.',
  },
  DEFAULT_5XX: {
    error: 'server_error',
    description: 'The service failed to answer. Its log has the reason.',
  },
} as const satisfies Readonly<Record<string, GatewayAnswer>>;

export type GatewayAnswerType = keyof typeof gatewayAnswers;

interface GatewayAnswer {
  readonly error: string;
  readonly description: string;
  readonly retryAfterSeconds?: number;
}

/** @param message JSON text of AWS's own message: a quoted string, or the variable that API Gateway replaces with one */
export function gatewayAnswerBody(type: GatewayAnswerType, message: string): string {
  const { error, description }: GatewayAnswer = gatewayAnswers[type];
  return `{"error":${JSON.stringify(error)},"error_description":${JSON.stringify(description)},"message":${message}}`;
}

/** Besides `content-type: application/json`. */
export function gatewayAnswerHeaders(type: GatewayAnswerType): Readonly<Record<string, string>> {
  const { retryAfterSeconds }: GatewayAnswer = gatewayAnswers[type];
  return {
    'cache-control': 'no-store',
    pragma: 'no-cache',
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
  };
}
