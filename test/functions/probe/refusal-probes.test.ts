import { describe, expect, test } from '@jest/globals';
import type { ApiAnswer, ApiRequest } from '../../../functions/probe/api-client.ts';
import { createRefusalProbes } from '../../../functions/probe/refusal-probes.ts';
import { type GatewayAnswerType, gatewayAnswerBody } from '../../../infra/api/gateway-answers.ts';

const names = ['unsigned vend', 'unsigned health', 'wrong key', 'foreign provider', 'foreign method', 'foreign path'];
const requests: ApiRequest[] = [];

/** How each probe ends if this is the answer to it. */
async function outcomesOf(answer: Pick<ApiAnswer, 'status' | 'body'>): Promise<readonly string[]> {
  const probes = createRefusalProbes(async (request) => {
    requests.push(request);
    return { ...answer, headers: new Headers() };
  }, 'prove');
  expect(probes.map(({ name }) => name)).toEqual(names);
  return Promise.all(probes.map(async ({ run }) => (await run(0)).outcome));
}

const restAnswer = (type: GatewayAnswerType): unknown => JSON.parse(gatewayAnswerBody(type, '"AWS says"'));
const all = (outcome: string) => names.map(() => outcome);

describe('of a REST API', () => {
  test('an answer about the signature refuses what is about the signature, and an unknown path', async () => {
    const body = restAnswer('MISSING_AUTHENTICATION_TOKEN');
    expect(await outcomesOf({ status: 403, body })).toEqual([
      'passed',
      'passed',
      'passed',
      'failed',
      'failed',
      'passed',
    ]);
    expect(await outcomesOf({ status: 403, body: restAnswer('INVALID_SIGNATURE') })).toContain('passed');
  });

  test('an answer of IAM or of a web ACL refuses everything', async () => {
    for (const type of ['ACCESS_DENIED', 'WAF_FILTERED'] as const) {
      expect(await outcomesOf({ status: 403, body: restAnswer(type) })).toEqual(all('passed'));
    }
  });
});

test('of an HTTP API, `message` alone refuses; 404 only an unknown path', async () => {
  expect(await outcomesOf({ status: 403, body: { message: 'Forbidden' } })).toEqual(all('passed'));
  const notFound = await outcomesOf({ status: 404, body: { message: 'Not Found' } });
  expect(notFound).toEqual(['failed', 'failed', 'failed', 'failed', 'failed', 'passed']);
});

test.each([
  ['a token', 200, { access_token: 'canary' }],
  ['an empty success', 204, undefined],
  ['a provider that does not exist', 404, { error: 'unknown_provider' }],
  ['a wrong method', 405, { error: 'method_not_allowed' }],
  ['a provider that fails', 502, { error: 'provider_error' }],
  ['a provider that is down', 503, { error: 'temporarily_unavailable' }],
])('an answer that only the function gives is a missing refusal: %s', async (_, status, body) => {
  expect(await outcomesOf({ status, body })).toEqual(all('not-refused'));
});

test.each([
  ['a broken gateway', 502, undefined],
  ['the gateway’s own fault', 500, { error: 'server_error' }],
  ['a redirect', 302, undefined],
  ['a page of somebody else', 403, undefined],
  ['a body that is no refusal', 403, { hello: 'canary' }],
])('what is neither is a failed probe: %s', async (_, status, body) => {
  expect(await outcomesOf({ status, body })).toEqual(all('failed'));
});

test('the requests are signed as their names say', () => {
  const [unsigned, health, wrongKey, ...signed] = requests;
  expect([unsigned?.signature, health?.signature, wrongKey?.signature]).toEqual(['none', 'none', 'wrong-key']);
  expect(signed.slice(0, 3).map(({ signature, method, path }) => `${signature} ${method} ${path}`)).toEqual([
    'right POST /tokens/not_a_provider',
    'right GET /tokens/prove',
    'right POST /not-a-path',
  ]);
});
