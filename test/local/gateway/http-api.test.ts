import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { parseRequest } from '../../../functions/vend/http/request.ts';
import { FunctionError } from '../../../local/lambda/runtime-api.ts';
import { type EchoGateway, echo, startEchoGateway } from './echo-gateway.ts';
import { type Draft, type Received, send, signBySmithy } from './signing.ts';

let gateway: EchoGateway;
beforeAll(async () => {
  gateway = await startEchoGateway({ api: 'http' });
});
beforeEach(() => gateway.invokeWith(echo));
afterAll(() => gateway.close());

async function sendSigned(draft: Draft, { orders, origin }: EchoGateway = gateway): Promise<Received> {
  return send(origin, draft, await signBySmithy(origin, draft, orders));
}

const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'X-One': '1' };

describe('the function gets the event of an HTTP API with payload format 1.0', () => {
  test('which differs from a REST API’s in version, path, header names and body', async () => {
    const draft = { method: 'POST', target: '/v1/tokens/prove', headers, body: 'scope=ä' };
    const received = await sendSigned(draft);
    const event = JSON.parse(received.body) as APIGatewayProxyEvent;
    expect(event).toMatchObject({
      version: '1.0',
      resource: '/tokens/{provider}',
      path: '/v1/tokens/prove',
      httpMethod: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-one': '1' },
      multiValueHeaders: { 'x-one': ['1'] },
      pathParameters: { provider: 'prove' },
      requestContext: {
        identity: { userArn: 'arn:aws:sts::111122223333:assumed-role/orders/local' },
        requestId: received.headers['apigw-requestid'],
        resourcePath: '/tokens/{provider}',
        stage: 'v1',
      },
      body: Buffer.from('scope=ä').toString('base64'),
      isBase64Encoded: true,
    });
    expect(Object.keys(event.headers)).not.toContain('X-One');
  });

  test('which the function reads as it reads a REST API’s', async () => {
    const rest = await startEchoGateway();
    const draft = { method: 'POST', target: '/v1/tokens/prove', headers, body: 'scope=b+a&min_ttl=7' };
    const requests = await Promise.all(
      [gateway, rest].map(async (each) => parseRequest(JSON.parse((await sendSigned(draft, each)).body))),
    );
    await rest.close();
    expect(requests[0]).toEqual(requests[1]);
    expect(requests[0]).toMatchObject({ provider: 'prove', scopes: ['a', 'b'], minTtlSeconds: 7 });
  });

  test('with JSON and text as they are, and null for no body', async () => {
    const json = await sendSigned({
      method: 'POST',
      target: '/v1/tokens/prove',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(JSON.parse(json.body)).toMatchObject({ body: '{}', isBase64Encoded: false });
    expect(JSON.parse((await sendSigned({ target: '/v1/health' })).body)).toMatchObject({
      body: null,
      isBase64Encoded: false,
    });
  });
});

describe('the gateway refuses as an HTTP API does', () => {
  test('a path that it does not have, signed or not', async () => {
    for (const target of ['/', '/v1', '/v1/tokens', '/v1/tokens/a/b', '/v1/tokens/a%2Fb']) {
      expect(await sendSigned({ target })).toMatchObject({ status: 404, body: '{"message":"Not Found"}' });
    }
  });

  test('a request without a signature or without permission, with the same words', async () => {
    const draft = { method: 'POST', target: '/v1/tokens/prove' };
    const refused = [
      await send(gateway.origin, draft, {}),
      await send(gateway.origin, draft, await signBySmithy(gateway.origin, draft, gateway.intruder)),
      await sendSigned({ method: 'DELETE', target: '/v1/tokens/prove' }),
    ];
    for (const received of refused) {
      expect(received).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' });
      expect(received.headers).toHaveProperty('apigw-requestid');
      expect(received.headers).not.toHaveProperty('x-amzn-errortype');
    }
  });

  test('a request too many, and a function that fails', async () => {
    const throttled = await startEchoGateway({ api: 'http', requestsPerSecond: 1 });
    const answers = await Promise.all([1, 2].map(() => sendSigned({ target: '/v1/health' }, throttled)));
    await throttled.close();
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.body).toBe('{"message":"Too Many Requests"}');
    gateway.invokeWith(() => Promise.reject(new FunctionError('Error: inner detail')));
    expect(await sendSigned({ target: '/v1/health' })).toMatchObject({
      status: 500,
      body: '{"message":"Internal Server Error"}',
    });
  });
});
