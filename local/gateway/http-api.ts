import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { ApiKind } from './api-kind.ts';
import type { GatewayErrorType } from './gateway-error.ts';
import type { ProxyResult } from './proxy-result.ts';
import { buildRestEvent, matchRoute, stage } from './rest-event.ts';

/** An HTTP API says no more than this. Nobody can change it: it has no gateway responses. */
const refusals: Readonly<Record<GatewayErrorType, readonly [status: number, message: string]>> = {
  MissingAuthenticationTokenException: [403, 'Forbidden'],
  IncompleteSignatureException: [403, 'Forbidden'],
  UnrecognizedClientException: [403, 'Forbidden'],
  InvalidSignatureException: [403, 'Forbidden'],
  AccessDeniedException: [403, 'Forbidden'],
  TooManyRequestsException: [429, 'Too Many Requests'],
  RequestTooLargeException: [413, 'Request Entity Too Large'],
  InternalServerErrorException: [500, 'Internal Server Error'],
};

/** An HTTP API whose integration has payload format 1.0. */
export const httpApi: ApiKind = {
  requestIdHeader: 'apigw-requestid',
  unknownPath: answer(404, 'Not Found'),
  // It decodes the path before it looks for the route.
  matchRoute(path) {
    const decoded = decode(path);
    return decoded === undefined ? undefined : matchRoute(decoded);
  },
  buildEvent: (...args) => asHttpEvent(buildRestEvent(...args), args[0].body),
  refuse: ({ errorType }) => answer(...refusals[errorType]),
};

function answer(status: number, message: string): ProxyResult {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ message }) };
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/**
 * Where an event of format 1.0 differs from a REST API's: the stage is part of the path, header names are in lower case, and a
 * body that is neither text nor JSON is base64.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
function asHttpEvent(event: APIGatewayProxyEvent, body: Buffer): APIGatewayProxyEvent & { readonly version: '1.0' } {
  const headers = inLowerCase(event.headers);
  const isText = /^(text\/|application\/(json|javascript|xml)\b)/i.test(headers['content-type'] ?? '');
  return {
    ...event,
    version: '1.0',
    path: `/${stage}${event.path}`,
    headers,
    multiValueHeaders: inLowerCase(event.multiValueHeaders),
    body: body.length === 0 ? null : body.toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

function inLowerCase<V>(headers: Readonly<Record<string, V>>): Record<string, V> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
