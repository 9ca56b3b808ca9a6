import middy from '@middy/core';
import secretsManager, { secret } from '@middy/secrets-manager';
import { answerWith, type HeldToken, type ProxyAnswer, requestTokenByFetch, type VendEvent } from './peer.ts';

// The cache that a team writes in an afternoon: middy's own middleware reads the secret and keeps it for ever, `fetch` asks
// for the token, a Map keeps it. It checks the status and keeps a token until the moment it expires, counted from after the
// answer. It does not refresh a token early, share a running exchange, limit how long it waits, retry, honour Retry-After,
// notice a changed secret, or refuse redirects.

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
    (event, context: { readonly credentials: Credentials }): Promise<ProxyAnswer> =>
      answerWith(event as VendEvent, async () => {
        const held = tokens.get('prove');
        if (held !== undefined && Date.now() < held.expiresAtMs) return { token: held.token, source: 'memory' };
        const { client_id, client_secret } = context.credentials;
        const token = await requestTokenByFetch(client_id, client_secret);
        tokens.set('prove', token);
        return { token: token.token, source: 'exchange' };
      }),
  );
