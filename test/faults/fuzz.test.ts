import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseTokenResponse } from '../../functions/shared/exchange/token-response.ts';
import { isSecretReason, TokenError } from '../../functions/shared/runtime/errors.ts';
import { parseClientCredentials } from '../../functions/shared/secrets/client-credentials.ts';
import { parseProviders } from '../../functions/shared/settings/config.ts';
import type { Provider } from '../../functions/shared/settings/provider-settings.ts';
import { describeError } from '../../functions/vend/http/errors.ts';
import { buildVendEvent } from '../support/rest-event.ts';
import { type ScriptedProvider, startScriptedProvider } from '../support/scripted-provider.ts';
import { startVendingFunction, type VendingFunction } from '../support/vending-function.ts';

// Whatever comes from outside leads only to documented errors, never to a crash, a NaN lifetime or a token with a line break.

const runs = Number(process.env['FUZZ_RUNS'] ?? 1000);
const seed = 1;

const providers = parseProviders(
  {
    prove: { tokenUrl: 'https://a.example/token', secretId: 's', dialect: 'prove' },
    oauth2: { tokenUrl: 'https://a.example/token', secretId: 's', expose: ['id_token'], defaultLifetimeSeconds: 60 },
  },
  'providers',
);
const provider = fc.constantFrom(...(['prove', 'oauth2'] as const)).map((name) => providers.get(name) as Provider);

const field = fc.oneof(
  fc.jsonValue(),
  fc.string(),
  fc.double(),
  fc.constantFrom('Bearer', 'bearer', 3600, '3600', 'a\r\nb'),
);
const tokenAnswer = fc.record(
  {
    access_token: field,
    token_type: field,
    expires_in: field,
    scope: field,
    id_token: field,
    error: fc.oneof(field, fc.constantFrom('invalid_client', 'invalid_scope', 'server_error')),
    code: field,
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  tokenAnswer.map((answer) => Buffer.from(JSON.stringify(answer))),
  fc.json().map((text) => Buffer.from(text)),
  fc
    .array(fc.tuple(fc.constantFrom('access_token', 'expires_in', 'error', '__proto__'), fc.string()))
    .map((fields) => Buffer.from(new URLSearchParams(fields).toString())),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
);
const status = fc.oneof(fc.constantFrom(200, 201, 400, 401, 403, 429, 500, 503), fc.integer({ min: 100, max: 999 }));
const headers = fc.record(
  {
    'retry-after': fc.oneof(fc.string(), fc.integer().map(String)),
    'content-type': fc.oneof(fc.string(), fc.constantFrom('text/plain', 'application/x-www-form-urlencoded')),
  },
  { requiredKeys: [] },
);
const answerCodes = ['provider_error', 'provider_rejected_credentials', 'temporarily_unavailable', 'invalid_scope'];

test('a provider can answer anything', () => {
  fc.assert(
    fc.property(provider, status, headers, body, (settings, code, answerHeaders, bytes) => {
      try {
        const token = parseTokenResponse(settings, { status: code, headers: answerHeaders, body: bytes }, 0);
        expect(code).toBeGreaterThanOrEqual(200);
        expect(code).toBeLessThanOrEqual(299);
        expect(token.accessToken).toMatch(/^[\x21-\x7e]+$/);
        if (token.lifetimeSeconds !== undefined) {
          expect(token.lifetimeSeconds).toBeGreaterThanOrEqual(1);
          expect(token.lifetimeSeconds).toBeLessThanOrEqual(30 * 86_400);
        }
      } catch (error) {
        if (!(error instanceof TokenError)) throw error;
        expect(answerCodes).toContain(describeError(error).error);
        expect(error.retryAfterSeconds ?? 1).toBeGreaterThanOrEqual(1);
        expect(error.retryAfterSeconds ?? 1).toBeLessThanOrEqual(300);
      }
    }),
    { numRuns: runs, seed },
  );
});

test('a secret can hold anything', () => {
  const jwk = fc.record({ kty: fc.constantFrom('EC', 'RSA', 'OKP', 'oct'), crv: field, d: field, x: field, y: field });
  const fields = { client_id: field, client_secret: field, clientId: field, private_key: fc.oneof(field, jwk) };
  const secret = fc.oneof(
    fc.string(),
    fc.json(),
    fc.record({ ...fields, kid: field, alg: field }, { requiredKeys: [] }).map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(secret, fc.constantFrom('secret' as const, 'key' as const), (secretString, kind) => {
      try {
        const credentials = parseClientCredentials('the-secret', 'v1', secretString, kind);
        const proof = credentials.kind === 'secret' ? credentials.clientSecret : credentials.signingKey.algorithm;
        expect([credentials.kind, typeof credentials.clientId, typeof proof]).toEqual([kind, 'string', 'string']);
      } catch (error) {
        if (!(error instanceof TokenError)) throw error;
        expect([isSecretReason(error.reason), error.details['secretId']]).toEqual([true, 'the-secret']);
      }
    }),
    { numRuns: runs, seed },
  );
});

test('settings can be anything', () => {
  const settings = fc.record(
    {
      tokenUrl: fc.oneof(field, fc.webUrl()),
      secretId: field,
      dialect: field,
      scopes: field,
      expose: field,
      headers: field,
    },
    { requiredKeys: [] },
  );
  const value = fc.oneof(fc.jsonValue(), fc.dictionary(fc.string(), fc.oneof(settings, fc.jsonValue())));
  fc.assert(
    fc.property(value, (providersValue) => {
      try {
        expect(parseProviders(providersValue, 'providers').size).toBeGreaterThan(0);
      } catch (error) {
        expect((error as Error).name).toBe('ConfigError');
      }
    }),
    { numRuns: runs, seed },
  );
});

let scripted: ScriptedProvider;
let vending: VendingFunction;

beforeAll(async () => {
  scripted = await startScriptedProvider();
  vending = await startVendingFunction(scripted.tokenUrl);
});

afterAll(async () => {
  await vending.close();
  await scripted.close();
});

test('whatever a provider sends over the wire, a caller gets a token or a documented error', async () => {
  const wire = fc.oneof(
    body.map((bytes) =>
      Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${bytes.length}\r\n\r\n`), bytes]),
    ),
    fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.concat([Buffer.from('HTTP/1.1 '), bytes])),
    fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
  );
  const statusOf: Record<string, number> = {
    provider_error: 502,
    provider_rejected_credentials: 502,
    temporarily_unavailable: 503,
    provider_timeout: 504,
  };
  await fc.assert(
    fc.asyncProperty(wire, async (bytes) => {
      vending.clock.advanceSeconds(31 * 86_400);
      scripted.answerWith((response) => {
        response.socket?.end(bytes);
      });
      const answer = await vending.handle(buildVendEvent('prove'), 5_000);
      if (answer.status === 200) expect(answer.body.access_token).toMatch(/^[\x21-\x7e]+$/);
      else expect(answer.status).toBe(statusOf[answer.body.error]);
    }),
    { numRuns: Math.min(runs, 300), seed },
  );
});
