import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type EchoGateway, startEchoGateway } from './echo-gateway.ts';
import { type Draft, type Received, send, signBySmithy } from './signing.ts';

let gateway: EchoGateway;
beforeAll(async () => {
  gateway = await startEchoGateway();
});
afterAll(() => gateway.close());

const vend: Draft = { method: 'POST', target: '/v1/tokens/prove', body: 'min_ttl=60' };
const invalidToken = 'The security token included in the request is invalid.';
const mismatch =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

function sha256Base64(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

/** Signs `draft`, changes the headers, and sends it, or something else instead. */
async function sendChanged(
  change: (headers: Record<string, string>) => Record<string, string | string[]>,
  { draft = vend, sent = draft }: { draft?: Draft; sent?: Draft } = {},
): Promise<Received> {
  return send(gateway.origin, sent, change(await signBySmithy(gateway.origin, draft, gateway.orders)));
}

function sendWithAuthorization(authorization: string): Promise<Received> {
  return sendChanged((headers) => ({ ...headers, authorization }));
}

function expectRefusal(received: Received, errorType: string, message: string): void {
  expect(received).toMatchObject({
    status: 403,
    headers: { 'x-amzn-errortype': errorType, 'cache-control': 'no-store' },
  });
  expect(JSON.parse(received.body)).toEqual({
    error: 'invalid_client',
    error_description: expect.any(String),
    message,
  });
}

describe('a request is refused whose', () => {
  test('Authorization is missing', async () => {
    const received = await send(gateway.origin, vend, {});
    expectRefusal(received, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
  });

  test.each(['Bearer eyJ-somebody-s-token', 'Basic dXNlcjpwYXNz', 'AWS4-HMAC-SHA256', 'x'])(
    'Authorization is of another scheme: %s',
    async (authorization) => {
      const received = await sendWithAuthorization(authorization);
      if (authorization === 'AWS4-HMAC-SHA256') return expect(received.status).toBe(403);
      const message = `Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${sha256Base64(authorization)}'.`;
      expectRefusal(received, 'IncompleteSignatureException', message);
    },
  );

  test.each([
    ['', "requires 'Credential' parameter. Authorization header requires 'SignedHeaders' parameter."],
    ['Credential=a/b/c/d/aws4_request', "requires 'SignedHeaders' parameter. Authorization header requires 'Sign"],
    ['Credential=a/b/c/d/aws4_request,SignedHeaders=host', "requires 'Signature' parameter."],
    ['Credential=a/b/c/aws4_request,SignedHeaders=host,Signature=0', 'exactly 5 slash-delimited elements'],
    ['Credential=a/b/c/d/e/aws4_request,SignedHeaders=host,Signature=0', 'exactly 5 slash-delimited elements'],
    ['Credential=a/b/c/d/aws5,SignedHeaders=host,Signature=0', 'exactly 5 slash-delimited elements'],
    ['Credential,SignedHeaders,Signature', "requires 'Credential' parameter."],
  ])('Authorization is malformed: %s', async (parameters, complaint) => {
    const received = await sendWithAuthorization(`AWS4-HMAC-SHA256 ${parameters}`);
    expect(received).toMatchObject({ status: 403, headers: { 'x-amzn-errortype': 'IncompleteSignatureException' } });
    expect(received.body).toContain(complaint);
  });

  test('key is unknown', async () => {
    const stranger = { ...gateway.orders, accessKeyId: 'ASIASTRANGER' };
    const received = await send(gateway.origin, vend, await signBySmithy(gateway.origin, vend, stranger));
    expectRefusal(received, 'UnrecognizedClientException', invalidToken);
  });

  test.each([
    ['missing', undefined],
    ['wrong', 'wrong'],
    ['empty', ''],
  ])('session token is %s, though the signature is right', async (_case, sessionToken) => {
    const { accessKeyId, secretAccessKey } = gateway.orders;
    const key = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
    const draft = sessionToken === '' ? { ...vend, headers: { 'x-amz-security-token': '' } } : vend;
    const received = await send(gateway.origin, draft, await signBySmithy(gateway.origin, draft, key));
    expectRefusal(received, 'UnrecognizedClientException', invalidToken);
  });

  test("session token is another caller's", async () => {
    const key = { ...gateway.orders, sessionToken: gateway.intruder.sessionToken };
    const received = await send(gateway.origin, vend, await signBySmithy(gateway.origin, vend, key));
    expectRefusal(received, 'UnrecognizedClientException', invalidToken);
  });

  test.each<[string, Draft]>([
    ['body', { ...vend, body: 'min_ttl=61' }],
    ['path', { ...vend, target: '/v1/tokens/oidc' }],
    ['query', { ...vend, target: '/v1/tokens/prove?a=1' }],
    ['method', { ...vend, method: 'PUT' }],
  ])('%s was changed on the way', async (_part, sent) => {
    expectRefusal(await sendChanged((headers) => headers, { sent }), 'InvalidSignatureException', mismatch);
  });

  test('signed header was changed, added or removed on the way', async () => {
    const draft = { ...vend, headers: { 'x-other': 'a' } };
    const changed = await sendChanged((headers) => ({ ...headers, 'x-other': 'b' }), { draft });
    const doubled = await sendChanged((headers) => ({ ...headers, 'x-other': ['a', 'a'] }), { draft });
    const gone = await sendChanged(({ 'x-other': _gone, ...headers }) => headers, { draft });
    for (const received of [changed, doubled, gone]) {
      expectRefusal(received, 'InvalidSignatureException', mismatch);
    }
  });

  test.each([
    ['too old', -301_000, 'Signature expired: '],
    ['of the future', 301_000, 'Signature not yet current: '],
    ['of last year', -31_536_000_000, 'Signature expired: '],
  ])('date is %s', async (_case, offsetMs, message) => {
    const date = new Date(Date.now() + offsetMs);
    const received = await send(
      gateway.origin,
      vend,
      await signBySmithy(gateway.origin, vend, gateway.orders, { date }),
    );
    expect(received).toMatchObject({ status: 403, headers: { 'x-amzn-errortype': 'InvalidSignatureException' } });
    expect(JSON.parse(received.body)).toMatchObject({ message: expect.stringContaining(message) });
  });

  test.each(['', 'now', '20261399T999999Z', '2026-11-21T02:00:00Z'])('date is malformed: "%s"', async (date) => {
    const received = await sendChanged((headers) => ({ ...headers, 'x-amz-date': date }));
    const message = `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`;
    expectRefusal(received, 'IncompleteSignatureException', message);
  });

  test('date is missing', async () => {
    const received = await sendChanged(({ 'x-amz-date': _date, ...headers }) => headers);
    const message = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.";
    expectRefusal(received, 'IncompleteSignatureException', message);
  });

  test('region or service is wrong', async () => {
    const options = { region: 'eu-central-1', service: 'sts' };
    const headers = await signBySmithy(gateway.origin, vend, gateway.orders, options);
    expectRefusal(
      await send(gateway.origin, vend, headers),
      'InvalidSignatureException',
      "Credential should be scoped to a valid region, not 'eu-central-1'. Credential should be scoped to correct service: 'execute-api'. ",
    );
  });

  test.each([
    ['host', "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."],
    ['x-amz-date', 'There were headers present in the request which were not signed: x-amz-date'],
    ['x-amz-security-token', 'There were headers present in the request which were not signed: x-amz-security-token'],
  ])('%s is not signed', async (name, message) => {
    const received = await sendChanged(({ authorization = '', ...headers }) => ({
      ...headers,
      authorization: authorization.replace(new RegExp(`(?<=SignedHeaders=.*)${name};?`), ''),
    }));
    expectRefusal(received, 'InvalidSignatureException', message);
  });

  test.each(['', '2026', '19700101'])('scope has another day than its date: "%s"', async (day) => {
    const received = await sendChanged(({ authorization = '', ...headers }) => ({
      ...headers,
      authorization: authorization.replace(/\/\d{8}\//, `/${day}/`),
    }));
    expect(received).toMatchObject({ status: 403, headers: { 'x-amzn-errortype': 'InvalidSignatureException' } });
    expect(received.body).toContain('Date in Credential scope does not match YYYYMMDD');
  });

  test.each(['UNSIGNED-PAYLOAD', sha256Hex('other')])('claimed body hash is wrong: %s', async (hash) => {
    const draft = { ...vend, headers: { 'x-amz-content-sha256': hash } };
    expectRefusal(await sendChanged((headers) => headers, { draft }), 'InvalidSignatureException', mismatch);
  });

  test.each([
    ['too short', 'abc'],
    ['of as many characters but more bytes', 'é'.repeat(64)],
    ['in capitals', 'A'.repeat(64)],
  ])('signature is %s', async (_case, signature) => {
    const received = await sendChanged(({ authorization = '', ...headers }) => ({
      ...headers,
      authorization: authorization.replace(/[0-9a-f]{64}$/, signature),
    }));
    expectRefusal(received, 'InvalidSignatureException', mismatch);
  });

  test.each(['constructor', '__proto__', 'x-not-sent', 'HOST', ''])(
    'list of signed headers also has "%s"',
    async (name) => {
      const received = await sendChanged(({ authorization = '', ...headers }) => ({
        ...headers,
        authorization: authorization.replace('SignedHeaders=', `SignedHeaders=${name};`),
      }));
      expectRefusal(received, 'InvalidSignatureException', mismatch);
    },
  );
});

function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
