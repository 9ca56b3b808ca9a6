import { getSecret } from '@aws-lambda-powertools/parameters/secrets';
import {
  answerWith,
  type HeldToken,
  type Obtained,
  type ProxyAnswer,
  requestTokenByFetch,
  type VendEvent,
} from './peer.ts';

// Powertools for AWS Lambda reads the secret and keeps it for five minutes, `fetch` asks for the token, a Map keeps it. What
// naive.ts leaves out is missing here too.

const tokens = new Map<string, HeldToken>();

export async function obtainToken(): Promise<Obtained> {
  const held = tokens.get('prove');
  if (held !== undefined && Date.now() < held.expiresAtMs) return { token: held.token, source: 'memory' };
  const options = { transform: 'json', maxAge: 300 } as const;
  const secretId = process.env['SECRET_ID'] ?? '';
  const secret = await getSecret<{ client_id: string; client_secret: string }>(secretId, options);
  if (secret === undefined) throw new Error('There is no secret.');
  const token = await requestTokenByFetch(secret.client_id, secret.client_secret);
  tokens.set('prove', token);
  return { token: token.token, source: 'exchange' };
}

export function handler(event: VendEvent): Promise<ProxyAnswer> {
  return answerWith(event, obtainToken);
}
