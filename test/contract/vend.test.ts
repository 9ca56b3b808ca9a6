import { createHash } from 'node:crypto';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type RunningStack, startRunningStack } from '../support/running-stack.ts';
import { sendSignedByAws4fetch, sendSignedBySmithy } from '../support/signed-request.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** What the gateway says to a caller that it refuses. An HTTP API says the same to all. */
const refusals = {
  rest: {
    error: expect.stringMatching(/_client$/),
    error_description: expect.any(String),
    message: expect.any(String),
  },
  http: { message: 'Forbidden' },
};
const requestIdHeaders = { rest: 'x-amzn-requestid', http: 'apigw-requestid' };

describe.each(['rest', 'http'] as const)('behind the API of kind %s,', (api) => {
  let stack: RunningStack;

  beforeAll(async () => {
    stack = await startRunningStack(1, undefined, { api });
  });

  afterAll(async () => {
    await stack.close();
  });

  describe.each([
    ['@smithy/signature-v4', sendSignedBySmithy],
    ['aws4fetch', sendSignedByAws4fetch],
  ])('a request signed by %s', (_name, send) => {
    test('gets a token that an OAuth client understands', async () => {
      const response = await stack.vend('prove', 'grant_type=client_credentials&min_ttl=60', send);
      const body = (await response.json()) as Record<string, unknown>;
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(response.headers.get('pragma')).toBe('no-cache');
      expect(response.headers.get('x-token-source')).toMatch(/^(exchange|memory)$/);
      expect(body).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: expect.any(Number) });
      expect(Number.isInteger(body['expires_in'])).toBe(true);
    });

    test('gets a token with the scopes it asked for from a real authorization server', async () => {
      const response = await stack.vend('oidc', 'scope=api%3Awrite+api%3Aread', send);
      expect([response.status, await response.json()]).toMatchObject([200, { scope: 'api:read api:write' }]);
    });

    test('reads the version from /health', async () => {
      const response = await stack.request({ path: '/health' }, send);
      expect([response.status, await response.json()]).toEqual([
        200,
        { status: 'ok', version: expect.stringMatching(/^\d+\.\d+\.\d+/) },
      ]);
    });

    test.each([
      ['POST', '/tokens/nobody', undefined, 404, 'unknown_provider'],
      ['POST', '/tokens/prove', 'grant_type=password', 400, 'unsupported_grant_type'],
      ['POST', '/tokens/prove', 'scope=admin', 400, 'invalid_scope'],
      ['POST', '/tokens/prove', 'min_ttl=1e3', 400, 'invalid_request'],
      ['POST', '/tokens/prove', 'scope=a&scope=b', 400, 'invalid_request'],
      ['POST', '/tokens/prove', `x=${'y'.repeat(8192)}`, 413, 'invalid_request'],
    ])('%s %s with %.20s… is %i %s', async (method, path, body, status, error) => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const response = await stack.request({ method, path, headers, ...(body !== undefined && { body }) }, send);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect([response.status, await response.json()]).toEqual([
        status,
        { error, error_description: expect.any(String) },
      ]);
    });

    test('with a JSON body is 415 invalid_request', async () => {
      const headers = { 'content-type': 'application/json' };
      const response = await stack.request({ method: 'POST', path: '/tokens/prove', headers, body: '{}' }, send);
      expect([response.status, await response.json()]).toMatchObject([415, { error: 'invalid_request' }]);
    });
  });

  test('1,000 requests from 20 clients at once on one instance cause one exchange', async () => {
    const fresh = await startRunningStack(1, undefined, { api });
    const client = async () => {
      const tokens: string[] = [];
      for (let request = 0; request < 50; request += 1) {
        const response = await fresh.vend('prove');
        tokens.push(((await response.json()) as { access_token: string }).access_token);
      }
      return tokens;
    };
    const tokens = (await Promise.all(Array.from({ length: 20 }, client))).flat();
    expect([tokens.length, new Set(tokens).size, fresh.providers.proveServer?.issued]).toEqual([1000, 1, 1]);
    await fresh.close();
  });

  test('a secret changed in Secrets Manager is picked up as soon as the provider refuses the old one', async () => {
    const { access_token: oldToken } = (await (await stack.vend('prove')).json()) as { access_token: string };
    const credentials = { clientId: 'a-new-client', clientSecret: 'a-new-secret' };
    stack.providers.proveServer?.setCredentials(credentials);
    await stack.secretsManager.send(
      new PutSecretValueCommand({ SecretId: 'token-vending/local/prove', SecretString: JSON.stringify(credentials) }),
    );
    const response = await stack.vend('prove', `rejected_token_sha256=${sha256(oldToken)}`);
    expect([response.status, response.headers.get('x-token-source')]).toEqual([200, 'exchange']);
  });

  describe('a caller that is not allowed', () => {
    test('is refused by the gateway and never reaches the function', async () => {
      const lines = stack.functionLines.length;
      const url = `${stack.endpoint}/tokens/prove`;
      const responses = [
        await fetch(url, { method: 'POST' }),
        await sendSignedBySmithy({ method: 'POST', url }, stack.intruder, stack.region),
        await sendSignedBySmithy({ method: 'POST', url }, stack.orders, 'eu-west-1'),
        await sendSignedBySmithy(
          { method: 'POST', url },
          { ...stack.orders, secretAccessKey: 'guessed' },
          stack.region,
        ),
        await sendSignedBySmithy({ method: 'GET', url }, stack.orders, stack.region),
      ];
      for (const response of responses) {
        expect([response.status, await response.json()]).toEqual([403, refusals[api]]);
        expect(response.headers.get(requestIdHeaders[api])).toMatch(/\w/);
      }
      expect(stack.functionLines).toHaveLength(lines);
    });
  });
});

// A REST API hands on what stands in the path. An HTTP API decodes it before it looks for the route and asks IAM.
test.each([
  ['rest', '/tokens/pro%76e', 404, { error: 'unknown_provider' }],
  ['rest', '/tokens/%2e%2e%2fprove', 404, { error: 'unknown_provider' }],
  ['http', '/tokens/pro%76e', 200, { token_type: 'Bearer' }],
  ['http', '/tokens/%2e%2e%2fprove', 404, { message: 'Not Found' }],
  ['http', '/tokens/%', 404, { message: 'Not Found' }],
] as const)('behind the API of kind %s, the path %s is %i', async (api, path, status, body) => {
  const stack = await startRunningStack(1, undefined, { api });
  const url = `${stack.endpoint}${path}`;
  const response = await sendSignedBySmithy({ method: 'POST', url }, stack.orders, stack.region);
  expect([response.status, await response.json()]).toMatchObject([status, body]);
  await stack.close();
});
