import { text } from 'node:stream/consumers';
import { tokenPattern } from '../functions/rotate/revocation/revocation-event.ts';
import { isJsonObject, parseJson } from '../functions/shared/runtime/json.ts';
import { askHidden } from './hidden-prompt.ts';
import { OperatorError } from './operator-error.ts';

/**
 * Reads a token from stdin, or from a prompt that does not show what is typed: as it is, as the header that it was found in, or
 * as the answer of a token endpoint.
 *
 * @throws OperatorError that does not quote it
 */
export async function readLeakedToken(): Promise<string> {
  const { stdin, stderr } = process;
  const [typed] = stdin.isTTY === true ? await askHidden(['Token'], stdin, stderr) : [await text(stdin)];
  return parseLeakedToken(typed ?? '');
}

/** @throws OperatorError */
export function parseLeakedToken(input: string): string {
  const answer = parseJson(input);
  const token = isJsonObject(answer) ? answer['access_token'] : withoutHeader(input);
  if (typeof token === 'string' && tokenPattern.test(token)) return token;
  throw new OperatorError('There is no token on stdin, or it holds white space: give it as it is, on one line.');
}

function withoutHeader(input: string): string {
  return input
    .trim()
    .replace(/^authorization:\s*/i, '')
    .replace(/^bearer\s+/i, '');
}

/**
 * Reads a token's SHA-256 as hex, or as base64, which GitHub's audit log has as `hashed_token`.
 *
 * @returns lower-case hex
 * @throws OperatorError
 */
export function parseFingerprint(input: string): string {
  if (/^[0-9a-f]{64}$/i.test(input)) return input.toLowerCase();
  if (/^[\w+/-]{43}=?$/.test(input)) return Buffer.from(input, 'base64').toString('hex');
  throw new OperatorError('--fingerprint must be the SHA-256 of a token, in hex or base64.');
}

/** The end of its life that a JWT names itself (RFC 7519 §4.1.4); undefined for any other token. Nothing is verified. */
export function readExpiry(token: string): Date | undefined {
  const [, claims = '', ...rest] = token.split('.');
  const parsed = rest.length === 1 ? parseJson(Buffer.from(claims, 'base64url').toString('utf8')) : undefined;
  const expiry = isJsonObject(parsed) ? parsed['exp'] : undefined;
  return typeof expiry === 'number' && Number.isFinite(expiry * 1000) ? new Date(expiry * 1000) : undefined;
}
