import type { APIGatewayProxyEvent } from 'aws-lambda';
import { presignedParameters } from './authorization.ts';
import { accountId, type Caller } from './callers.ts';
import { rawQuery, type SignedRequest } from './signed-request.ts';

export const apiId = 'local';
export const stage = 'v1';

export interface Route {
  readonly resource: string;
  /** Without the stage, still encoded. */
  readonly path: string;
  readonly pathParameters: Readonly<Record<string, string>> | null;
}

/**
 * Finds the API's resource for a path.
 *
 * @param path with the stage
 * @returns undefined for a path that the API does not have
 */
export function matchRoute(path: string): Route | undefined {
  if (!path.startsWith(`/${stage}/`)) return undefined;
  const pathInStage = path.slice(stage.length + 1);
  if (pathInStage === '/health') return { resource: pathInStage, path: pathInStage, pathParameters: null };
  const provider = /^\/tokens\/([^/]+)$/.exec(pathInStage)?.[1];
  if (provider === undefined) return undefined;
  return { resource: '/tokens/{provider}', path: pathInStage, pathParameters: { provider } };
}

/**
 * The event that a REST API's Lambda proxy integration makes of a request.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function buildRestEvent(
  request: SignedRequest,
  { resource, path, pathParameters }: Route,
  caller: Caller,
  { requestId, nowMs }: { requestId: string; nowMs: number },
): APIGatewayProxyEvent {
  const query = new URLSearchParams(rawQuery(request));
  // With AWS_IAM the signature stays in API Gateway; the function never sees it.
  for (const name of presignedParameters) query.delete(name);
  const headers = request.rawHeaders.filter(([name]) => name.toLowerCase() !== 'authorization');
  const domainName = request.headers.get('host')?.[0] ?? '';
  return {
    resource,
    path,
    httpMethod: request.method,
    // Of a repeated header or parameter the last one counts.
    headers: Object.fromEntries(headers),
    multiValueHeaders: groupByName(headers),
    queryStringParameters: query.size === 0 ? null : Object.fromEntries(query),
    multiValueQueryStringParameters: query.size === 0 ? null : groupByName([...query]),
    pathParameters,
    stageVariables: null,
    requestContext: {
      accountId,
      apiId,
      authorizer: null,
      domainName,
      domainPrefix: domainName.split('.')[0] ?? '',
      extendedRequestId: requestId,
      httpMethod: request.method,
      identity: buildIdentity(request, caller),
      path: `/${stage}${path}`,
      protocol: 'HTTP/1.1',
      requestId,
      requestTime: formatRequestTime(nowMs),
      requestTimeEpoch: nowMs,
      resourceId: 'local',
      resourcePath: resource,
      stage,
    },
    // A REST API passes the body on as text; bytes that are not UTF-8 are lost.
    body: request.body.length === 0 ? null : request.body.toString('utf8'),
    isBase64Encoded: false,
  };
}

function groupByName(pairs: readonly (readonly [name: string, value: string])[]): Record<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of pairs) groups.set(name, [...(groups.get(name) ?? []), value]);
  return Object.fromEntries(groups);
}

/** `04/Mar/2020:19:15:17 +0000` */
function formatRequestTime(atMs: number): string {
  const [, day, month, year, time] = new Date(atMs).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}

function buildIdentity(request: SignedRequest, caller: Caller): APIGatewayProxyEvent['requestContext']['identity'] {
  const sessionName = caller.arn.split('/').at(-1);
  return {
    accessKey: caller.accessKeyId,
    accountId,
    apiKey: null,
    apiKeyId: null,
    caller: `AROALOCAL:${sessionName}`,
    clientCert: null,
    cognitoAuthenticationProvider: null,
    cognitoAuthenticationType: null,
    cognitoIdentityId: null,
    cognitoIdentityPoolId: null,
    principalOrgId: null,
    sourceIp: '127.0.0.1',
    user: `AROALOCAL:${sessionName}`,
    userAgent: request.headers.get('user-agent')?.[0] ?? null,
    userArn: caller.arn,
  };
}
