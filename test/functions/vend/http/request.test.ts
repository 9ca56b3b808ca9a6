import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { describeError, RequestError } from '../../../../functions/vend/http/errors.ts';
import { parseRequest } from '../../../../functions/vend/http/request.ts';
import { buildHealthEvent, buildVendEvent } from '../../../support/rest-event.ts';

const fingerprint = 'a'.repeat(64);

function refusal(parse: () => unknown): { code: string; status: number } {
  try {
    parse();
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const { error: code, status } = describeError(error);
    return { code, status };
  }
  throw new Error('The request is accepted.');
}

function refusalOf(form: string, changes = {}): { code: string; status: number } {
  return refusal(() => parseRequest(buildVendEvent('prove', form, changes)));
}

describe('parseRequest', () => {
  test('reads an empty body as a vend without wishes', () => {
    expect(parseRequest(buildVendEvent('prove'))).toEqual({
      kind: 'vend',
      provider: 'prove',
      scopes: undefined,
      minTtlSeconds: 0,
      rejectedTokenSha256: undefined,
    });
  });

  test('reads every field', () => {
    const form = `grant_type=client_credentials&scope=b+a%20b&min_ttl=86400&rejected_token_sha256=${fingerprint}`;
    expect(parseRequest(buildVendEvent('prove', form))).toMatchObject({
      scopes: ['a', 'b'],
      minTtlSeconds: 86_400,
      rejectedTokenSha256: fingerprint,
    });
  });

  test('ignores unknown fields and client credentials, which many OAuth clients cannot leave out', () => {
    const form = 'client_id=x&client_secret=y&audience=z&grant_type=client_credentials';
    expect(parseRequest(buildVendEvent('prove', form))).toMatchObject({ kind: 'vend', scopes: undefined });
  });

  test('takes a field without a value as not given', () => {
    const form = 'grant_type=&scope=&min_ttl&rejected_token_sha256=&&scope=a';
    expect(parseRequest(buildVendEvent('prove', form))).toMatchObject({ scopes: ['a'], minTtlSeconds: 0 });
  });

  test('reads a body that API Gateway has encoded in Base64', () => {
    const body = Buffer.from('min_ttl=7').toString('base64');
    expect(parseRequest(buildVendEvent('prove', body, { isBase64Encoded: true }))).toMatchObject({ minTtlSeconds: 7 });
  });

  test.each([
    ['Content-Type', 'application/x-www-form-urlencoded; charset=UTF-8'],
    ['content-type', 'Application/X-WWW-Form-Urlencoded'],
    ['CONTENT-TYPE', 'application/x-www-form-urlencoded;charset="utf-8"'],
  ])('takes %s: %s for a form', (name, value) => {
    const event = buildVendEvent('prove', 'min_ttl=7', { headers: { [name]: value } });
    expect(parseRequest(event)).toMatchObject({ minTtlSeconds: 7 });
  });

  test('needs no content type for an empty body', () => {
    expect(parseRequest(buildVendEvent('prove', '', { headers: {} }))).toMatchObject({ kind: 'vend' });
  });

  test.each([
    undefined,
    'application/json',
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded; charset=utf-16',
  ])('refuses a body of type %s with 415', (contentType) => {
    const headers = contentType === undefined ? {} : { 'Content-Type': contentType };
    expect(refusalOf('min_ttl=7', { headers })).toEqual({ code: 'invalid_request', status: 415 });
  });

  test('takes a body of 8 KiB and refuses one byte more with 413', () => {
    const padding = `padding=${'x'.repeat(8192 - 'padding='.length)}`;
    expect(parseRequest(buildVendEvent('prove', padding))).toMatchObject({ kind: 'vend' });
    expect(refusalOf(`${padding}x`)).toEqual({ code: 'invalid_request', status: 413 });
    const encoded = Buffer.from(`${padding}x`).toString('base64');
    expect(refusalOf(encoded, { isBase64Encoded: true })).toEqual({ code: 'invalid_request', status: 413 });
  });

  test.each(['scope=a&scope=b', 'scope=a&scope=a', 'min_ttl=1&min_ttl=1', 'unknown=1&unknown=2', 'sco%70e=a&scope=b'])(
    'refuses the repeated field in %s',
    (form) => {
      expect(refusalOf(form)).toEqual({ code: 'invalid_request', status: 400 });
    },
  );

  test.each(['scope=%', 'scope=%zz', 'scope=%ff', 'scope=%c3%28', '%ed%a0%80=1'])(
    'refuses %s as no UTF-8 form',
    (form) => {
      expect(refusalOf(form)).toEqual({ code: 'invalid_request', status: 400 });
    },
  );

  test('refuses bytes that are not UTF-8, also where API Gateway has already replaced them', () => {
    const body = Buffer.from([0x61, 0x3d, 0xff, 0xfe]).toString('base64');
    expect(refusalOf(body, { isBase64Encoded: true })).toEqual({ code: 'invalid_request', status: 400 });
    expect(refusalOf('a=\ufffd')).toEqual({ code: 'invalid_request', status: 400 });
  });

  test.each(['password', 'Client_Credentials', 'authorization_code', 'client_credentials '])(
    'refuses grant_type %s',
    (grantType) => {
      const form = new URLSearchParams({ grant_type: grantType }).toString();
      expect(refusalOf(form)).toEqual({ code: 'unsupported_grant_type', status: 400 });
    },
  );

  test.each(['-1', '1e3', '99999999999', '86401', '1.5', '+5', '0x10', 'NaN', ' 5', '٣'])(
    'refuses min_ttl %s',
    (minTtl) => {
      const form = `min_ttl=${encodeURIComponent(minTtl)}`;
      expect(refusalOf(form)).toEqual({ code: 'invalid_request', status: 400 });
    },
  );

  test.each(['abc', 'A'.repeat(64), 'g'.repeat(64), 'a'.repeat(65)])('refuses rejected_token_sha256 %s', (value) => {
    expect(refusalOf(`rejected_token_sha256=${value}`)).toEqual({ code: 'invalid_request', status: 400 });
  });

  test.each(['a"b', 'a\\b', 'ü', 'a\nb'])('refuses scope %j', (scope) => {
    expect(refusalOf(`scope=${encodeURIComponent(scope)}`)).toEqual({ code: 'invalid_scope', status: 400 });
  });

  test.each(['GET', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])('refuses %s on a token with 405', (httpMethod) => {
    expect(refusalOf('', { httpMethod })).toEqual({ code: 'method_not_allowed', status: 405 });
  });

  test('reads GET /health and refuses POST there', () => {
    expect(parseRequest(buildHealthEvent())).toEqual({ kind: 'health' });
    expect(refusal(() => parseRequest(buildHealthEvent('POST')))).toEqual({ code: 'method_not_allowed', status: 405 });
  });

  test('never decodes the provider, so that it is what IAM has judged', () => {
    expect(parseRequest(buildVendEvent('pro%76e'))).toMatchObject({ provider: 'pro%76e' });
  });

  test('throws nothing but its own error, whatever the event holds', () => {
    const member = fc.oneof(fc.jsonValue(), fc.string(), fc.constantFrom('/tokens/{provider}', '/health', 'POST'));
    const events = fc.oneof(
      fc.jsonValue(),
      fc.record({ resource: member, httpMethod: member, pathParameters: member, headers: member, body: member }),
      fc
        .record({ body: member, isBase64Encoded: fc.boolean(), headers: member, pathParameters: member })
        .map((changes) => ({ ...buildVendEvent('prove'), ...changes })),
      fc.string({ unit: 'binary' }).map((form) => buildVendEvent('prove', form)),
      fc
        .array(fc.tuple(fc.constantFrom('grant_type', 'scope', 'min_ttl', 'x'), fc.string({ unit: 'binary' })))
        .map((fields) => buildVendEvent('prove', fields.map((field) => field.join('=')).join('&'))),
    );
    fc.assert(
      fc.property(events, (event) => {
        try {
          const request = parseRequest(event as never);
          if (request.kind === 'vend') expect(request.minTtlSeconds).toBeGreaterThanOrEqual(0);
        } catch (error) {
          expect(error).toBeInstanceOf(RequestError);
        }
      }),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 1000), seed: 1 },
    );
  });
});
