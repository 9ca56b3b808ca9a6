import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { answerWith, type ProxyAnswer } from './comparison-answer.ts';

// The cache that a team writes in an afternoon. It keeps a token until the very moment at which it expires, counted from
// after the answer, and reads the secret before every exchange with the SDK's own defaults. It does check the status.
// It does not: renew a token before it expires, share a running exchange, limit its waiting, try again, heed Retry-After,
// keep the secret, or refuse redirects.

const client = new SecretsManagerClient({});
let cached: { readonly token: string; readonly expiresAtMs: number } | undefined;

export function handler(): Promise<ProxyAnswer> {
  return answerWith(async () => {
    if (cached !== undefined && Date.now() < cached.expiresAtMs) return { token: cached.token, source: 'memory' };
    cached = await fetchToken();
    return { token: cached.token, source: 'exchange' };
  });
}

async function fetchToken(): Promise<{ token: string; expiresAtMs: number }> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: process.env['SECRET_ID'] }));
  const { client_id, client_secret } = JSON.parse(SecretString ?? '') as { client_id: string; client_secret: string };
  const response = await fetch(process.env['TOKEN_URL'] ?? '', {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret }),
  });
  if (!response.ok) throw new Error(`The provider answers ${response.status}.`);
  const { access_token, expires_in } = (await response.json()) as { access_token: string; expires_in: number };
  return { token: access_token, expiresAtMs: Date.now() + expires_in * 1000 };
}
