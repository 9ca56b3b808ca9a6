import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { answerJson, answerToken, type Script } from '../support/scripted-provider.ts';

/** A fault of the provider, and what must follow. */
export interface ProviderFault {
  readonly name: string;
  readonly script: Script;
  /** What a caller gets when no usable token is held. */
  readonly status: number;
  readonly error: string;
  /** The `reason` in the log. */
  readonly reason: string;
  /** How many requests one vend sends: more than one where a retry can help. */
  readonly requests: number;
  readonly retryAfter?: string;
  /** Whether callers of other scope sets who hold no token are refused too, because the provider asked to be left alone. */
  readonly hurtsWithoutToken?: boolean;
}

const answer =
  (status: number, body: string | Buffer, headers: Record<string, string> = {}): Script =>
  (response) => {
    response.writeHead(status, headers).end(body);
  };

const writeRaw =
  (text: string): Script =>
  (response) => {
    response.socket?.end(text);
  };

/** Continues until the other side closes the connection. */
function pour(response: ServerResponse, chunk: Buffer): void {
  response.on('error', () => {});
  const write = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', write);
  write();
}

const notAToken = { status: 502, error: 'provider_error', requests: 1 };
const failing = {
  status: 503,
  error: 'temporarily_unavailable',
  reason: 'provider_unavailable',
  requests: 3,
  retryAfter: '1',
};
const asked = { ...failing, requests: 1 };
const silent = { status: 504, error: 'provider_timeout', reason: 'provider_timeout', requests: 1 };

export const providerFaults: readonly ProviderFault[] = [
  { name: 'connection reset', script: (response) => void response.destroy(), ...failing, reason: 'connection_failed' },
  { name: 'no answer', script: () => {}, ...silent },
  { name: 'headers and then nothing', script: (response) => void response.writeHead(200).flushHeaders(), ...silent },
  {
    name: 'a byte now and then',
    script: (response) => {
      const drip = setInterval(() => response.write(' '), 10);
      response.once('close', () => clearInterval(drip));
    },
    ...silent,
  },
  {
    name: 'answer that breaks off',
    script: (response) => void response.writeHead(200, { 'content-length': '99' }).write('{', () => response.destroy()),
    ...failing,
    reason: 'connection_failed',
  },
  {
    name: '400',
    script: answerJson(400, { code: 8001, message: 'malformed' }),
    ...notAToken,
    reason: 'unexpected_status',
  },
  {
    name: '401',
    script: answerJson(401, { code: 8002, message: 'unauthorized' }),
    ...notAToken,
    error: 'provider_rejected_credentials',
    reason: 'credentials_refused',
  },
  { name: '403', script: answerJson(403, { message: 'Forbidden' }), ...notAToken, reason: 'unexpected_status' },
  { name: '404', script: answer(404, 'not found'), ...notAToken, reason: 'unexpected_status' },
  { name: '408', script: answer(408, ''), ...failing },
  { name: '429', script: answerJson(429, {}), ...asked, reason: 'provider_throttled' },
  {
    name: '429 with Retry-After',
    script: answerJson(429, {}, { 'retry-after': '20' }),
    ...asked,
    reason: 'provider_throttled',
    retryAfter: '20',
    hurtsWithoutToken: true,
  },
  { name: '500', script: answerJson(500, { code: 8000, message: 'internal' }), ...failing },
  {
    name: '502 with HTML',
    script: answer(502, '<html>bad gateway</html>', { 'content-type': 'text/html' }),
    ...failing,
  },
  { name: '503', script: answer(503, ''), ...failing },
  {
    name: '503 with Retry-After',
    script: answer(503, '', { 'retry-after': '20' }),
    ...asked,
    retryAfter: '20',
    hurtsWithoutToken: true,
  },
  {
    name: 'redirect 301',
    script: answer(301, '', { location: '/elsewhere' }),
    ...notAToken,
    reason: 'unexpected_status',
  },
  {
    name: 'redirect 307',
    script: answer(307, '', { location: '/elsewhere' }),
    ...notAToken,
    reason: 'unexpected_status',
  },
  { name: 'empty 200', script: answer(200, ''), ...notAToken, reason: 'not_a_json_object' },
  {
    name: 'truncated JSON',
    script: answer(200, '{"access_token":"abc","expi'),
    ...notAToken,
    reason: 'not_a_json_object',
  },
  {
    name: 'HTML labelled as JSON',
    script: answer(200, '<html>', { 'content-type': 'application/json' }),
    ...notAToken,
    reason: 'not_a_json_object',
  },
  {
    name: 'wrong type',
    script: answerJson(200, { access_token: { value: 'abc' } }),
    ...notAToken,
    reason: 'access_token_unusable',
  },
  {
    name: 'token with a line break',
    script: answerJson(200, { access_token: 'abc\r\nx-evil: 1' }),
    ...notAToken,
    reason: 'access_token_unusable',
  },
  {
    name: 'lifetime that is no number',
    script: answerToken({ expires_in: 'soon' }),
    ...notAToken,
    reason: 'expires_in_unusable',
  },
  {
    name: '100 MB body',
    script: (response) => pour(response.writeHead(200, { 'content-length': '104857600' }), Buffer.alloc(64 * 1024)),
    ...notAToken,
    reason: 'answer_too_large',
  },
  {
    name: 'gzip bomb',
    script: answer(200, gzipSync(Buffer.alloc(10 * 1024 * 1024)), { 'content-encoding': 'gzip' }),
    ...notAToken,
    reason: 'answer_encoded',
  },
  {
    name: 'invalid UTF-8',
    script: answer(200, Buffer.from('{"access_token":"a\xff","expires_in":60}', 'latin1')),
    ...notAToken,
    reason: 'not_a_json_object',
  },
  {
    name: 'header flood',
    script: writeRaw(`HTTP/1.1 200 OK\r\n${'x-flood: y\r\n'.repeat(5000)}\r\n`),
    ...notAToken,
    reason: 'answer_malformed',
  },
  { name: 'no HTTP', script: writeRaw('SSH-2.0-OpenSSH_9.9\r\n'), ...notAToken, reason: 'answer_malformed' },
];
