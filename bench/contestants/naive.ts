import middy from '@middy/core';
import secretsManager, { secret } from '@middy/secrets-manager';
import { answerWith, type ProxyAnswer } from './comparison-answer.ts';
import { type HeldToken, requestTokenByFetch } from './request-token-by-fetch.ts';

// The cache that a team writes in an afternoon: middy's own middleware for the secret, which it keeps for good, fetch, and
// a Map. It keeps a token until the very moment at which it expires, counted from after the answer, and does check the
// status. It does not: renew a token before it expires, share a running exchange, limit its waiting, try again, heed
// Retry-After, notice a changed secret, or refuse redirects.

const tokens = new Map<string, HeldToken>();

interface Credentials {
  readonly client_id: string;
  readonly client_secret: string;
}

export const handler = middy()
  .use(
    secretsManager({
      fetchData: { credentials: secret<Credentials>(process.env['SECRET_ID'] ?? '') },
      setToContext: true,
    }),
  )
  .handler(
    (_event, context: { readonly credentials: Credentials }): Promise<ProxyAnswer> =>
      answerWith(async () => {
        const held = tokens.get('prove');
        if (held !== undefined && Date.now() < held.expiresAtMs) return { token: held.token, source: 'memory' };
        const { client_id, client_secret } = context.credentials;
        const token = await requestTokenByFetch(client_id, client_secret);
        tokens.set('prove', token);
        return { token: token.token, source: 'exchange' };
      }),
  );
