import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ClientCredentialsHook } from '@prove-identity/prove-api/hooks/clientcredentials.js';
import { HTTPClient } from '@prove-identity/prove-api/lib/http.js';
import { answerWith, type ProxyAnswer, type VendEvent } from './peer.ts';

// The hook with which Prove's SDK puts a token on each request, unmodified and called as the SDK calls it; the request itself
// is not sent. It refreshes a token when fewer than 60 s are left. It does not fall back on those 60 s when the refresh
// fails, share a running exchange, limit how long it waits, retry, honour Retry-After, or refuse redirects. It knows nothing
// of Secrets Manager, so this file reads the secret once and keeps it for ever, which flatters it.

const client = new SecretsManagerClient({});
const hook = new ClientCredentialsHook();
hook.sdkInit({ baseURL: new URL(process.env['TOKEN_URL'] ?? ''), client: new HTTPClient() });
let security: { clientID: string; clientSecret: string; tokenURL: string } | undefined;

export function handler(event: VendEvent): Promise<ProxyAnswer> {
  return answerWith(event, async () => {
    security ??= await readSecurity();
    const context = {
      operationID: 'vend',
      oAuth2Scopes: [],
      securitySource: security,
      retryConfig: { strategy: 'none' as const },
      resolvedSecurity: null,
    };
    const request = await hook.beforeRequest(context, new Request('http://127.0.0.1/'));
    const token = request.headers.get('authorization')?.replace('Bearer ', '');
    if (token === undefined) throw new Error('The hook set no token.');
    return { token, source: 'hook' };
  });
}

async function readSecurity(): Promise<{ clientID: string; clientSecret: string; tokenURL: string }> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: process.env['SECRET_ID'] }));
  const { client_id, client_secret } = JSON.parse(SecretString ?? '') as { client_id: string; client_secret: string };
  return { clientID: client_id, clientSecret: client_secret, tokenURL: process.env['TOKEN_URL'] ?? '' };
}
