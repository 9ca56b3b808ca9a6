import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type EchoGateway, startEchoGateway } from './echo-gateway.ts';
import { type Draft, send, signByAws4fetch, signBySmithy } from './signing.ts';

let gateway: EchoGateway;
beforeAll(async () => {
  gateway = await startEchoGateway();
});
afterAll(() => gateway.close());

const vend: Draft = { method: 'POST', target: '/v1/tokens/prove', body: 'min_ttl=60' };
const health: Draft = { target: '/v1/health' };
const emptyHash = createHash('sha256').digest('hex');

describe.each([
  ['@smithy/signature-v4', signBySmithy],
  ['aws4fetch', signByAws4fetch],
])('a request signed by %s is accepted', (_name, sign) => {
  test.each<[string, Draft]>([
    ['GET', health],
    ['POST with a body', vend],
    ['a body that is not ASCII', { ...vend, body: 'scope=ä€😀' }],
    ['unsorted parameters', { target: '/v1/health?b=2&a=1&B=3&a-b=4' }],
    ['parameters with spaces, plus signs and slashes', { target: '/v1/health?q=a%20b%2Bc%2Fd&r=%2f%7e' }],
    ['an empty value, and none at all', { target: '/v1/health?z=&a' }],
    ['a repeated parameter', { target: '/v1/health?a=2&a=1&a=10' }],
    ['characters that JavaScript does not encode', { target: "/v1/health?q=%21'()*" }],
    ['parameters that are not ASCII', { target: '/v1/health?q=%C3%A4%F0%9F%98%80' }],
    ['names that objects have already', { target: '/v1/health?constructor=1&toString=2' }],
    ['header values with inner spaces', { ...health, headers: { 'x-amz-meta': 'a   b \t c', 'x-other': ' d  e ' } }],
    ['a claimed hash that is right', { ...health, headers: { 'x-amz-content-sha256': emptyHash } }],
  ])('%s', async (_case, draft) => {
    const received = await send(gateway.origin, draft, await sign(gateway.origin, draft, gateway.orders));
    expect(received).toMatchObject({ status: 200 });
  });

  test('only within five minutes of now, with the right key, region and service', async () => {
    const fourMinutesMs = 4 * 60_000;
    for (const date of [new Date(Date.now() - fourMinutesMs), new Date(Date.now() + fourMinutesMs)]) {
      const headers = await sign(gateway.origin, vend, gateway.orders, { date });
      expect(await send(gateway.origin, vend, headers)).toMatchObject({ status: 200 });
    }
    const wrongSecret = { ...gateway.orders, secretAccessKey: gateway.intruder.secretAccessKey };
    const headers = await sign(gateway.origin, vend, wrongSecret);
    expect(await send(gateway.origin, vend, headers)).toMatchObject({
      status: 403,
      headers: { 'x-amzn-errortype': 'InvalidSignatureException' },
    });
  });
});

test('a header that is sent twice is signed as one, joined by a comma', async () => {
  const draft = { ...health, headers: { 'x-amz-meta': 'a,b' } };
  const headers = await signBySmithy(gateway.origin, draft, gateway.orders);
  const received = await send(gateway.origin, draft, { ...headers, 'x-amz-meta': ['a', 'b'] });
  expect(JSON.parse(received.body)).toMatchObject({ multiValueHeaders: { 'x-amz-meta': ['a', 'b'] } });
});

test('every unsigned request is 403, and no answer repeats a signature', async () => {
  const word = fc.string({ unit: fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code)) });
  const safe = fc.string({ unit: fc.constantFrom(..."abc019/?&=%+~;.:_-*'()@!") });
  const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 64 });
  const authorization = fc.oneof(
    word.map((text) => text.replaceAll('\x7f', '')),
    fc
      .record({ day: safe, region: safe, headers: safe, signature: hex })
      .map(
        ({ day, region, headers, signature }) =>
          `AWS4-HMAC-SHA256 Credential=${gateway.orders.accessKeyId}/${day}/${region}/execute-api/aws4_request, SignedHeaders=host;${headers}, Signature=${signature}`,
      ),
  );
  await fc.assert(
    fc.asyncProperty(authorization, safe, fc.boolean(), async (header, suffix, isStage) => {
      const target = `${isStage ? '/v1/tokens/' : '/'}${suffix}`;
      const received = await send(gateway.origin, { target }, { authorization: header });
      expect(received.status).toBe(403);
      const signature = header.split('Signature=')[1];
      if (signature !== undefined) expect(received.body).not.toContain(signature);
    }),
    { numRuns: 300 },
  );
});
