import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Caller } from './callers.ts';
import { GatewayError } from './gateway-error.ts';
import type { ProxyResult } from './proxy-result.ts';
import { buildRestEvent, matchRoute, type Route } from './rest-event.ts';
import type { SignedRequest } from './signed-request.ts';

/** What REST APIs and HTTP APIs do differently. Both verify the same signature and ask the same policies. */
export interface ApiKind {
  /** Names the request in each answer. */
  readonly requestIdHeader: string;
  /** The answer for a path that the API does not have. */
  readonly unknownPath: ProxyResult;
  /** @param path with the stage, still encoded */
  matchRoute(path: string): Route | undefined;
  buildEvent(
    request: SignedRequest,
    route: Route,
    caller: Caller,
    context: { readonly requestId: string; readonly nowMs: number },
  ): APIGatewayProxyEvent;
  /** API Gateway's own answer. */
  refuse(error: GatewayError): ProxyResult;
}

export const restApi: ApiKind = {
  requestIdHeader: 'x-amzn-requestid',
  // The same as for a request without a signature.
  unknownPath: new GatewayError('MissingAuthenticationTokenException', 'Missing Authentication Token').answer,
  matchRoute,
  buildEvent: buildRestEvent,
  refuse: (error) => error.answer,
};
