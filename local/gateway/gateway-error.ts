import { type GatewayAnswerType, gatewayAnswerBody, gatewayAnswerHeaders } from '../../infra/api/gateway-answers.ts';
import type { ProxyResult } from './proxy-result.ts';

/** Value of `x-amzn-errortype` → the status and the gateway response that API Gateway chooses. */
const answers = {
  MissingAuthenticationTokenException: { status: 403, type: 'MISSING_AUTHENTICATION_TOKEN' },
  IncompleteSignatureException: { status: 403, type: 'DEFAULT_4XX' },
  UnrecognizedClientException: { status: 403, type: 'DEFAULT_4XX' },
  InvalidSignatureException: { status: 403, type: 'INVALID_SIGNATURE' },
  AccessDeniedException: { status: 403, type: 'ACCESS_DENIED' },
  TooManyRequestsException: { status: 429, type: 'THROTTLED' },
  RequestTooLargeException: { status: 413, type: 'REQUEST_TOO_LARGE' },
  InternalServerErrorException: { status: 502, type: 'DEFAULT_5XX' },
} as const satisfies Record<string, { status: number; type: GatewayAnswerType }>;

export type GatewayErrorType = keyof typeof answers;

/** API Gateway's own answer. The message is in AWS's words. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly errorType: GatewayErrorType;

  constructor(errorType: GatewayErrorType, message: string) {
    super(message);
    this.errorType = errorType;
  }

  /** The answer of the deployed gateway. */
  get answer(): ProxyResult {
    const { status, type } = answers[this.errorType];
    return {
      status,
      headers: {
        'content-type': 'application/json',
        'x-amzn-errortype': this.errorType,
        ...gatewayAnswerHeaders(type),
      },
      body: gatewayAnswerBody(type, JSON.stringify(this.message)),
    };
  }
}
