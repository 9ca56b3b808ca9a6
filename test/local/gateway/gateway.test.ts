import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { FunctionError } from '../../../local/lambda/runtime-api.ts';
import { type EchoGateway, echo, startEchoGateway } from './echo-gateway.ts';
import { type Draft, type Received, send, signBySmithy } from './signing.ts';

let gateway: EchoGateway;
beforeAll(async () => {
  gateway = await startEchoGateway();
});
beforeEach(() => gateway.invokeWith(echo));
afterAll(() => gateway.close());

async function sendSigned(draft: Draft, caller = gateway.orders, origin = gateway.origin): Promise<Received> {
  return send(origin, draft, await signBySmithy(origin, draft, caller));
}

describe('the function gets the event of a REST API proxy integration', () => {
  test('with every key that AWS documents', async () => {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'User-Agent': 'test/1', 'X-One': '1' };
    const target = '/v1/tokens/prove?a=1&a=2%20%2B&b=';
    const received = await sendSigned({ method: 'POST', target, headers, body: 'scope=ä' });
    const requestId = received.headers['x-amzn-requestid'];
    const host = new URL(gateway.origin).host;
    expect(JSON.parse(received.body)).toEqual({
      resource: '/tokens/{provider}',
      path: '/tokens/prove',
      httpMethod: 'POST',
      headers: expect.objectContaining({ ...headers, host }),
      multiValueHeaders: expect.objectContaining({ 'X-One': ['1'], host: [host] }),
      queryStringParameters: { a: '2 +', b: '' },
      multiValueQueryStringParameters: { a: ['1', '2 +'], b: [''] },
      pathParameters: { provider: 'prove' },
      stageVariables: null,
      requestContext: {
        accountId: '111122223333',
        apiId: 'local',
        authorizer: null,
        domainName: host,
        domainPrefix: '127',
        extendedRequestId: requestId,
        httpMethod: 'POST',
        identity: {
          accessKey: gateway.orders.accessKeyId,
          accountId: '111122223333',
          apiKey: null,
          apiKeyId: null,
          caller: 'AROALOCAL:local',
          clientCert: null,
          cognitoAuthenticationProvider: null,
          cognitoAuthenticationType: null,
          cognitoIdentityId: null,
          cognitoIdentityPoolId: null,
          principalOrgId: null,
          sourceIp: '127.0.0.1',
          user: 'AROALOCAL:local',
          userAgent: 'test/1',
          userArn: 'arn:aws:sts::111122223333:assumed-role/orders/local',
        },
        path: '/v1/tokens/prove',
        protocol: 'HTTP/1.1',
        requestId,
        requestTime: expect.stringMatching(/^\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} \+0000$/),
        requestTimeEpoch: expect.any(Number),
        resourceId: 'local',
        resourcePath: '/tokens/{provider}',
        stage: 'v1',
      },
      body: 'scope=ä',
      isBase64Encoded: false,
    });
  });

  test('with null for everything that is absent', async () => {
    const received = await sendSigned({ target: '/v1/health' });
    expect(JSON.parse(received.body)).toMatchObject({
      resource: '/health',
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: null,
      body: null,
    });
  });

  test('without the signature, and with the provider as it is in the path', async () => {
    const received = await sendSigned({ method: 'POST', target: '/v1/tokens/a%2Fb%20c' });
    expect(JSON.parse(received.body)).toMatchObject({ pathParameters: { provider: 'a%2Fb%20c' } });
    expect(received.body.toLowerCase()).not.toContain('authorization"');
    expect(received.body).not.toContain('AWS4-HMAC-SHA256');
  });
});

describe('the gateway refuses as API Gateway does', () => {
  test.each(['/', '/v1', '/v1/', '/v2/health', '/health', '/v1/tokens', '/v1/tokens/', '/v1/tokens/a/b', '/v1health'])(
    'a path that the API does not have: %s',
    async (target) => {
      const received = await sendSigned({ target });
      expect(received).toMatchObject({
        status: 403,
        headers: {
          'content-type': 'application/json',
          'cache-control': 'no-store',
          'x-amzn-errortype': 'MissingAuthenticationTokenException',
          'x-amzn-requestid': expect.stringMatching(/^[0-9a-f-]{36}$/),
        },
        body: '{"error":"invalid_client","error_description":"The request is not signed with AWS Signature Version 4, or the path does not exist.","message":"Missing Authentication Token"}',
      });
    },
  );

  test('a caller without permission, naming itself and the masked resource', async () => {
    const received = await sendSigned({ method: 'POST', target: '/v1/tokens/prove' }, gateway.intruder);
    expect(received).toMatchObject({ status: 403, headers: { 'x-amzn-errortype': 'AccessDeniedException' } });
    expect(JSON.parse(received.body)).toEqual({
      error: 'unauthorized_client',
      error_description: expect.any(String),
      message:
        'User: arn:aws:sts::111122223333:assumed-role/intruder/local is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********3333:local/v1/POST/tokens/prove',
    });
    expect(gateway.answered.at(-1)).toMatchObject({ caller: 'intruder', status: 403 });
  });

  test('a method that the caller may not use', async () => {
    expect(await sendSigned({ method: 'DELETE', target: '/v1/tokens/prove' })).toMatchObject({ status: 403 });
  });

  test('a request beyond --throttle, with `retry-after`', async () => {
    const throttled = await startEchoGateway({ requestsPerSecond: 1 });
    const request = () => sendSigned({ target: '/v1/health' }, throttled.orders, throttled.origin);
    const answers = await Promise.all([request(), request(), request()]);
    await throttled.close();
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 429, 429]);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.headers).toMatchObject({
      'cache-control': 'no-store',
      'retry-after': '1',
      'x-amzn-errortype': 'TooManyRequestsException',
    });
    expect(JSON.parse(refused?.body ?? '')).toEqual({
      error: 'temporarily_unavailable',
      error_description: expect.any(String),
      message: 'Too Many Requests',
    });
  });

  test('a body over 10 MB', async () => {
    const received = await sendSigned({
      method: 'POST',
      target: '/v1/tokens/prove',
      body: 'x'.repeat(10 * 1024 * 1024 + 1),
    });
    expect(received).toMatchObject({ status: 413, headers: { 'x-amzn-errortype': 'RequestTooLargeException' } });
    expect(JSON.parse(received.body)).toMatchObject({ error: 'invalid_request', message: 'Request Too Long' });
  });
});

test.each<[string, () => Promise<unknown>]>([
  ['fails', () => Promise.reject(new FunctionError('Error: inner detail'))],
  ['answers nothing', async () => null],
  ['answers no status', async () => ({ body: '' })],
  ['answers an impossible status', async () => ({ statusCode: 20, body: '' })],
  ['answers a body that is not text', async () => ({ statusCode: 200, body: {} })],
  ['answers headers that are none', async () => ({ statusCode: 200, headers: 'x', body: '' })],
])('a function that %s is an internal server error, without details', async (_case, invoke) => {
  gateway.invokeWith(invoke);
  const received = await sendSigned({ target: '/v1/health' });
  expect(received).toMatchObject({
    status: 502,
    headers: { 'x-amzn-errortype': 'InternalServerErrorException' },
  });
  expect(JSON.parse(received.body)).toEqual({
    error: 'server_error',
    error_description: expect.any(String),
    message: 'Internal server error',
  });
  expect(gateway.answered.at(-1)).toMatchObject({ status: 502, failure: expect.any(String) });
});

test('a function may leave headers and body out', async () => {
  gateway.invokeWith(async () => ({ statusCode: 204 }));
  expect(await sendSigned({ target: '/v1/health' })).toMatchObject({ status: 204, body: '' });
});

test('each answer is reported with caller, path, source and time, and without the query', async () => {
  await sendSigned({ method: 'POST', target: '/v1/tokens/prove?x=canary' });
  expect(gateway.answered.at(-1)).toEqual({
    method: 'POST',
    path: '/v1/tokens/prove',
    status: 200,
    caller: 'orders',
    source: 'memory',
    milliseconds: expect.any(Number),
    failure: undefined,
  });
});
