import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  allowInsecureRequests,
  ClientSecretPost,
  clientCredentialsGrantRequest,
  processClientCredentialsResponse,
} from 'oauth4webapi';
import { answerWith, type HeldToken, type ProxyAnswer, type VendEvent } from './peer.ts';

// The OAuth client that openid-client is built on, with the SDK for the secret and a Map for the token. It validates answers
// strictly, by the RFC. Caching, sharing and retrying are left to its user.

const client = new SecretsManagerClient({});
const tokens = new Map<string, HeldToken>();

export function handler(event: VendEvent): Promise<ProxyAnswer> {
  return answerWith(event, async () => {
    const held = tokens.get('prove');
    if (held !== undefined && Date.now() < held.expiresAtMs) return { token: held.token, source: 'memory' };
    const token = await requestToken();
    tokens.set('prove', token);
    return { token: token.token, source: 'exchange' };
  });
}

async function requestToken(): Promise<HeldToken> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: process.env['SECRET_ID'] }));
  const { client_id, client_secret } = JSON.parse(SecretString ?? '') as { client_id: string; client_secret: string };
  const tokenUrl = process.env['TOKEN_URL'] ?? '';
  const server = { issuer: tokenUrl, token_endpoint: tokenUrl };
  const authentication = ClientSecretPost(client_secret);
  const response = await clientCredentialsGrantRequest(
    server,
    { client_id },
    authentication,
    {},
    {
      [allowInsecureRequests]: true,
    },
  );
  const answer = await processClientCredentialsResponse(server, { client_id }, response);
  return { token: answer.access_token, expiresAtMs: Date.now() + (answer.expires_in ?? 0) * 1000 };
}
