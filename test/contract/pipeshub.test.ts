import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type RunningStack, startRunningStack } from '../support/running-stack.ts';

let stack: RunningStack;

beforeAll(async () => {
  stack = await startRunningStack();
});

afterAll(() => stack.close());

/**
 * The model `OAuthTokenResponse` of PipesHub's Python SDK, by its documented fields. Every field is optional; a field of the
 * wrong type is refused.
 */
const modelFields = {
  access_token: ['accessToken', 'string'],
  token_type: ['tokenType', 'string'],
  expires_in: ['expiresIn', 'number'],
  refresh_token: ['refreshToken', 'string'],
  scope: ['scope', 'string'],
  id_token: ['idToken', 'string'],
} as const;

function readOAuthTokenResponse(json: Record<string, unknown>): Record<string, unknown> {
  const known = Object.entries(modelFields).filter(([field]) => json[field] !== undefined);
  return Object.fromEntries(
    known.map(([field, [name, type]]) => {
      if (typeof json[field] !== type) throw new TypeError(`${field} is no ${type}`);
      return [name, json[field]];
    }),
  );
}

test('the SDK’s model reads our answer', async () => {
  const response = await stack.vend('pipeshub');
  const body = (await response.json()) as Record<string, unknown>;
  expect(response.status).toBe(200);
  expect(readOAuthTokenResponse(body)).toEqual({
    accessToken: body['access_token'],
    tokenType: 'Bearer',
    expiresIn: expect.any(Number),
    scope: 'connector:read',
  });
});

test.each([
  ['server_error', 503, 'temporarily_unavailable', 'provider_unavailable', 'kb:read'],
  ['access_denied', 502, 'provider_error', 'request_refused', 'connector:read kb:read'],
] as const)('%s, with the status that PipesHub gives it, is %i %s', async (fault, status, error, reason, scope) => {
  stack.providers.pipeshubServer?.failWith(fault);
  // A scope set without a token and without a back-off.
  const response = await stack.vend('pipeshub', new URLSearchParams({ scope }).toString());
  expect([response.status, await response.json()]).toMatchObject([status, { error }]);
  expect(await stack.logOf(response)).toMatchObject({ reason, providerError: fault });
});
