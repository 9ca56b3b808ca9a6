import { getSecret } from '@aws-lambda-powertools/parameters/secrets';
import { answerWith, type ProxyAnswer } from './comparison-answer.ts';
import { type HeldToken, requestTokenByFetch } from './request-token-by-fetch.ts';

// Powertools for AWS Lambda reads the secret and keeps it for five minutes, fetch asks for the token, a Map keeps it. The
// rest is as in naive.ts.

const tokens = new Map<string, HeldToken>();

export function handler(): Promise<ProxyAnswer> {
  return answerWith(async () => {
    const held = tokens.get('prove');
    if (held !== undefined && Date.now() < held.expiresAtMs) return { token: held.token, source: 'memory' };
    const options = { transform: 'json', maxAge: 300 } as const;
    const secret = await getSecret<{ client_id: string; client_secret: string }>(
      process.env['SECRET_ID'] ?? '',
      options,
    );
    if (secret === undefined) throw new Error('There is no secret.');
    const token = await requestTokenByFetch(secret.client_id, secret.client_secret);
    tokens.set('prove', token);
    return { token: token.token, source: 'exchange' };
  });
}
