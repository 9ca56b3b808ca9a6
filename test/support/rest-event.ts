import type { APIGatewayProxyEvent, Context } from 'aws-lambda';

export const callerArn = 'arn:aws:sts::444455556666:assumed-role/orders/i-0abc';

/** A `POST /v1/tokens/{provider}` event as API Gateway sends it; form fields given as text become the body. */
export function buildVendEvent(
  provider: string,
  form = '',
  changes: Partial<APIGatewayProxyEvent> = {},
): APIGatewayProxyEvent {
  const headers = {
    Host: 'abc.execute-api.us-east-1.amazonaws.com',
    'Content-Type': 'application/x-www-form-urlencoded',
  };
  return {
    resource: '/tokens/{provider}',
    path: `/tokens/${provider}`,
    httpMethod: 'POST',
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: { provider },
    stageVariables: null,
    requestContext: {
      accountId: '111122223333',
      apiId: 'abc',
      authorizer: null,
      httpMethod: 'POST',
      identity: {
        accessKey: 'ASIAEXAMPLE',
        accountId: '444455556666',
        apiKey: null,
        apiKeyId: null,
        caller: 'AROAEXAMPLE:i-0abc',
        clientCert: null,
        cognitoAuthenticationProvider: null,
        cognitoAuthenticationType: null,
        cognitoIdentityId: null,
        cognitoIdentityPoolId: null,
        principalOrgId: 'o-example',
        sourceIp: '192.0.2.1',
        user: 'AROAEXAMPLE:i-0abc',
        userAgent: 'curl/8.9.1',
        userArn: callerArn,
      },
      path: `/v1/tokens/${provider}`,
      protocol: 'HTTP/1.1',
      requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
      requestTimeEpoch: 1767225600000,
      resourceId: 'xyz',
      resourcePath: '/tokens/{provider}',
      stage: 'v1',
    },
    body: form === '' ? null : form,
    isBase64Encoded: false,
    ...changes,
  };
}

export function buildHealthEvent(httpMethod = 'GET'): APIGatewayProxyEvent {
  return buildVendEvent('', '', { resource: '/health', path: '/health', pathParameters: null, httpMethod });
}

export function buildContext(remainingMs = 15_000): Context {
  return { awsRequestId: 'lambda-request', getRemainingTimeInMillis: () => remainingMs } as Context;
}
