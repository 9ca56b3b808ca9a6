import { isJsonObject } from '../shared/runtime/json.ts';
import type { ApiAnswer, ApiRequest } from './api-client.ts';
import type { Ask } from './ask.ts';
import { failed, notRefused, type Probe, passed, type Verdict } from './probe-result.ts';
import { describeStatus, errorCodeOf } from './token-answer.ts';

/**
 * An underscore is in no provider's name, so no environment can have it. A role that may vend only its own providers is
 * refused by IAM, before the function could say that there is no such provider.
 */
export const foreignProvider = 'not_a_provider';

interface Refusal {
  readonly name: string;
  readonly request: ApiRequest;
  /** Status → the codes that API Gateway gives with it. */
  readonly expected: Readonly<Record<number, readonly string[]>>;
}

const notIdentified = ['invalid_client', 'unauthorized_client'];

/** @param provider one that the caller may vend */
function refusals(provider: string): readonly Refusal[] {
  const vend = { method: 'POST', path: `/tokens/${provider}`, signature: 'right' } as const;
  return [
    {
      name: 'unsigned vend',
      request: { ...vend, signature: 'none' },
      expected: { 401: notIdentified, 403: notIdentified },
    },
    {
      name: 'unsigned health',
      request: { method: 'GET', path: '/health', signature: 'none' },
      expected: { 401: notIdentified, 403: notIdentified },
    },
    {
      name: 'wrong key',
      request: { ...vend, signature: 'wrong-key' },
      expected: { 401: notIdentified, 403: notIdentified },
    },
    {
      name: 'foreign provider',
      request: { ...vend, path: `/tokens/${foreignProvider}` },
      expected: { 403: ['unauthorized_client'] },
    },
    { name: 'foreign method', request: { ...vend, method: 'GET' }, expected: { 403: ['unauthorized_client'] } },
    // An unknown path is refused before IAM is asked; an HTTP API says 404.
    { name: 'foreign path', request: { ...vend, path: '/not-a-path' }, expected: { 403: notIdentified, 404: [] } },
  ];
}

/** Requests to the endpoint that must be refused, in the words in which API Gateway refuses. */
export function createRefusalProbes(ask: Ask, provider: string): readonly Probe[] {
  return refusals(provider).map(({ name, request, expected }) => ({
    name,
    run: async (deadlineMs) => judgeRefusal(await ask(request, deadlineMs), expected),
  }));
}

/** Codes that only the function gives: API Gateway has let the request through. */
const functionCodes: ReadonlySet<string> = new Set([
  'unknown_provider',
  'method_not_allowed',
  'invalid_request',
  'unsupported_grant_type',
  'invalid_scope',
  'provider_rejected_credentials',
  'provider_error',
  'provider_timeout',
  'temporarily_unavailable',
]);

function judgeRefusal(answer: ApiAnswer, expected: Refusal['expected']): Verdict {
  const { status, body } = answer;
  const code = errorCodeOf(body);
  const text = describeStatus(answer);
  const codes = expected[status];
  // An HTTP API answers with a `message` and no code.
  const isBare = code === undefined && isJsonObject(body) && typeof body['message'] === 'string';
  if (codes !== undefined && (isBare || (code !== undefined && codes.includes(code)))) return passed(text);
  if (status >= 200 && status < 300) return notRefused(`let through: ${status}`);
  if (code !== undefined && functionCodes.has(code)) return notRefused(`let through to the function: ${text}`);
  return failed(`neither refused nor let through: ${text}`);
}
