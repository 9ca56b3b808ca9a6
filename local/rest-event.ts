import type { APIGatewayProxyEvent } from 'aws-lambda';
import { accountId, type Caller } from './callers.ts';
import type { SignedRequest } from './sigv4.ts';

export const apiId = 'local';
export const stage = 'v1';

export interface Route {
  readonly resource: string;
  readonly pathParameters: Readonly<Record<string, string>> | null;
}

/**
 * Which resource of the API a path is.
 *
 * @param path without the stage; undefined for a path that the API does not have
 */
export function matchRoute(path: string): Route | undefined {
  if (path === '/health') return { resource: '/health', pathParameters: null };
  const provider = /^\/tokens\/([^/]+)$/.exec(path)?.[1];
  return provider === undefined ? undefined : { resource: '/tokens/{provider}', pathParameters: { provider } };
}

/**
 * The event that a REST API's Lambda proxy integration makes of a request.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function buildRestEvent(
  request: SignedRequest,
  path: string,
  { resource, pathParameters }: Route,
  caller: Caller,
  requestId: string,
): APIGatewayProxyEvent {
  const query = new URLSearchParams(request.target.split('?')[1] ?? '');
  const headers = Object.entries(request.headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const nowMs = Date.now();
  return {
    resource,
    path,
    httpMethod: request.method,
    headers: Object.fromEntries(headers),
    multiValueHeaders: Object.fromEntries(headers.map(([name, value]) => [name, [value]])),
    queryStringParameters: query.size === 0 ? null : Object.fromEntries(query),
    multiValueQueryStringParameters:
      query.size === 0 ? null : Object.fromEntries([...query.keys()].map((name) => [name, query.getAll(name)])),
    pathParameters,
    stageVariables: null,
    requestContext: {
      accountId,
      apiId,
      authorizer: null,
      httpMethod: request.method,
      identity: buildIdentity(request, caller),
      path: `/${stage}${path}`,
      protocol: 'HTTP/1.1',
      requestId,
      requestTimeEpoch: nowMs,
      resourceId: 'local',
      resourcePath: resource,
      stage,
    },
    // A REST API hands a text body on as it came; what is not UTF-8 has lost its bytes by then.
    body: request.body.length === 0 ? null : request.body.toString('utf8'),
    isBase64Encoded: false,
  };
}

function buildIdentity(request: SignedRequest, caller: Caller): APIGatewayProxyEvent['requestContext']['identity'] {
  return {
    accessKey: caller.accessKeyId,
    accountId,
    apiKey: null,
    apiKeyId: null,
    caller: `AROALOCAL:${caller.arn.split('/').at(-1)}`,
    clientCert: null,
    cognitoAuthenticationProvider: null,
    cognitoAuthenticationType: null,
    cognitoIdentityId: null,
    cognitoIdentityPoolId: null,
    principalOrgId: null,
    sourceIp: '127.0.0.1',
    user: `AROALOCAL:${caller.arn.split('/').at(-1)}`,
    userAgent: request.headers['user-agent'] ?? null,
    userArn: caller.arn,
  };
}
