import { Sha256 } from '@aws-crypto/sha256-js';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { AwsV4Signer } from 'aws4fetch';
import { presignedParameters } from '../../../local/gateway/authorization.ts';
import { type EchoGateway, startEchoGateway } from './echo-gateway.ts';
import { type Received, send } from './signing.ts';

// A request with its signature in the query, which API Gateway accepts too.

let gateway: EchoGateway;
beforeAll(async () => {
  gateway = await startEchoGateway();
});
afterAll(() => gateway.close());

const path = '/v1/tokens/prove';
const region = 'us-east-1';
const service = 'execute-api';
const body = 'min_ttl=60';

interface PresignOptions {
  readonly query?: Record<string, string>;
  readonly expiresIn?: number;
  readonly signingDate?: Date;
  readonly sessionToken?: string;
}

/** @returns the request target */
type Presign = (options?: PresignOptions) => Promise<string>;

const presignBySmithy: Presign = async ({ query = {}, expiresIn = 600, signingDate = new Date(), ...keys } = {}) => {
  const credentials = { ...gateway.orders, ...keys };
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256 });
  const { host } = new URL(gateway.origin);
  const request = new HttpRequest({ method: 'POST', path, query, headers: { host }, body });
  const presigned = await signer.presign(request, { expiresIn, signingDate });
  const pairs = Object.entries(presigned.query ?? {}).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
  );
  return `${path}?${pairs.join('&')}`;
};

const presignByAws4fetch: Presign = async ({ query = {} } = {}) => {
  const url = `${gateway.origin}${path}?${new URLSearchParams(query)}`;
  const { accessKeyId, secretAccessKey, sessionToken } = gateway.orders;
  const keys = { accessKeyId, secretAccessKey, sessionToken };
  const signed = await new AwsV4Signer({ method: 'POST', url, body, region, service, signQuery: true, ...keys }).sign();
  // It signs a space as %20, but URL writes it as +, which AWS reads as a plus sign.
  return `${signed.url.pathname}${signed.url.search.replaceAll('+', '%20')}`;
};

function post(target: string, sent = body): Promise<Received> {
  return send(gateway.origin, { method: 'POST', target, body: sent }, { host: new URL(gateway.origin).host });
}

describe.each([
  ['@smithy/signature-v4', presignBySmithy],
  ['aws4fetch', presignByAws4fetch],
])('a request presigned by %s', (_name, presign) => {
  test('is accepted, and the function sees the caller but not the signature', async () => {
    const received = await post(await presign({ query: { a: 'b c+d', z: '' } }));
    expect(received).toMatchObject({ status: 200 });
    expect(JSON.parse(received.body)).toMatchObject({
      queryStringParameters: { a: 'b c+d', z: '' },
      requestContext: { identity: { userArn: gateway.orders.arn } },
    });
    for (const name of presignedParameters) expect(received.body).not.toContain(name);
  });

  test('is refused once any part of it has changed', async () => {
    const target = await presign({ query: { a: 'b' } });
    const changes = [
      post(target, 'min_ttl=61'),
      post(target.replace('/prove', '/oidc')),
      post(target.replace('a=b', 'a=c')),
      post(target.replace(/(Signature=)[0-9a-f]{4}/, '$10000')),
    ];
    for (const received of await Promise.all(changes)) {
      expect(received).toMatchObject({ status: 403, headers: { 'x-amzn-errortype': 'InvalidSignatureException' } });
      expect(received.body).toContain('does not match the signature you provided');
    }
  });
});

test('it is valid as long as it says, and not earlier', async () => {
  const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);
  expect(await post(await presignBySmithy({ signingDate: ago(590) }))).toMatchObject({ status: 200 });
  const expired = await post(await presignBySmithy({ signingDate: ago(610) }));
  expect(JSON.parse(expired.body)).toMatchObject({
    message: expect.stringMatching(/^Signature expired: .* - 10 min\.\)$/),
  });
  const early = await post(await presignBySmithy({ signingDate: ago(-310) }));
  expect(JSON.parse(early.body)).toMatchObject({ message: expect.stringMatching(/^Signature not yet current: /) });
});

test('its session token must be right', async () => {
  const received = await post(await presignBySmithy({ sessionToken: 'wrong' }));
  expect(JSON.parse(received.body)).toMatchObject({
    error: 'invalid_client',
    message: 'The security token included in the request is invalid.',
  });
});

test.each([
  [/X-Amz-Signature=[0-9a-f]+/, 'x=y', "AWS query-string parameters must include 'X-Amz-Signature'."],
  [/X-Amz-Credential=[^&]+/, 'x=y', "AWS query-string parameters must include 'X-Amz-Credential'."],
  [/X-Amz-Algorithm=[^&]+/, 'X-Amz-Algorithm=none', "AWS query-string parameters must include 'X-Amz-Algorithm'."],
  [/X-Amz-Date=[^&]+/, 'X-Amz-Date=now', "Date must be in ISO-8601 'basic format'. Got 'now'."],
  [/X-Amz-Expires=\d+/, 'X-Amz-Expires=soon', 'X-Amz-Expires should be a number'],
  [/X-Amz-Expires=\d+/, 'X-Amz-Expires=604801', 'X-Amz-Expires must be less than a week (in seconds)'],
  [/aws4_request/, 'aws5', 'Credential must have exactly 5 slash-delimited elements'],
])('it is incomplete with %s replaced by %s', async (pattern, replacement, message) => {
  const received = await post((await presignBySmithy()).replace(pattern, replacement));
  expect(received).toMatchObject({ status: 403, headers: { 'x-amzn-errortype': 'IncompleteSignatureException' } });
  expect(JSON.parse(received.body).message).toContain(message);
});
