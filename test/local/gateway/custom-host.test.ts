import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { type EchoGateway, startEchoGateway } from './echo-gateway.ts';
import { send, signByAws4fetch, signBySmithy } from './signing.ts';

const gateways: EchoGateway[] = [];
beforeAll(async () => {
  gateways.push(await startEchoGateway(), await startEchoGateway({ api: 'http' }));
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.close()));
});

const domain = 'https://tokens.example.com';
const draft = { method: 'POST', target: '/v1/tokens/prove' };

test.each([
  ['@smithy/signature-v4', signBySmithy],
  ['aws4fetch', signByAws4fetch],
])(
  'a request that %s signed for a custom domain is accepted at the local port, under its own `Host`',
  async (_, sign) => {
    for (const gateway of gateways) {
      const headers = await sign(domain, draft, gateway.orders);
      const received = await send(gateway.origin, draft, headers);
      expect(received.status).toBe(200);
      const { requestContext } = JSON.parse(received.body) as APIGatewayProxyEvent;
      expect(requestContext.domainName).toBe('tokens.example.com');
    }
  },
);

test('the signature is for that `Host` and no other', async () => {
  for (const gateway of gateways) {
    const headers = await signBySmithy(domain, draft, gateway.orders);
    const received = await send(gateway.origin, draft, { ...headers, host: 'tokens.example.org' });
    expect(received.status).toBe(403);
  }
});
